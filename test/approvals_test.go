package test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// TestASupervisorsDayShowsWhatWaitsElsewhere: who answers for what others do finds
// on their day the first of the changes of accounts and of what is out of the
// ordinary, out of the very pages that the page of approvals fetches, with how many
// there are; nobody else's day asks for them.
func TestASupervisorsDayShowsWhatWaitsElsewhere(t *testing.T) {
	w := oneNode(t)
	const changes = 5
	for n := range changes {
		w.take("us", "whitfield", wire.PurposeAdministration, "office.create", map[string]any{"id": fmt.Sprintf("usbp-station-%d", n), "agency": "usbp", "name_en": fmt.Sprintf("Station %d", n), "name_es": fmt.Sprintf("Estación %d", n), "zone": "America/Chicago", "kind": "case"})
	}
	v := w.visitor(t)
	v.signIn("kestrelle")
	if strings.Contains(v.get("/").text, "/approvals/") {
		t.Error("the day of who approves nothing leads to approvals")
	}
	v.signIn("lockridge")
	v.says(v.get("/"), http.StatusOK, `hx-get="/approvals/accounts?few=yes"`, `hx-get="/approvals/unusual?few=yes"`)
	rows := func(path string) int {
		page := v.get(path)
		v.says(page, http.StatusOK, fmt.Sprintf(`<span class="n push hot">%d</span>`, changes))
		return strings.Count(page.text, `href="/admin/proposals/`)
	}
	if all, few := rows("/approvals/accounts"), rows("/approvals/accounts?few=yes"); all != changes || few != 3 {
		t.Errorf("the part has %d rows, the day %d of them", all, few)
	}
	if testing.Short() {
		return
	}
	for _, l := range i18n.Languages() {
		d := &desk{webtest.Start(t), t, w.web["us"], l, w}
		d.Size(t, 1280, 900)
		d.enter("lockridge")
		d.Open(t, d.base+"/")
		d.Await(t, `#accounts a[href^="/admin/proposals/"]`)
		d.Wait(t, d.say("unusual.empty"))
		if n := len(d.Find(t, `#accounts a[href^="/admin/proposals/"]`, "href")); n != 3 {
			t.Errorf("%d of the changes stand on the day", n)
		}
		if is, want := d.Run(t, `document.title`), d.say("my_day.title")+" · OASISS"; is != want {
			t.Errorf("with its parts fetched the day is called %q, not %q", is, want)
		}
		if over := d.Overflow(t); over > 0 {
			t.Errorf("the day is %d px too wide", over)
		}
		d.shoot("my-day-supervisor")
		d.leave()
	}
}
