package refusal_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Each way of saying no has its own status, and keeps it, its code and its
// parameters through whoever wraps it.
func TestEachWayOfSayingNo(t *testing.T) {
	for _, x := range []struct {
		err    error
		code   string
		status int
	}{
		{refusal.New("area.rule", "n", 1), "area.rule", http.StatusUnprocessableEntity},
		{refusal.Conflict("area.first", "n", 1), "area.first", http.StatusConflict},
		{refusal.Unauthenticated("area.nobody", "n", 1), "area.nobody", http.StatusUnauthorized},
		{refusal.TooMany("area.often", "n", 1), "area.often", http.StatusTooManyRequests},
		{refusal.NoRoom("area.room", "n", 1), "area.room", http.StatusInsufficientStorage},
		{refusal.Forbidden("area.elsewhere", "n", 1), "area.elsewhere", http.StatusForbidden},
	} {
		no, ok := refusal.As(fmt.Errorf("wrapped: %w", x.err))
		if !ok || no.Code != x.code || no.Status != x.status || no.Params["n"] != 1 {
			t.Errorf("%s: %+v, %v", x.code, no, ok)
		}
	}
	if no, _ := refusal.As(refusal.NotFound()); no.Status != http.StatusNotFound || no.Code != "access.not_found" {
		t.Errorf("absent: %+v", no)
	}
}
