package web

import (
	"crypto/hmac"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// beat is how often an open page is told that the line still stands.
const beat = 25 * time.Second

// together is how long a page that is to be told something waits for what became
// durable at the same time, as the facts of one frame do: it reads once.
const together = time.Millisecond

// stream is the address by which a page hears that something it shows has
// changed, and that a life is at risk. Its pass is keyed to the session: whoever listens has been shown the
// page, and the page's access fact stands for the listening too.
func (q *request) stream(topic string) string {
	return "/live?" + url.Values{"topic": {topic}, "pass": {q.pass(topic)}}.Encode()
}

func (q *request) pass(topic string) string {
	return q.s.Acts.Ring.Token("live/"+q.by.Session, topic)
}

// listen tells an open page that something it shows has changed. It carries no
// content: the page fetches what changed, and that is decided and journalled
// like any other request.
func (q *request) listen() {
	s, w, r := q.s, q.w, q.r
	topic := r.URL.Query().Get("topic")
	if err := q.mayHear(topic, r.URL.Query().Get("pass")); err != nil {
		s.problem(w, r, err)
		return
	}
	sub, life := s.Acts.Hub.Subscribe(topic), s.Acts.Hub.Subscribe(act.AlertTopic(q.by.Office))
	defer sub.Close()
	defer life.Close()
	ended := s.Acts.Hub.Subscribe(act.SessionsTopic)
	defer ended.Close()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
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
		case <-ended.C:
			if _, err := s.Guard.FromToken(r.Context(), tokenOf(r), false); err != nil {
				return // it was this one: the page hears nothing more
			}
			continue
		case <-r.Context().Done():
			return
		case <-sub.C:
			time.Sleep(together)
			select {
			case <-sub.C:
			default:
			}
			line = "event: changed\ndata: \n\n"
		case <-life.C:
			line = "event: alert\ndata: \n\n"
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

// mayHear refuses a topic of something that the reader has not been shown, or
// may not see any more: that it changes is knowledge too.
func (q *request) mayHear(topic, pass string) error {
	if !hmac.Equal([]byte(pass), []byte(q.pass(topic))) {
		return refusal.NotFound()
	}
	kind, id := split(topic)
	switch {
	case kind == "link":
		return nil
	case topic == decoy.Topic && q.permits(areaOversight, access.See, "decoy"):
		return nil
	case (kind == "office" || kind == "alert") && id == q.by.Office:
		return nil // of an office that they have left they hear no more
	}
	var r access.Resource
	err := q.s.Acts.DB.Read(q.r.Context(), func(tx *store.Tx) error {
		switch kind {
		case "case":
			c, err := casefile.Load(tx, id)
			r = casefile.Resource(c)
			return err
		case "referral":
			x, err := referral.Load(tx, id)
			r = referral.Resource(x)
			return err
		}
		return refusal.NotFound()
	})
	if err == nil && !q.s.Acts.Policies.Decide(q.by, access.See, q.purpose, r).Allowed {
		err = refusal.NotFound()
	}
	return err
}
