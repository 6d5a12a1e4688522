package wire_test

import (
	"bytes"
	"testing"

	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

func TestPartProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var key [32]byte
		copy(key[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		nonce := rapid.SliceOfN(rapid.Byte(), 12, 12).Draw(t, "nonce")
		p, err := wire.SealPart(key, "person/1", "k-1", plain, nonce)
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.OpenPart(key, p)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q, %v", got, err)
		}
		for _, q := range []wire.Part{{ID: "person/2", Key: "k-1", Box: p.Box}, {ID: "person/1", Key: "k-2", Box: p.Box}} {
			if _, err := wire.OpenPart(key, q); wire.CodeOf(err) != wire.CodeAltered {
				t.Fatalf("moved box opens: %v", err)
			}
		}
		i := rapid.IntRange(0, len(p.Box)-1).Draw(t, "i")
		q := p
		q.Box = bytes.Clone(p.Box)
		q.Box[i] ^= 0x80
		if _, err := wire.OpenPart(key, q); wire.CodeOf(err) != wire.CodeAltered {
			t.Fatalf("altered box opens: %v", err)
		}
	})
}

func TestPartNamesCannotBlur(t *testing.T) {
	for _, c := range [][2]string{{"a\nb", "k"}, {"a", "b\nk"}, {"", "k"}, {"a", ""}} {
		_, err := wire.SealPart([32]byte{}, c[0], c[1], nil, make([]byte, 12))
		wantCode(t, err, wire.CodeMalformed)
	}
	_, err := wire.SealPart([32]byte{}, "a", "k", nil, make([]byte, 8))
	wantCode(t, err, wire.CodeMalformed)
	_, err = wire.OpenPart([32]byte{}, wire.Part{ID: "a", Key: "k", Box: []byte{1}})
	wantCode(t, err, wire.CodeMalformed)
}

func TestKeyBox(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	key := [32]byte{7, 7, 7}
	r := wire.KeyRelease{From: "us", To: "mx", Referral: id(900), Tier: wire.TierReleased, Key: "k-1"}
	b, err := wire.SealKey(mx.seal.PublicKey(), r, key)
	must(t, err)
	got, err := wire.OpenKey(mx.seal, r, b)
	must(t, err)
	if got != key || bytes.Contains(b.Box, key[:]) {
		t.Error("key not carried, or bare")
	}
	_, err = wire.OpenKey(us.seal, r, b)
	wantCode(t, err, wire.CodeSupersededKey)
	for _, change := range []func(r *wire.KeyRelease, b *wire.KeyBox){
		func(r *wire.KeyRelease, _ *wire.KeyBox) { r.Referral = id(901) },
		func(r *wire.KeyRelease, b *wire.KeyBox) { r.Tier, b.Tier = wire.TierAnalysis, wire.TierAnalysis },
		func(r *wire.KeyRelease, b *wire.KeyBox) { r.Key, b.Key = "k-2", "k-2" },
		func(r *wire.KeyRelease, _ *wire.KeyBox) { r.From, r.To = r.To, r.From },
		func(_ *wire.KeyRelease, b *wire.KeyBox) { b.Box = append(bytes.Clone(b.Box[:200]), b.Box[201:]...) },
	} {
		r2, b2 := r, b
		change(&r2, &b2)
		_, err := wire.OpenKey(mx.seal, r2, b2)
		wantCode(t, err, wire.CodeAltered)
	}
	_, err = wire.SealKey(mx.seal.PublicKey(), wire.KeyRelease{From: "us", To: "mx", Tier: wire.TierNotice, Key: "k"}, key)
	wantCode(t, err, wire.CodeMalformed)
}
