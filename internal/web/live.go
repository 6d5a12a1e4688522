package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// beat is how often an open page is told that the line still stands.
const beat = 25 * time.Second

// live tells an open page that something it shows has changed. It carries no
// content: the page fetches what changed, and that is decided and journalled
// like any other request.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	q, ok := s.enter(w, r, areaCases)
	if !ok {
		return
	}
	topic := r.URL.Query().Get("topic")
	if err := q.mayHear(topic); err != nil {
		s.problem(w, r, err)
		return
	}
	sub := s.Acts.Hub.Subscribe(topic)
	defer sub.Close()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	out := http.NewResponseController(w)
	say := func(line string) bool {
		if _, err := fmt.Fprint(w, line); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	if !say(": open\n\n") {
		return
	}
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	for {
		line := ""
		select {
		case <-r.Context().Done():
			return
		case <-sub.C:
			line = "event: changed\ndata: \n\n"
		case <-ticks.C:
			line = ": still here\n\n"
			if _, err := s.Guard.FromToken(r.Context(), tokenOf(r), false); err != nil {
				return // the session is over: the page hears nothing more
			}
		}
		if !say(line) {
			return
		}
	}
}

// mayHear refuses a topic of something that the reader may not see: that it
// changes is knowledge too.
func (q *request) mayHear(topic string) error {
	kind, id := split(topic)
	_, err := act.View(q.r.Context(), q.s.Acts, q.by, q.purpose, "live", func(tx *store.Tx, v *act.Viewing) (struct{}, error) {
		switch kind {
		case "any", "link":
			return struct{}{}, nil
		case "case":
			c, err := casefile.Load(tx, id)
			if err == nil {
				err = v.Must(casefile.Resource(c))
			}
			return struct{}{}, err
		case "referral":
			x, err := referral.Load(tx, id)
			if err == nil {
				err = v.Must(referral.Resource(x))
			}
			return struct{}{}, err
		}
		return struct{}{}, refusal.NotFound()
	})
	return err
}
