package wire

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// Of parts only sealing is outside the approved mode of FIPS 140-3, because its
// nonce is drawn with the act: under GODEBUG=fips140=only (make lint runs it so)
// it is refused, and whatever was sealed still opens.
func TestOfPartsOnlySealingIsOutsideTheApprovedMode(t *testing.T) {
	box, err := hex.DecodeString("000102030405060708090a0b" + "574008ca8d0c19aa740d26eb1a09911bb31401761025563a3cb6d2052a2d7a4d")
	if err != nil {
		t.Fatal(err)
	}
	key, nonce, text := [32]byte{7}, box[:PartNonceSize], "Somebody said so"
	p, err := SealPart(key, "told", "key-1", []byte(text), nonce)
	if only := strings.Contains(os.Getenv("GODEBUG"), "fips140=only"); only != (err != nil) {
		t.Fatalf("sealing: %v", err)
	}
	if err != nil {
		p = Part{ID: "told", Key: "key-1", Box: box}
	}
	if hex.EncodeToString(p.Box) != hex.EncodeToString(box) {
		t.Errorf("sealed as %x", p.Box)
	}
	if plain, err := OpenPart(key, p); err != nil || string(plain) != text {
		t.Errorf("opened as %q: %v", plain, err)
	}
}
