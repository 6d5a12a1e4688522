package httpapi

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// answers of no that an operation can give, each a Problem (RFC 9457) with the
// programme's code, a sentence and what to do next in the reader's language.
var answersOfNo = []struct {
	status  int
	secured bool // only where a session is needed
	says    string
}{
	{http.StatusBadRequest, false, "The request could not be read (act.malformed)"},
	{http.StatusUnauthorized, false, "No session in force (access.sign_in_needed), or a name or password that is wrong"},
	{http.StatusNotFound, true, "Absent, or not for this person to know: the two are the same (access.not_found)"},
	{http.StatusConflict, true, "Somebody was first, or the state has moved on"},
	{http.StatusUnprocessableEntity, false, "A rule of the programme says no; the code names it"},
	{http.StatusTooManyRequests, false, "Too many attempts"},
	{http.StatusInternalServerError, false, "Something broke on this node; nothing was recorded (act.fault)"},
}

// describeAnswers describes in every operation what its answers of no are.
func describeAnswers(doc *huma.OpenAPI) {
	for _, path := range doc.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post} {
			if op == nil {
				continue
			}
			problem := op.Responses["default"]
			delete(op.Responses, "default")
			for _, a := range answersOfNo {
				if a.secured && len(op.Security) == 0 {
					continue
				}
				op.Responses[strconv.Itoa(a.status)] = &huma.Response{Description: a.says, Content: problem.Content}
			}
		}
	}
}
