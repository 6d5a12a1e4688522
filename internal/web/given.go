package web

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
)

// given is what a form holds so that filling a command from it gives cmd again.
// What says nothing is left out.
func given(cmd act.Command) url.Values {
	out := url.Values{}
	giveStruct(reflect.ValueOf(cmd).Elem(), "", out)
	return out
}

// giveStruct gives the fields of a struct whose names stand behind prefix.
func giveStruct(v reflect.Value, prefix string, out url.Values) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			giveStruct(v.Field(i), prefix, out)
		case f.IsExported() && name != "-" && !v.Field(i).IsZero():
			giveField(v.Field(i), prefix+name, out)
		}
	}
}

func giveField(v reflect.Value, name string, out url.Values) {
	switch v.Kind() {
	case reflect.Struct:
		giveStruct(v, name+".", out)
	case reflect.Slice:
		for i := range v.Len() {
			if v.Type().Elem().Kind() == reflect.Struct {
				giveStruct(v.Index(i), name+"."+strconv.Itoa(i+1)+".", out)
				continue
			}
			out.Add(name, fmt.Sprint(v.Index(i).Interface()))
		}
	case reflect.Pointer:
		giveField(v.Elem(), name, out)
	case reflect.Bool:
		out.Set(name, "yes")
	case reflect.Float64:
		out.Set(name, strconv.FormatFloat(v.Float(), 'f', -1, 64))
	default:
		if strings.HasSuffix(name, "_cents") {
			out.Set(name, fmt.Sprintf("%d.%02d", v.Int()/100, v.Int()%100))
			return
		}
		out.Set(name, fmt.Sprint(v.Interface()))
	}
}
