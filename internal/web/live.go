package web

import (
	"crypto/hmac"
	"fmt"
	"net/http"
	"net/url"
	"strings"
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
// page, and the page's access fact stands for the listening too. part is the
// page's own address where its parts come with the word, else empty.
func (q *request) stream(topic, part string) string {
	say := url.Values{"topic": {topic}, "pass": {q.pass(topic, part)}}
	if part != "" {
		say.Set("part", part)
	}
	return "/live?" + say.Encode()
}

func (q *request) pass(topic, part string) string {
	return q.s.Acts.Ring.Token("live/"+q.by.Session, topic+"\n"+part)
}

// listen tells an open page that something it shows has changed. A page that
// renews itself is asked for its parts here, in its reader's name, and they come
// with the word: it saves the way there and back, and is decided and journalled
// like any other request.
func (q *request) listen() {
	s, w, r := q.s, q.w, q.r
	topic, part := r.URL.Query().Get("topic"), r.URL.Query().Get("part")
	if err := q.mayHear(topic, part, r.URL.Query().Get("pass")); err != nil {
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
			line = event("changed", q.renewed(part))
		case <-life.C:
			line = event("alert", "")
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

// event is one event of a stream (WHATWG HTML, section 9.2.6).
func event(name, data string) string {
	return "event: " + name + "\ndata: " + strings.ReplaceAll(strings.ReplaceAll(data, "\r", ""), "\n", "\ndata: ") + "\n\n"
}

// renewed are the parts of the page at part as they stand now; nothing for a page
// that has none, and where its reader may not see it any more.
func (q *request) renewed(part string) string {
	at, err := url.Parse(part)
	if part == "" || err != nil {
		return ""
	}
	ask := q.r.Clone(q.r.Context())
	ask.Method, ask.URL, ask.RequestURI, ask.Pattern = http.MethodGet, at, part, ""
	ask.Header.Set(itself, "true")
	ask.Header.Del("Accept-Encoding") // it goes into a stream
	var drawn answer
	q.s.pages.ServeHTTP(&drawn, ask)
	if drawn.status != http.StatusOK {
		return ""
	}
	return drawn.body.String()
}

// itself is the header of a request by which an open page renews itself (htmx).
const itself = "HX-Request"

// renewing reports whether an open page is asked for its parts.
func (q *request) renewing() bool { return q.r.Header.Get(itself) != "" }

// answer is an answer that this node gives itself.
type answer struct {
	head   http.Header
	status int
	body   strings.Builder
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header {
	if a.head == nil {
		a.head = http.Header{}
	}
	return a.head
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// mayHear refuses a topic of something that the reader has not been shown, or
// may not see any more: that it changes is knowledge too.
func (q *request) mayHear(topic, part, pass string) error {
	if !hmac.Equal([]byte(pass), []byte(q.pass(topic, part))) {
		return refusal.NotFound()
	}
	kind, id := split(topic)
	switch {
	case topic == act.LinkTopic:
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
