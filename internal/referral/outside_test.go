package referral

import (
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A request is about what was sent, and about nobody else: the node that asks
// holds to it, and the node that is asked does too, whatever the other's program
// has become.
func TestARequestIsAboutNobodyOutsideTheCase(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	w.do(w.mp, &OpenNotice{Referral: id})
	w.do(w.mp, &SignForAnalysis{Referral: id, Undertakes: true})
	item, stranger := w.item(id), w.stranger(id)
	asks := func(item string, about ...string) *RequestInformation {
		return &RequestInformation{Referral: id, Item: item, Element: "profit", Question: "¿Quién cobró la cuota?", About: about}
	}
	for name, cmd := range map[string]*RequestInformation{
		"somebody outside the case": asks(item, stranger), "beside somebody of it": asks(item, w.subject(id), stranger), "an item of another packet": asks("statement-99"),
	} {
		if _, err := w.mx.Take(w.mp, wire.PurposeProsecution, cmd); err == nil {
			t.Errorf("%s: asked", name)
		}
	}
	w.mx.Must(w.mp, wire.PurposeProsecution, asks(item, w.subject(id)))
	sent := w.mx.Out[len(w.mx.Out)-2].Message // its letter's key follows
	for name, change := range map[string][2]string{
		"somebody outside the case": {w.subject(id), stranger}, "an item of another packet": {`"item":"` + item, `"item":"statement-99`},
	} {
		body := strings.ReplaceAll(string(sent.ActBytes), change[0], change[1])
		if body == string(sent.ActBytes) {
			t.Fatalf("%s: nothing was changed in %s", name, body)
		}
		forged, err := wire.ParseMessage([]byte(body + "\n[]"))
		if err != nil {
			t.Fatal(err)
		}
		if _, code := w.us.Deliver("mx", forged); code != wire.CodeContent {
			t.Errorf("%s: a changed node is answered %q", name, code)
		}
	}
	w.Settle()
	w.stands(id, "information_requested")
	w.us.ReplayEqual()
}

// subjects are who is in the packet, by pseudonym.
func (w *world) subjects(id string) (people []string) {
	w.t.Helper()
	r := w.load(w.mx, id)
	w.mx.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, r.Packet)
		people = v.Subjects()
		return err
	})
	if len(people) == 0 {
		w.t.Fatal("nobody is in the packet")
	}
	return people
}

// subject is one of them.
func (w *world) subject(id string) string {
	w.t.Helper()
	return w.subjects(id)[0]
}

// stranger is a pseudonym that nobody in the packet was given.
func (w *world) stranger(id string) string {
	w.t.Helper()
	people, plants := w.subjects(id), []string{"Araucaria", "Aralia", "Ardisia"} // one more than there are people
	return plants[slices.IndexFunc(plants, func(p string) bool { return !slices.Contains(people, p) })]
}
