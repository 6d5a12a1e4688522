package exchange_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func TestInclusionIsDemandedAndProven(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.says(mx, "to be proven")
	id := us.factOf("to be proven")
	if _, err := us.link.Load().Demand(t.Context(), id); !refusal.Is(err, "exchange.no_receipt") {
		t.Fatalf("before the receipt: %v", err)
	}
	us.start()
	mx.start()
	settled(t, us, mx, []string{"to be proven"})
	var proof wire.ProofFile
	eventually(t, "proven", func() bool {
		var err error
		if proof, err = us.link.Load().Demand(t.Context(), id); err != nil && !refusal.Is(err, "exchange.not_yet_cosigned") {
			t.Fatal(err)
		}
		return err == nil
	})
	if len(proof.Message) != 0 || proof.Index != int64(mx.count(`SELECT seq - 1 FROM fact WHERE id = $1`, id)) {
		t.Errorf("%+v", proof)
	}
	// What is not the peer's own message is not proven to it: it would tell
	// how long the journal is and when it grew.
	f := forger{node: us, to: mx}
	if status, body := f.post("/exchange/v1/proof", []byte("0")); status != http.StatusNotFound || body != "" {
		t.Errorf("%d %q", status, body)
	}
	// A journal rewritten after the receipt cannot prove it any more. Body and
	// leaf agree, or the node would find the one damaged and mend it.
	err := mx.DB.Write(context.Background(), func(tx *store.Tx) error {
		other := []byte("what was never said")
		digest := sha256.Sum256(other)
		return errors.Join(tx.Exec(`UPDATE body SET bytes = $1 WHERE seq = $2`, other, proof.Index+1),
			tx.Exec(`UPDATE leaf SET digest = $1 WHERE n = $2`, digest[:], proof.Index))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := us.link.Load().Demand(t.Context(), id); err == nil || !strings.Contains(err.Error(), exchange.AlarmNotIncluded) {
		t.Errorf("a rewritten journal: %v", err)
	}
	if c := us.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, exchange.AlarmNotIncluded); c != 1 {
		t.Errorf("%d alarms at leaf %s", c, strconv.FormatInt(proof.Index, 10))
	}
}
