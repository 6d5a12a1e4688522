package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestAnOpenDeskPutsInPlaceWhatDiffers: when the other side acts, an open page
// is told what may have changed, and only that. What is the same stays the very
// same element, what was unfolded stays unfolded, and what is being typed stays.
func TestAnOpenDeskPutsInPlaceWhatDiffers(t *testing.T) {
	r := renderer(t)
	var acts atomic.Int32
	word, sent := make(chan bool), make(chan int, 4)
	draw := func(w http.ResponseWriter, name string) {
		v := fixtureReferral(i18n.English)
		for n := range acts.Load() {
			v.Turns = append(v.Turns, component.Turn{Country: "us", Did: fmt.Sprintf("The US did thing %d", n), At: at(0)})
		}
		asks, all := &request{r: httptest.NewRequest(http.MethodGet, "/desk?before=2", nil)}, append([]component.Turn{v.Turns[0], v.Turns[0], v.Turns[0]}, v.Turns...)
		if name == "referral_live" {
			asks.r.Header.Set(itself, "true")
		}
		v.Turns, v.Before = asks.folded(all)
		page := fixturePage(i18n.English)
		page.Path, page.Live, page.LocksIn = "/desk", "/live", 0
		if err := r.Render(w, name, page, v); err != nil {
			t.Error(err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle(AssetPrefix, Assets())
	mux.HandleFunc("GET /desk", func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get(itself) != "" {
			t.Error("the page asks, though it was told")
		}
		draw(w, "referral")
	})
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		out := http.NewResponseController(w)
		for {
			if err := out.Flush(); err != nil {
				return
			}
			select {
			case <-q.Context().Done():
				return
			case <-word:
				part := httptest.NewRecorder()
				draw(part, "referral_live")
				if strings.Contains(part.Body.String(), "<form") {
					t.Error("acts and their forms came with what changed")
				}
				sent <- part.Body.Len()
				_, _ = fmt.Fprint(w, event("changed", part.Body.String()))
			}
		}
	})
	server := httptest.NewServer(Headed(mux))
	t.Cleanup(server.Close)
	b := webtest.Start(t)
	t.Cleanup(func() { b.Open(t, "about:blank") }) // nobody listens when the server closes
	b.Open(t, server.URL+"/desk")
	b.Run(t, `(() => {
		document.getElementById("earlier").open = true;
		for (const id of ["packet", "document", "owes", "earlier"]) document.getElementById(id).same = true;
		const words = document.querySelector("#answer textarea"); words.closest("details").open = true; words.value = "half a sentence"; words.focus();
		return "";
	})()`)
	acts.Store(1)
	word <- true
	b.Wait(t, "The US did thing 0")
	got := b.Run(t, `JSON.stringify({
		earlier: document.getElementById("earlier").open,
		same: ["packet", "document", "owes", "earlier"].filter((id) => document.getElementById(id).same),
		typed: document.querySelector("#answer textarea").value, focused: document.activeElement.tagName,
		stale: [...document.querySelectorAll(".stale")].filter((s) => !s.hidden).length,
	})`)
	if want := `{"earlier":true,"same":["packet","document","owes","earlier"],"typed":"half a sentence","focused":"TEXTAREA","stale":2}`; got != want {
		t.Errorf("after the other side's act:\n%s\nwant\n%s", got, want)
	}
	whole := httptest.NewRecorder()
	draw(whole, "referral")
	if part := <-sent; part*2 > whole.Body.Len() {
		t.Errorf("what changed has %d bytes, the page %d", part, whole.Body.Len())
	}
}
