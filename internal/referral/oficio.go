package referral

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// oficio is the official letter of a step that crossed: what was done, on which
// version and page, in which legal form, with the words that went with it as far
// as they are open to the reader, and whose signature it bears.
func (r Referral) oficio(tx *store.Tx, v *act.Viewing, p paper, fact string) (document.Document, error) {
	i := slices.IndexFunc(r.Acts, func(a Act) bool { return a.Fact == fact })
	if i < 0 || r.Acts[i].Nth == 0 {
		return document.Document{}, refusal.NotFound()
	}
	a := r.Acts[i]
	rule, _ := r.procedure.Rule(a.Step)
	from, to := r.Sender, r.Receiver
	if a.Side == program.Receiver {
		from, to = to, from
	}
	d := document.Document{Lang: p.Lang, Kind: p.T("oficio.kind"), Number: r.Number + "/" + from.Node + "-" + strconv.Itoa(a.Nth), Title: rule.Done.In(p.Lang),
		Handling: document.Handling{Code: r.Handling, Words: p.T("handling." + r.Handling)},
		Notes:    []document.Note{{Title: p.T("packet.purpose"), Text: p.T("packet.purpose.text"), Strong: true}},
		Foot:     []string{r.Number + " · " + a.Fact, p.Mark()}}
	said, facts, err := r.oficioFacts(tx, p, a)
	if err != nil {
		return d, err
	}
	d.Facts = document.Filled(append([]document.Fact{{Label: p.T("packet.from"), Value: p.named(from)}, {Label: p.T("packet.to"), Value: p.named(to)},
		{Label: p.T("oficio.on"), Value: p.Moment(a.At)}, {Label: p.T("oficio.of"), Value: r.Number}}, facts...))
	words := document.Section{Heading: p.T("oficio.words")}
	if w, ok, err := r.oficioWords(tx, v, a); err != nil {
		return d, err
	} else if ok {
		words.Blocks = []document.Block{{Said: p.Words(w)}}
	} else {
		words.Notes = []document.Note{{Text: p.T("oficio." + said)}}
	}
	d.Sections = []document.Section{words}
	d.Signed = []document.Signature{{Role: p.T("oficio.signs"), Name: a.Name, Office: p.named(wire.Address{Node: from.Node, Office: a.Office}), At: p.Moment(a.At)}}
	return d, nil
}

// oficioFacts are what an act says of itself, its digest and its receipt. said
// is what stands instead of its words where they are not open or there are none.
func (r Referral) oficioFacts(tx *store.Tx, p paper, a Act) (said string, out []document.Fact, err error) {
	said = "no_words"
	if reason, ok := r.procedure.Reason(a.Reason); ok {
		out = append(out, document.Fact{Label: p.T("ask.reason"), Value: reason.Title.In(p.Lang)})
	}
	if form, ok := r.procedure.Form(a.Form); ok {
		out = append(out, document.Fact{Label: p.T("ask.form"), Value: strings.TrimSuffix(form.Title.In(p.Lang)+" ("+form.Law.In(p.Lang)+")", " ()")})
	}
	e, m, err := journal.Load(tx, a.Fact)
	if err != nil {
		return said, out, nilIfGone(err)
	}
	if _, sealed := e.Part(partLetter); sealed {
		said = "sealed"
	}
	var c struct {
		Cites
		Item string `json:"item"`
	}
	if err := json.Unmarshal(m.Act.Clear, &c); err != nil {
		return said, out, err
	}
	if words := p.Cited(c.Version, c.Page); words != "" {
		out = append(out, document.Fact{Label: p.T("oficio.cites"), Value: words})
	}
	out = append(out, document.Fact{Label: p.T("oficio.digest"), Value: wire.Digest(m.ActDigest()).String(), Mono: true})
	if d, released, err := exchange.Receipts(tx, a.Fact); err != nil {
		return said, out, err
	} else if released && d.State == exchange.DeliveryRecorded {
		out = append(out, document.Fact{Label: p.T("oficio.receipt"), Value: p.Moment(d.At)})
	}
	return said, out, nil
}

// oficioWords are the letter of an act, where it brought one that the reader may
// read and whose key is here.
func (r Referral) oficioWords(tx *store.Tx, v *act.Viewing, a Act) (w packet.Words, ok bool, err error) {
	if !v.See(r.resource("request")) {
		return w, false, nil
	}
	e, _, err := journal.Load(tx, a.Fact)
	if err != nil {
		return w, false, nilIfGone(err)
	}
	return readLetter(tx, v.Ring, e)
}
