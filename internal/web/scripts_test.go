package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// TestTheChartIsLaidOutAndMoved: fcose lays the drawing out under the strict
// policy of the pages, arrow keys move what has the focus and its claims with it,
// days go by in drawing and table alike, and what is kept is where things stand.
func TestTheChartIsLaidOutAndMoved(t *testing.T) {
	server, b := site(t), webtest.Start(t)
	b.Open(t, server.URL+"/page/en/light/network")
	laid := b.Run(t, `(async () => {
		const blocked = []; document.addEventListener("securitypolicyviolation", (e) => blocked.push(e.violatedDirective));
		const figure = document.querySelector("[data-links]");
		for (let i = 0; i < 200 && !figure.dataset.laid; i++) await new Promise((f) => setTimeout(f, 50));
		const places = [...document.querySelectorAll("[data-thing]")].map((g) => g.getAttribute("transform"));
		const xs = places.map((p) => Number(p.match(/-?\d+/)[0]));
		return [figure.dataset.laid, blocked.join(), new Set(places).size, Math.max(...xs) - Math.min(...xs) > 200].join(" ");
	})()`)
	if laid != "yes  8 true" {
		t.Fatalf("laid out: %q", laid)
	}
	moved := b.Run(t, `(() => {
		const g = document.querySelector("[data-thing=t]"), was = g.getAttribute("transform").match(/-?\d+/)[0];
		g.querySelector("a").focus();
		document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
		const now = g.getAttribute("transform").match(/-?\d+/)[0], end = document.querySelector("line[data-from=t]").getAttribute("x1");
		return [now - was, end === now].join(" ");
	})()`)
	if moved != "20 true" {
		t.Errorf("moved by an arrow key: %q", moved)
	}
	earlier := b.Run(t, `(() => {
		const slide = document.querySelector("#slide"), seen = (q) => [...document.querySelectorAll(q)].filter((n) => !n.classList.contains("later")).length;
		const before = [seen("svg.chart line"), seen("tr[data-from]")];
		slide.value = 0; slide.dispatchEvent(new Event("input"));
		return [...before, seen("svg.chart line"), seen("tr[data-from]"), document.querySelector("[data-thing=r]").classList.contains("later"), document.querySelector("[data-thing=p]").classList.contains("later")].join(" ");
	})()`)
	if earlier != "7 7 4 4 true false" {
		t.Errorf("the first day: %q", earlier)
	}
	kept := b.Run(t, `(() => {
		const form = document.querySelector("[data-keeps]");
		form.addEventListener("submit", (e) => e.preventDefault());
		form.dispatchEvent(new Event("submit", { cancelable: true }));
		return Object.keys(JSON.parse(form.elements.places.value)).length.toString();
	})()`)
	if kept != "8" {
		t.Errorf("kept: %q", kept)
	}
}

// tree is a journal's tree of so many entries.
type tree struct{ hashes []tlog.Hash }

func (x *tree) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, x.hashes[i])
	}
	return out, nil
}

// TestAProofIsComputedInTheBrowser: of every entry of trees of many sizes the
// script comes to the root that the log itself gives, and to another one if a
// byte of the proof is.
func TestAProofIsComputedInTheBrowser(t *testing.T) {
	log := &tree{}
	digests, files := []wire.Digest{}, map[string]wire.ProofFile{}
	for n := int64(0); n < 21; n++ {
		d := wire.Digest{byte(n), 7}
		digests = append(digests, d)
		stored, err := tlog.StoredHashesForRecordHash(n, wire.LeafHash(d), log)
		if err != nil {
			t.Fatal(err)
		}
		log.hashes = append(log.hashes, stored...)
		root, err := tlog.TreeHash(n+1, log)
		if err != nil {
			t.Fatal(err)
		}
		for i := range digests {
			path, err := tlog.ProveRecord(n+1, int64(i), log)
			if err != nil {
				t.Fatal(err)
			}
			p := wire.ProofFile{Digest: digests[i], Index: int64(i), Checkpoint: fmt.Sprintf("us\n%d\n%s\n", n+1, root)}
			for _, h := range path {
				p.Path = append(p.Path, wire.Digest(h))
			}
			files[fmt.Sprintf("%d-%d", n+1, i)] = p
		}
	}
	wrong := files["21-6"]
	wrong.Path = append([]wire.Digest{}, wrong.Path...)
	wrong.Path[2][9] ^= 1
	files["wrong"] = wrong
	mux := http.NewServeMux()
	mux.Handle(AssetPrefix, Assets())
	mux.HandleFunc("/proof/{of}", func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewEncoder(w).Encode(files[r.PathValue("of")]); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if _, err := fmt.Fprintf(w, `<!doctype html><title>proof</title><div hidden data-prove="" data-digest="" data-holds="holds" data-broken="broken"><button>check</button><output></output></div><script src="%s"></script>`, assetURL("proof.js")); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(Headed(mux))
	t.Cleanup(server.Close)
	b := webtest.Start(t)
	b.Open(t, server.URL+"/")
	var all []string
	for of, p := range files {
		all = append(all, fmt.Sprintf("[%s,%s]", strconv.Quote(of), strconv.Quote(p.Digest.String())))
	}
	said := b.Run(t, `(async () => {
		const box = document.querySelector("[data-prove]"), broken = [];
		for (const [of, digest] of [`+strings.Join(all, ",")+`]) {
			box.dataset.prove = "/proof/" + of; box.dataset.digest = digest; delete box.dataset.checked;
			box.querySelector("button").click();
			for (let i = 0; i < 500 && !box.dataset.checked; i++) await new Promise((f) => setTimeout(f, 2));
			if (box.dataset.checked !== "yes") broken.push(of);
		}
		return broken.join();
	})()`)
	if said != "wrong" {
		t.Errorf("of %d proofs these did not hold: %s", len(files), said)
	}
}

// TestTheAnswerIsSignedWithoutScrolling: at the size of an old screen the act that
// was chosen can be reviewed and signed while the packet is read, in each language.
func TestTheAnswerIsSignedWithoutScrolling(t *testing.T) {
	server, b := site(t), webtest.Start(t)
	b.Size(t, 1366, 768)
	for _, l := range i18n.Languages() {
		b.Open(t, server.URL+"/page/"+string(l)+"/light/referral")
		if at := b.Run(t, `(() => {
			const button = document.querySelector("#answer details[open] form button:last-of-type").getBoundingClientRect(), strip = document.querySelector(".trust").getBoundingClientRect();
			return [scrollY, button.top >= 0 && button.bottom <= strip.top, document.documentElement.scrollWidth <= innerWidth].join(" ");
		})()`); at != "0 true true" {
			t.Errorf("%s: %s", l, at)
		}
	}
}
