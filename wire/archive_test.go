package wire

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// archive makes an archive of n facts under one checkpoint, and its journal's key.
func archive(t *testing.T, n int, forgotten int64) (text, journal string) {
	t.Helper()
	sample, err := os.ReadFile("testdata/message.txt")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMessage(sample)
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	name := JournalName("test.example", "us")
	if journal, err = JournalVkey(name, key.Public().(ed25519.PublicKey)); err != nil {
		t.Fatal(err)
	}
	var leaves []tlog.Hash
	var facts bytes.Buffer
	for seq := int64(1); seq <= int64(n); seq++ {
		f := ArchiveFact{V: Version, Seq: seq, At: time.Unix(seq, 0).UTC(), Digest: m.Digest(), Message: sample}
		if seq == forgotten {
			f.Message = nil
		}
		leaves = append(leaves, LeafHash(f.Digest))
		if err := WriteLine(&facts, f); err != nil {
			t.Fatal(err)
		}
	}
	root, err := Root(leaves)
	if err != nil {
		t.Fatal(err)
	}
	note, err := SignCheckpoint(name, int64(n), root, key)
	if err != nil {
		t.Fatal(err)
	}
	var head bytes.Buffer
	if err := WriteLine(&head, ArchiveHead{V: Version, Format: ArchiveFormat, Node: "us", Installation: "test.example", Size: int64(n), Checkpoint: string(note)}); err != nil {
		t.Fatal(err)
	}
	return head.String() + facts.String(), journal
}

func TestAnArchiveReadsBackWhole(t *testing.T) {
	text, journal := archive(t, 5, 3)
	seen := 0
	a, err := ReadArchive(strings.NewReader(text), journal, nil, func(f ArchiveFact, m Message) error {
		if seen++; f.Message != nil && m.Act.Kind == "" {
			t.Errorf("fact %d is not read", f.Seq)
		}
		return nil
	})
	if err != nil || a.Facts != 5 || a.Forgotten != 1 || seen != 5 || a.Checkpoint.Size != 5 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestAnAlteredArchiveIsNoticed(t *testing.T) {
	text, journal := archive(t, 4, 0)
	other, err := JournalVkey(JournalName("test.example", "us"), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(text, "\n")
	fact := lines[2]
	i := strings.Index(fact, `"digest":"`) + len(`"digest":"`)
	digit := "0"
	if fact[i] == '0' {
		digit = "1"
	}
	for name, x := range map[string]struct{ text, key string }{
		"a fact left out":   {lines[0] + lines[1] + lines[3] + lines[4], journal},
		"the last left out": {lines[0] + lines[1] + lines[2] + lines[3], journal},
		"one more":          {text + lines[4], journal},
		"two exchanged":     {lines[0] + lines[2] + lines[1] + lines[3] + lines[4], journal},
		"another digest":    {lines[0] + lines[1] + fact[:i] + digit + fact[i+1:] + lines[3] + lines[4], journal},
		"no head":           {lines[1] + lines[2], journal},
		"nothing":           {"", journal},
		"a shorter head":    {strings.Replace(text, `"size":4`, `"size":3`, 1), journal},
		"another's key":     {text, other},
	} {
		if a, err := ReadArchive(strings.NewReader(x.text), x.key, nil, nil); err == nil || CodeOf(err) == "" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	if _, err := ReadArchive(strings.NewReader(text), journal, nil, nil); err != nil {
		t.Errorf("unaltered: %v", err)
	}
}
