// Package refusal is the one vocabulary in which the programme says no.
//
// A Refusal carries a code "area.reason" and parameters, never prose: doors
// render "refusal.<code>" and "refusal.<code>.next" in the reader's language,
// logs print the code alone. Parameters hold ids, dates and codes of the
// programme, never a person's data.
package refusal

import (
	"errors"
	"net/http"
	"regexp"
)

// Refusal is an answer of no that a user can act on. Any other error reaching
// a door is a fault and is shown as one, without its text.
type Refusal struct {
	Code   string         // "area.reason", the key of the sentence in both languages
	Params map[string]any // values for the sentence
	Status int            // HTTP status that doors answer with
}

// Moment is how a moment stands in a parameter, in UTC. Pages write it in the
// reader's language and zone.
const Moment = "2006-01-02 15:04 MST"

// Error gives the code for logs; it holds nothing personal.
func (r *Refusal) Error() string { return "refused: " + r.Code }

// New refuses because a rule of the programme says no (422). kv are pairs of
// parameter name and value.
func New(code string, kv ...any) error { return refuse(http.StatusUnprocessableEntity, code, kv) }

// Conflict refuses because somebody was first or the state has moved on (409).
func Conflict(code string, kv ...any) error { return refuse(http.StatusConflict, code, kv) }

// Unauthenticated refuses because nobody is signed in (401).
func Unauthenticated(code string, kv ...any) error { return refuse(http.StatusUnauthorized, code, kv) }

// TooMany refuses because of too many attempts (429).
func TooMany(code string, kv ...any) error { return refuse(http.StatusTooManyRequests, code, kv) }

// Forbidden refuses because of where the request comes from, whoever sends it
// (403). What a person may not know is never forbidden: it is NotFound.
func Forbidden(code string, kv ...any) error { return refuse(http.StatusForbidden, code, kv) }

// NoRoom refuses because there is no room to record it (507); nothing was
// recorded, and what was asked can be asked again when there is.
func NoRoom(code string, kv ...any) error { return refuse(http.StatusInsufficientStorage, code, kv) }

// Unavailable refuses because something beyond the node does not answer (503).
func Unavailable(code string, kv ...any) error {
	return refuse(http.StatusServiceUnavailable, code, kv)
}

// aField is the form of a field's name in the API, and of a place in a list.
var aField = regexp.MustCompile(`^[a-z0-9_.\[\]]{1,64}$`)

// Field is a field's name as a refusal may say it back: "" for what no field is
// called. Who sends nonsense may have typed a person's name there.
func Field(name string) string {
	if aField.MatchString(name) {
		return name
	}
	return ""
}

// NotFound is the answer for what is absent and for what this person may not
// know: the two are the same on every surface (DESIGN §7).
func NotFound() error { return refuse(http.StatusNotFound, "access.not_found", nil) }

// As returns the Refusal inside err, if there is one.
func As(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// Is reports whether err is a refusal with this code.
func Is(err error, code string) bool {
	r, ok := As(err)
	return ok && r.Code == code
}

func refuse(status int, code string, kv []any) error {
	params := make(map[string]any, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		params[kv[i].(string)] = kv[i+1]
	}
	return &Refusal{Code: code, Params: params, Status: status}
}
