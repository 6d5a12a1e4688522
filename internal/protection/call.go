package protection

import (
	"context"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A consent is taken back from anywhere: at any office of either node, by the
// reference that the person was given, and by telephone with a code word.

// Telephone is the channel that asks for the code word; on every other one an
// official has the person before them.
const Telephone = "telephone"

// Channels through which a person takes a consent back, closed.
var Channels = []string{"in_person", "consulate", "victims_commission", "child_protection", "adviser", Telephone}

const (
	codeWordLeast = 6 // characters of a code word
	callsMissed   = 5 // wrong code words after which a consent is taken back by telephone no more
)

// Slip is what is told once to whoever took a consent, for the person: never
// the code word itself.
type Slip struct {
	Reference string `json:"reference"`
	Telephone bool   `json:"telephone"` // a code word was set
}

// newReference draws what a person takes away in writing: the node and 40 random
// bits, in letters and digits that are not mistaken for each other.
func newReference(d *act.Draw) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	s := base32.NewEncoding(letters).EncodeToString(d.Bytes(5))
	return d.Node + "-" + s[:4] + "-" + s[4:]
}

// plainReference is a reference as it is kept, however it was written down.
func plainReference(typed string) (node, reference string, ok bool) {
	typed = strings.Join(strings.Fields(typed), "")
	at := len(typed) - len("-XXXX-XXXX")
	if at <= 0 || typed[at] != '-' {
		return "", "", false
	}
	node = strings.ToLower(typed[:at])
	return node, node + strings.ToUpper(typed[at:]), true
}

// plainWord is a code word as it is hashed: said over the telephone, it has
// neither capitals nor spaces to get wrong.
func plainWord(word string) string { return strings.ToLower(strings.Join(strings.Fields(word), "")) }

// Ready implements act.Readied: it hashes the code word.
func (c *GiveConsent) Ready(ctx context.Context, _ *act.Acts) (err error) {
	if c.CodeWord == "" {
		return nil
	}
	word := plainWord(c.CodeWord)
	if n := utf8.RuneCountInString(word); n < codeWordLeast || n > access.PasswordMax {
		return refusal.New("protection.code_word_short", "Min", codeWordLeast)
	}
	c.hash, err = access.HashSecret(ctx, word)
	return err
}

// Signed implements act.Signed: the official who records a consent signs that
// the person was told, and what they agreed to.
func (*GiveConsent) Signed() {}

// Hush implements act.Hushed: until it is signed only the hash is kept.
func (c *GiveConsent) Hush() any {
	c.CodeWord = ""
	return c.hash
}

// Recall implements act.Hushed.
func (c *GiveConsent) Recall(found json.RawMessage) error { return json.Unmarshal(found, &c.hash) }

// CallWithdrawal takes a consent back for a person who says so away from the
// offices of the case. The official signs for the reference and how the person
// said so, and learns nothing but that it was done.
type CallWithdrawal struct {
	Reference string `json:"reference"`
	Through   string `json:"through"` // one of Channels
	CodeWord  string `json:"code_word,omitempty"`

	word heard
}

// heard is what became of a code word: all that is kept of it until the official
// signs.
type heard struct {
	Right bool   `json:"right,omitempty"` // it is the one of the consent below
	Fact  string `json:"fact,omitempty"`  // that holds the hash of that consent's
}

// Verb implements act.Command.
func (*CallWithdrawal) Verb() string { return "protection.call_withdrawal" }

// Signed implements act.Signed.
func (*CallWithdrawal) Signed() {}

// Hush implements act.Hushed.
func (c *CallWithdrawal) Hush() any {
	c.CodeWord = ""
	return c.word
}

// Recall implements act.Hushed.
func (c *CallWithdrawal) Recall(found json.RawMessage) error { return json.Unmarshal(found, &c.word) }

// Ready implements act.Readied: it holds the code word against its hash, which
// takes as long for a reference that is no consent's.
func (c *CallWithdrawal) Ready(ctx context.Context, a *act.Acts) error {
	if c.Through != Telephone {
		return nil
	}
	var hash string
	_, reference, _ := plainReference(c.Reference)
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		given, err := byReference(tx, reference)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		c.word.Fact = given.Fact
		e, _, err := journal.Load(tx, given.Fact)
		if errors.Is(err, journal.ErrForgotten) {
			return nil
		}
		if err != nil {
			return err
		}
		if part, ok := e.Part(partCode); ok {
			err = a.Ring.Open(tx, part, &hash)
		}
		if errors.Is(err, seal.ErrNoKey) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("code word: %w", err)
	}
	c.word.Right, err = access.VerifySecret(ctx, hash, plainWord(c.CodeWord))
	return err
}

