package wire_test

import (
	"testing"

	"github.com/oasiss/oasiss/wire"
)

func TestReceiptRoundTrip(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	signed, err := wire.SignReceipt(sampleReceipt(f), mx.sign)
	must(t, err)
	r, err := wire.ReadReceipt(signed, mx.keys())
	must(t, err)
	digests := []wire.Digest{f.Entries[0].Digest(), f.Entries[1].Digest(), f.Entries[2].Digest()}
	must(t, r.Answers(f.Signed, f.Header, digests))
	must(t, r.Answers(f.Signed, f.Header, nil))
	digests[1] = wire.Digest{1}
	wantCode(t, r.Answers(f.Signed, f.Header, digests), wire.CodeAltered)
	wantCode(t, r.Answers(f.Signed, f.Header, digests[:2]), wire.CodeAltered)
	g := sampleFrame(t, mx, us)
	wantCode(t, r.Answers(g.Signed, g.Header, nil), wire.CodeAltered)
	if again, err := wire.SignReceipt(r, mx.sign); err != nil || again != signed {
		t.Error("a receipt signed again differs")
	}
	_, err = wire.ReadReceipt(signed, us.keys())
	wantCode(t, err, wire.CodeSignature)
}

func TestReceiptRefusals(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	for name, c := range map[string]struct {
		change func(r *wire.Receipt)
		code   wire.Code
	}{
		"no undertaking":         {func(r *wire.Receipt) { r.Undertaking = "" }, wire.CodeMalformed},
		"no purpose undertaken":  {func(r *wire.Receipt) { r.Entries[0].Purpose = "" }, wire.CodePurpose},
		"purpose changed":        {func(r *wire.Receipt) { r.Entries[0].Purpose = "removal" }, wire.CodePurpose},
		"recorded without leaf":  {func(r *wire.Receipt) { r.Entries[0].Leaf = nil }, wire.CodeMalformed},
		"leaf beyond journal":    {func(r *wire.Receipt) { r.Size = 41 }, wire.CodeMalformed},
		"refused without code":   {func(r *wire.Receipt) { r.Entries[2].Code = "" }, wire.CodeMalformed},
		"recorded with code":     {func(r *wire.Receipt) { r.Entries[0].Code = wire.CodeStep }, wire.CodeMalformed},
		"entry missing":          {func(r *wire.Receipt) { r.Entries = r.Entries[:2] }, wire.CodeMalformed},
		"entries out of order":   {func(r *wire.Receipt) { r.Entries[0], r.Entries[2] = r.Entries[2], r.Entries[0] }, wire.CodeMalformed},
		"unknown type":           {func(r *wire.Receipt) { r.Type = "lost" }, wire.CodeUnknownKind},
		"whole frame, no reason": {func(r *wire.Receipt) { r.Type, r.Entries, r.Undertaking = wire.ReceiptRefused, nil, "" }, wire.CodeMalformed},
		"whole frame": {func(r *wire.Receipt) {
			r.Type, r.Entries, r.Undertaking, r.Code = wire.ReceiptRefused, nil, "", wire.CodeSequence
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := sampleReceipt(f)
			c.change(&r)
			_, err := wire.SignReceipt(r, mx.sign)
			wantCode(t, err, c.code)
		})
	}
}

func TestEveryFlippedByteOfAReceiptIsNoticed(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	signed, err := wire.SignReceipt(sampleReceipt(sampleFrame(t, us, mx)), mx.sign)
	must(t, err)
	for i := range len(signed) {
		b := []byte(signed)
		b[i] ^= 1
		if _, err := wire.ReadReceipt(string(b), mx.keys()); wire.CodeOf(err) == "" {
			t.Fatalf("byte %d of %d: %v", i, len(b), err)
		}
	}
}

func TestCodesAreDistinct(t *testing.T) {
	seen := map[wire.Code]bool{}
	for _, c := range wire.Codes {
		if seen[c] || c == "" {
			t.Errorf("code %q", c)
		}
		seen[c] = true
	}
}

// TestHeadsAfterCrash is a sender that sent a frame, stopped before it stored
// anything, and asks the receiver where they stand.
func TestHeadsAfterCrash(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	f := sampleFrame(t, us, mx)
	receipt, err := wire.SignReceipt(sampleReceipt(f), mx.sign)
	must(t, err)
	h := wire.Heads{From: "mx", To: "us", Size: 42, At: at(70), Head: []wire.Head{
		{Lane: wire.LaneAlert, Epoch: 1, Next: 1},
		{Lane: wire.LaneCase, Epoch: 1, Next: 4, Header: f.Signed, Receipt: receipt},
	}}
	signed, err := wire.SignHeads(h, mx.sign)
	must(t, err)
	got, err := wire.ReadHeads(signed, mx.keys())
	must(t, err)
	if _, _, ok, err := got.Head[0].Last(us.keys(), mx.keys()); ok || err != nil {
		t.Errorf("empty lane: %v %v", ok, err)
	}
	header, r, ok, err := got.Head[1].Last(us.keys(), mx.keys())
	if !ok || err != nil || header.Root != f.Header.Root || len(r.Entries) != 3 {
		t.Errorf("last frame: %v %v", ok, err)
	}
	forged := got.Head[1]
	forged.Next = 9
	_, _, _, err = forged.Last(us.keys(), mx.keys())
	wantCode(t, err, wire.CodeAltered)
	forged = got.Head[1]
	_, _, _, err = forged.Last(mx.keys(), mx.keys())
	wantCode(t, err, wire.CodeSignature)
	h.Head[1].Receipt = ""
	_, err = wire.SignHeads(h, mx.sign)
	wantCode(t, err, wire.CodeMalformed)
}

func FuzzReceipt(f *testing.F) {
	us, mx := newParty(f, "us", "US"), newParty(f, "mx", "MX")
	good, err := wire.SignReceipt(sampleReceipt(sampleFrame(f, us, mx)), mx.sign)
	must(f, err)
	f.Add(good)
	f.Add("e30.e30.e30")
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		_, err := wire.ReadReceipt(s, mx.keys())
		if err == nil && s != good {
			t.Fatal("a receipt that nobody signed is accepted")
		}
		if err != nil && wire.CodeOf(err) == "" {
			t.Fatalf("error without code: %v", err)
		}
	})
}
