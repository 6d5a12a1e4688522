package web

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/oasiss/oasiss/internal/act"
)

// An act leads back to the page that it was taken on, to the very person whom the
// page showed, also when it was read and signed in between; nowhere else does an
// address lead.
func TestAnActLeadsBackToThePerson(t *testing.T) {
	q := &request{r: httptest.NewRequest("POST", "/cases/c1/screening/acts/consular.advise?person=p1", nil), path: "/cases/c1/screening"}
	if got := q.after("consular.advise", act.Result{}); got != "/cases/c1/screening?person=p1&done=consular.advise" {
		t.Errorf("after an act: %s", got)
	}
	signed := &request{r: httptest.NewRequest("POST", "/sign/x1", nil), path: back(q.here())}
	signed.r.PostForm = url.Values{}
	if got := signed.after("consular.notify", act.Result{}); got != "/cases/c1/screening?person=p1&done=consular.notify" {
		t.Errorf("after an act that was signed: %s", got)
	}
	for from, to := range map[string]string{"/cases/c1?done=x": "/cases/c1", "/cases/c1/screening?person=p1&done=x": "/cases/c1/screening?person=p1", "https://elsewhere.example/?person=p1": "/", "//elsewhere.example": "/", "/a?person=%zz": "/a"} {
		if got := back(from); got != to {
			t.Errorf("back to %s leads to %s, not to %s", from, got, to)
		}
	}
}
