package packet

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func sum(b []byte) [32]byte { return sha256.Sum256(b) }

// Item is one thing in a section as it stands in a sealed part. Its digest in
// the manifest is SHA-256 of these exact bytes; Salt keeps the digest from
// telling what is inside.
type Item struct {
	ID   string          `json:"id"`
	Salt []byte          `json:"salt"`
	Body json.RawMessage `json:"body"`
}

// Words are a text with the language it was written in and, where there is
// one, a named person's translation. Testimony is never machine-translated.
type Words struct {
	Lang       string `json:"lang"`
	Text       string `json:"text"`
	InLang     string `json:"translation_lang,omitempty"`
	Translated string `json:"translation,omitempty"`
	Translator string `json:"translator,omitempty"`
}

// In reports whether the text can be read in lang.
func (w Words) In(lang string) bool {
	return w.Lang == lang || w.InLang == lang && w.Translated != "" && w.Translator != ""
}

// PersonBody is a person by pseudonym, in the section people.
type PersonBody struct {
	Subject   string          `json:"subject"`
	Class     string          `json:"class"`
	Age       string          `json:"age"`
	Roles     []casefile.Role `json:"roles"` // without the person's id
	Languages []string        `json:"languages,omitempty"`
}

// IdentityBody is who a person is: the whole of a suspect's, or of another
// person what a consent or a legal ground covers.
type IdentityBody struct {
	Subject  string            `json:"subject"`
	Identity casefile.Identity `json:"identity"`
}

// EventBody is an event with its narrative.
type EventBody struct {
	casefile.Event
	Narrative string `json:"narrative,omitempty"`
	Lang      string `json:"lang,omitempty"`
}

// StatementBody is a statement on the facts. Names of protected people stand
// as pseudonyms in the text ("[Ocotillo]"); the text as it was written travels
// under the speaker's identity key when the speaker consents.
type StatementBody struct {
	Subject     string   `json:"subject"`
	Kind        string   `json:"kind"`
	Start       string   `json:"start"`
	End         string   `json:"end"`
	Custody     *int     `json:"custody_hours,omitempty"` // held before it began; nil if nobody says
	Rights      string   `json:"rights"`
	RightsText  string   `json:"rights_text,omitempty"`
	RightsLang  string   `json:"rights_lang,omitempty"`
	Recorded    bool     `json:"recorded"`
	NoRecord    string   `json:"no_recording,omitempty"`
	Interpreted bool     `json:"interpreted,omitempty"`
	Interpreter string   `json:"interpreter,omitempty"`
	By          string   `json:"interpreter_ground,omitempty"`
	Credential  string   `json:"interpreter_credential,omitempty"`
	Place       string   `json:"place,omitempty"`
	Present     []string `json:"present,omitempty"`
	Breaks      []string `json:"breaks,omitempty"`
	Promises    string   `json:"promises,omitempty"`
	NoPromises  bool     `json:"no_promises,omitempty"` // the author says that nothing was promised
	CrossedBy   []string `json:"cross_examined_by,omitempty"`
	Alike       []string `json:"alike,omitempty"`      // items that are nearly identical
	Asked       []string `json:"asked,omitempty"`      // what a court will ask of its taking: casefile.Unsaid
	Identifies  []string `json:"identifies,omitempty"` // pseudonyms
	Willing     bool     `json:"willing,omitempty"`
	Lang        string   `json:"lang"`
	Text        string   `json:"text"`
	Original    bool     `json:"original"` // Text is word for word
}

// IdentificationBody is how somebody was recognised or was not, in the section
// statements; Noun tells it from a statement. The words of the witness travel
// as a statement's do.
type IdentificationBody struct {
	Noun        string   `json:"noun"`
	Subject     string   `json:"subject"`           // the witness
	Suspect     string   `json:"suspect,omitempty"` // pseudonym, if among those shown
	Method      string   `json:"method"`
	When        string   `json:"when"`
	Shown       int      `json:"shown"`
	ShownAt     int      `json:"shown_at,omitempty"` // the suspect's place
	Picked      int      `json:"picked"`             // 0 for nobody
	Sequential  bool     `json:"sequential"`
	Warned      bool     `json:"warned"`
	Available   bool     `json:"available"`
	Asked       []string `json:"asked,omitempty"` // what a court will ask: casefile.Identification.Attacks
	ConductedBy string   `json:"conducted_by"`
	Place       string   `json:"place"`
	Present     []string `json:"present,omitempty"`
	Images      []string `json:"images"` // all that was shown, in order
	Lang        string   `json:"lang"`
	Text        string   `json:"text"`
	Certainty   string   `json:"certainty"`
	Original    bool     `json:"original"` // Text and Certainty are word for word
}