func byReference(tx *store.Tx, reference string) (Consent, error) {
	return store.Doc[Consent](tx, `SELECT doc FROM consent WHERE reference = $1 AND reference <> ''`, reference)
}

// Decide implements act.Command.
func (c *CallWithdrawal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: "withdrawal_call"}); err != nil {
		return nil, err
	}
	if !slices.Contains(Channels, c.Through) {
		return nil, refusal.New("protection.through_unknown")
	}
	node, reference, ok := plainReference(c.Reference)
	switch {
	case !ok:
		return nil, refusal.New("protection.call_wrong")
	case node != d.Node:
		return c.elsewhere(tx, node, reference)
	}
	given, err := byReference(tx, reference)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, refusal.New("protection.call_wrong")
	}
	if err != nil {
		return nil, fmt.Errorf("consent: %w", err)
	}
	if c.Through == Telephone {
		right := c.word.Right && c.word.Fact == given.Fact && given.Missed < callsMissed
		switch {
		case !right && given.Missed < callsMissed:
			return nil, act.Leave(refusal.New("protection.call_wrong"), &CodeMissed{Envelope: journal.Envelope{Case: given.Case}, Consent: given.ID})
		case !right:
			return nil, refusal.New("protection.call_wrong")
		}
	}
	if !given.Withdrawn.IsZero() {
		return nil, refusal.Conflict("protection.withdrawn_already")
	}
	return []journal.Fact{&WithdrawalCalled{Reference: reference, Through: c.Through}}, nil
}

// elsewhere asks the node that holds the consent, which alone can hold a code
// word against its hash.
func (c *CallWithdrawal) elsewhere(tx *store.Tx, node, reference string) ([]journal.Fact, error) {
	if c.Through == Telephone {
		return nil, refusal.New("protection.call_there")
	}
	if _, err := exchange.FindPeer(tx, node); errors.Is(err, sql.ErrNoRows) {
		return nil, refusal.New("protection.call_wrong")
	} else if err != nil {
		return nil, err
	}
	return []journal.Fact{&WithdrawalCalled{Envelope: journal.Envelope{To: wire.Address{Node: node}}, Reference: reference, Through: c.Through}}, nil
}

// CodeMissed is the fact that somebody on the telephone named a wrong code word.
type CodeMissed struct {
	journal.Envelope
	Consent string `json:"consent"`
}

// Kind implements journal.Fact.
func (CodeMissed) Kind() string { return "protection.code_missed.1" }

func applyCodeMissed(tx *store.Tx, _ journal.Entry, f CodeMissed) error {
	c, err := store.Doc[Consent](tx, `SELECT doc FROM consent WHERE id = $1`, f.Consent)
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	c.Missed++
	return c.save(tx)
}

// WithdrawalCalled is the fact that a person told an official to take a consent
// back, of this node or of the other. It names the reference that the person
// brought, and is signed by the official, who knows no more; the withdrawal
// follows where the consent is held.
type WithdrawalCalled struct {
	journal.Envelope
	Reference string `json:"reference"`
	Through   string `json:"through"`
}

// Kind implements journal.Fact.
func (WithdrawalCalled) Kind() string { return "protection.withdrawal_called.1" }

// applyCalled changes no table: the consent is taken back by what follows here.
func applyCalled(*store.Tx, journal.Entry, WithdrawalCalled) error { return nil }

func admitCalled(tx *store.Tx, _ wire.Message, f WithdrawalCalled) (wire.Code, error) {
	if !slices.Contains(Channels, f.Through) || f.Through == Telephone {
		return wire.CodeContent, nil
	}
	_, err := byReference(tx, f.Reference)
	if errors.Is(err, sql.ErrNoRows) {
		return wire.CodeUnknownObject, nil
	}
	return "", err
}

// withdrawOnCall takes the consent back where it is held, and sends the notices.
func withdrawOnCall(tx *store.Tx, _ *journal.Draw, _ journal.Entry, f WithdrawalCalled) ([]journal.Fact, error) {
	given, err := byReference(tx, f.Reference)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !given.Withdrawn.IsZero() { // where it was called from; or done already
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return given.withdrawn(tx, f.Through)
}
