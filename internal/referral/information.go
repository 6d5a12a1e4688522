package referral

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// InformationRequested is the receiving side's request. It names the item of
// the packet and the element of the offence that it serves (CNPP 444), and the
// people it is about by pseudonym; the question itself is a sealed letter.
type InformationRequested struct {
	Step
	Cites
	Item    string   `json:"item"`
	Element string   `json:"element"`
	About   []string `json:"about,omitempty"`
}

// Kind implements journal.Fact.
func (InformationRequested) Kind() string { return "referral.information_requested.1" }

// RequestInformation asks the other side for something that the case lacks.
type RequestInformation struct {
	Referral string   `json:"referral"`
	Item     string   `json:"item"`
	Element  string   `json:"element"`
	Question string   `json:"question"`
	About    []string `json:"about,omitempty"`
	Page     int      `json:"page,omitempty"` // of the print that is asked about
}

// Verb implements act.Command.
func (*RequestInformation) Verb() string { return "referral.request_information" }

// Decide implements act.Command.
func (c *RequestInformation) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	s, step, err := r.ask(tx, d, "request_information", "", "")
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(c.Question) == "" {
		return nil, refusal.New("referral.question_missing")
	}
	v, had, err := packet.Latest(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	elements, err := r.elements(tx)
	if err != nil {
		return nil, err
	}
	people := v.Subjects()
	outside := slices.ContainsFunc(c.About, func(p string) bool { return !slices.Contains(people, p) })
	err = r.holds(s, map[string]any{
		"names_item_and_element":    had && v.HasItem(c.Item) && slices.Contains(elements, c.Element),
		"about_people_outside_case": outside,
	})
	if err != nil {
		return nil, err
	}
	cites, err := r.cites(tx, c.Page)
	if err != nil {
		return nil, err
	}
	f := &InformationRequested{Step: step, Cites: cites, Item: c.Item, Element: c.Element, About: c.About}
	if err := r.letter(tx, d, &f.Envelope, c.Question); err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

func registerRequest(k *journal.Kinds, link packet.Link) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f InformationRequested) error { return applyStep(tx, e, f.Step) })
	journal.React(k, letterKeys[InformationRequested](link))
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f InformationRequested) (wire.Code, error) {
		if inside, err := asksAboutTheCase(tx, m.Act.Referral, f); err != nil || !inside {
			return wire.CodeContent, err
		}
		return admitStep(tx, m, f.Step)
	})
}

// asksAboutTheCase holds a peer's request to what was sent to it: it names an
// item of a version, and nobody who is in none. The peer's own node refuses
// anything else; one that was changed does not. Where there is no such referral
// the step says so.
func asksAboutTheCase(tx *store.Tx, referral string, f InformationRequested) (bool, error) {
	r, err := Load(tx, referral)
	if refusal.Is(err, "access.not_found") {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return false, err
	}
	var people []string
	for _, v := range versions {
		people = append(people, v.Subjects()...)
	}
	outside := slices.ContainsFunc(f.About, func(p string) bool { return !slices.Contains(people, p) })
	return !outside && f.sound(versions) && slices.ContainsFunc(versions, func(v packet.Version) bool { return v.HasItem(f.Item) }), nil
}

// InformationSupplied is the sender's answer to the request that stands open,
// as a sealed letter. What is new of the case goes beside it as a supplement.
type InformationSupplied struct {
	Step
	Cites
	Request string `json:"request"` // the fact that it answers
}

// Kind implements journal.Fact.
func (InformationSupplied) Kind() string { return "referral.information_supplied.1" }

// SupplyInformation answers the request that stands open.
type SupplyInformation struct {
	Referral        string `json:"referral"`
	Answer          string `json:"answer"`
	Translation     string `json:"translation,omitempty"`
	TranslationLang string `json:"translation_lang,omitempty"`
	Translator      string `json:"translator,omitempty"`
	Page            int    `json:"page,omitempty"` // of the print of the version that the answer is about
}

// Verb implements act.Command.
func (*SupplyInformation) Verb() string { return "referral.supply_information" }

// Signed implements act.Signed.
func (*SupplyInformation) Signed() {}

// Decide implements act.Command.
func (c *SupplyInformation) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "supply_information", "", "")
	if err != nil {
		return nil, err
	}
	if _, _, err := r.goesOn(tx, d.Now); err != nil {
		return nil, err
	}
	switch {
	case strings.TrimSpace(c.Answer) == "":
		return nil, refusal.New("referral.answer_missing")
	case c.Translation != "" && c.Translator == "":
		return nil, refusal.New("referral.translator_missing")
	}
	cites, err := r.cites(tx, c.Page)
	if err != nil {
		return nil, err
	}
	f := &InformationSupplied{Step: step, Cites: cites}
	if asked, ok := r.State().Last("request_information"); ok {
		f.Request = asked.ID
	}
	err = r.sealWords(tx, d, &f.Envelope, packet.Words{Lang: d.By.Lang, Text: c.Answer, InLang: c.TranslationLang, Translated: c.Translation, Translator: c.Translator})
	if err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}
