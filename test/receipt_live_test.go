package test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/wire"
)

// TestASignerIsToldOfTheReceipt: whoever signs what crosses waits a moment for
// the other country's receipt, and a silent peer keeps nobody. When the receipt
// comes, pages that stand open are told: the referral's with its parts, those of
// its office, and the link's.
func TestASignerIsToldOfTheReceipt(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	ref := w.sent(f)
	w.until(func() error {
		return w.as("mx", "escamillar", wire.PurposeProsecution).Get(t.Context(), "referrals/"+ref, nil)
	})
	signer, colleague, keeper := w.visitor(t), w.visitor(t), w.visitor(t)
	signer.signIn("northcutt")
	colleague.signIn("northcutt")
	keeper.signIn("whitfield")
	w.down["mx"]()

	asked, err := w.as("us", "northcutt", wire.PurposeProsecution).Act(t.Context(), "referral.sign_step", "", map[string]any{"referral": ref, "step": "open_own_prosecution", "reason": "other", "note": "Filed here."})
	w.ok(err)
	sign := "/sign/" + asked.Prepared.ID
	p := signer.get(sign)
	values := signer.answer("us", "northcutt", p, url.Values{"_token": {signer.token(p)}, "back": {"/referrals/" + ref}})
	const least = 200 * time.Millisecond // web.soon
	began := time.Now()
	after := signer.post(sign, values)
	if took := time.Since(began); took < least {
		t.Errorf("nobody waited for the receipt: %s", took)
	}
	there := strings.Split(text("receipt.recorded_at", map[string]any{"When": "|"}), "|")[0]
	signer.says(after, http.StatusOK, "Filed here.")
	if strings.Contains(after.text, there) {
		t.Error("a node that does not run has recorded it")
	}
	desk := ""
	w.hears(colleague, "/referrals", func() {
		w.hears(keeper, "/links", func() {
			desk = w.hears(signer, "/referrals/"+ref, func() { w.start("mx", w.held["mx"], node.Listen{Link: w.link["mx"]}) })
		})
	})
	if !strings.Contains(desk, there) {
		t.Errorf("the open desk is not told that it was recorded there:\n%s", desk)
	}
}