// TranslationBody is a named translator's rendering of a statement.
type TranslationBody struct {
	Statement  string `json:"statement"`
	Lang       string `json:"lang"`
	Certified  bool   `json:"certified"`
	Translator string `json:"translator"`
	Text       string `json:"text"`
}

// ThingBody is a vehicle, phone or other property.
type ThingBody struct {
	Noun   string          `json:"noun"`
	Holder string          `json:"holder,omitempty"` // pseudonym
	Kind   string          `json:"kind,omitempty"`
	Amount int64           `json:"amount_cents,omitempty"`
	Money  string          `json:"currency,omitempty"`
	Detail json.RawMessage `json:"detail,omitempty"`
}

// ChargeBody is an offence charged, with what shows each element.
type ChargeBody struct {
	Subject      string             `json:"subject"`
	Offence      string             `json:"offence"`
	Equivalents  []string           `json:"equivalents,omitempty"`
	Facts        string             `json:"facts"`
	Counts       int                `json:"counts"`
	Jurisdiction string             `json:"jurisdiction,omitempty"`
	Elements     []casefile.Element `json:"elements,omitempty"`
}

// Reasons for which something of a case stays out of a packet by itself,
// besides those that a composer writes.
const (
	omittedIdentity  = "identity_not_released"       // neither consent nor a legal ground covers it
	omittedLeads     = "leads_to_a_protected_person" // what a protected person held
	omittedForgotten = "forgotten"                   // its key was destroyed
	omittedAccord    = "accord_does_not_release"     // the accord lets no identity go
)

var omissions = []string{omittedIdentity, omittedLeads, omittedForgotten, omittedAccord}

// OmissionBody says what exists and is not here, and why.
type OmissionBody struct {
	What    string `json:"what"` // noun
	Subject string `json:"subject,omitempty"`
	Item    string `json:"item,omitempty"`
	Reason  string `json:"reason"`
}

// ConsentBody names a consent that a release rests on, never the person's
// reasons or name.
type ConsentBody struct {
	Consent    string   `json:"consent"`
	Subject    string   `json:"subject"`
	Categories []string `json:"categories"`
	Until      string   `json:"until"`
}

// LineBody is one line of the checklist, answered.
type LineBody struct {
	Line  string `json:"line"`
	State string `json:"state"`
	Note  string `json:"note,omitempty"`
}

// Content is an opened section.
type Content struct {
	Item wire.Item
	Body json.RawMessage // nil while its key has not come
	Raw  []byte          // exactly as it was frozen: what the manifest has the digest of
}

// Open reads what this node's keys open of a version, in the order of the
// manifest, and checks every item against its digest. Items whose key has not
// come have no body.
func Open(tx *store.Tx, o casefile.Opener, v Version) (map[string][]Content, error) {
	parts, err := Parts(tx, v)
	if err != nil {
		return nil, err
	}
	opened := map[string]map[string]json.RawMessage{}
	for _, p := range parts {
		var items []json.RawMessage
		if err := o.Open(tx, p, &items); err != nil {
			if missing(err) {
				continue
			}
			return nil, err
		}
		opened[p.ID] = map[string]json.RawMessage{}
		for _, raw := range items {
			var it Item
			if err := json.Unmarshal(raw, &it); err != nil {
				return nil, fmt.Errorf("item of a packet: %w", err)
			}
			opened[p.ID][it.ID] = raw
		}
	}
	out := map[string][]Content{}
	for _, s := range v.Manifest.Sections {
		for _, it := range s.Items {
			c := Content{Item: it}
			if part, ok := opened[it.Part]; ok {
				raw, ok := part[it.ID]
				if !ok || wire.Digest(sum(raw)) != it.Digest {
					return nil, fmt.Errorf("packet %s: an item does not agree with its manifest", v.Packet)
				}
				var item Item
				if err := json.Unmarshal(raw, &item); err != nil {
					return nil, fmt.Errorf("item of a packet: %w", err)
				}
				c.Body, c.Raw = item.Body, raw
			}
			out[s.Name] = append(out[s.Name], c)
		}
	}
	return out, nil
}
