package referral

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Export takes a copy of a version of the packet out of the node, printed or as
// one file, for a reason of the list: whoever takes it reads it for an hour at
// copies/ID. The number of the copy, who took it and why stand on every page.
type Export struct {
	Referral string `json:"referral"`
	Version  int    `json:"version"`
	As       string `json:"as"`
	Reason   string `json:"reason"`
	Act      string `json:"act,omitempty"` // of a letter: the step that it is about
}

// Verb implements act.Command.
func (*Export) Verb() string { return "referral.export" }

// Decide implements act.Command.
func (c *Export) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	res, err := r.leaving(tx, c.Reason)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, res); err != nil {
		return nil, err
	}
	if err := casefile.TakenFor(c.Reason); err != nil {
		return nil, err
	}
	label, err := r.label(tx)
	if err != nil {
		return nil, err
	}
	if err := r.inCourt(label, c.Reason, d.Purpose, d.Now); err != nil {
		return nil, err
	}
	x, err := r.versionOf(tx, c.Version)
	if err != nil {
		return nil, err
	}
	taken, err := packet.Takes(tx, x, c.As, c.Reason)
	if err != nil {
		return nil, err
	}
	taken.Handling = r.Handling
	switch c.As {
	case packet.CopyBundle:
		err = new(bundling).proofs(tx, x) // a file that proves nothing is no copy
	case packet.CopyLetter:
		if taken.About = c.Act; !r.crossed(c.Act) {
			err = refusal.New("packet.copy_act")
		}
	}
	return []journal.Fact{taken}, err
}

// leaving is the packet as access sees it when a copy of it is to leave. Its
// originator is asked for nothing by a copy for one's own file, nor by one's own
// packet; whatever else goes on under H2 takes the originator's consent.
func (r Referral) leaving(tx *store.Tx, reason string) (access.Resource, error) {
	res := r.resource("analysis")
	label, err := r.label(tx)
	if err != nil {
		return res, err
	}
	own := r.Home()
	if own { // the case is this node's; its own it is if nobody lent it
		_, lent, err := lentCase(tx, r.Case)
		if err != nil {
			return res, err
		}
		own = !lent
	}
	res.Attrs[access.AttrHandling] = label.Handling
	res.Attrs[access.AttrConsents] = own || reason == casefile.ForOwnFile
	return res, nil
}

// crossed reports whether an act is one of the conversation of the two sides.
func (r Referral) crossed(fact string) bool {
	return slices.ContainsFunc(r.Acts, func(a Act) bool { return a.Fact == fact && a.Nth > 0 })
}

// versionOf is a version of the packet by its number.
func (r Referral) versionOf(tx *store.Tx, n int) (packet.Version, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return packet.Version{}, err
	}
	i := slices.IndexFunc(versions, func(x packet.Version) bool { return x.N == n })
	if i < 0 {
		return packet.Version{}, refusal.NotFound()
	}
	return versions[i], nil
}

// Copied is a copy that was taken, for whoever took it.
type Copied struct {
	packet.Copy
	Referral string     `json:"referral"`
	Number   string     `json:"number"` // of the referral
	Until    time.Time  `json:"until"`  // it can be read here
	Files    []CopyFile `json:"files"`
}

// CopyFile is one file of a copy.
type CopyFile struct {
	Name    string    `json:"name"`
	Lang    i18n.Lang `json:"lang,omitempty"`
	Media   string    `json:"media"`
	Content []byte    `json:"content,omitempty"`
}

// printForm is a form in which a document is written.
type printForm struct {
	ext, media string
	write      func(d document.Document, at time.Time) ([]byte, error)
}

var printForms = []printForm{
	{"pdf", "application/pdf", document.Document.PDF},
	{"html", "text/html; charset=utf-8", func(d document.Document, _ time.Time) ([]byte, error) { return d.HTML() }},
}

func (f printForm) file(name string, l i18n.Lang) string { return name + "." + string(l) + "." + f.ext }

// ShowCopy gives a copy to whoever took it, for the purpose they took it for,
// while it can be read: with the content of one file, of all ("*"), or of none
// (""). What they may see of the packet is asked again.
func ShowCopy(ctx context.Context, a *act.Acts, by access.Actor, purpose, id, file string) (Copied, error) {
	var write []func() error
	out, err := act.View(ctx, a, by, purpose, "referral.copy", func(tx *store.Tx, v *act.Viewing) (*Copied, error) {
		e, f, err := act.Own[packet.CopyTaken](tx, v, id)
		if err != nil {
			return nil, err
		}
		r, err := seenBy(tx, v, e.Referral)
		if err != nil {
			return nil, err
		}
		if err := v.Must(r.resource("analysis")); err != nil {
			return nil, err
		}
		x, err := r.versionOf(tx, f.Version)
		if err != nil {
			return nil, err
		}
		k := packet.Copy{Fact: e.ID, N: f.N, Version: f.Version, Form: f.Form, Reason: f.Reason, By: v.By.Name, Office: e.From.Office, At: e.Created}
		out := &Copied{Copy: k, Referral: r.ID, Number: r.Number, Until: e.Recorded.Add(act.Readable)}
		if a.Now().After(out.Until) {
			return nil, refusal.New("export.over")
		}
		write, err = r.files(tx, v, x, out, a, file, f.About)
		return out, err
	})
	for i := 0; err == nil && i < len(write); i++ {
		err = write[i]()
	}
	if err != nil {
		return Copied{}, err
	}
	if file != "" && len(write) == 0 {
		return Copied{}, refusal.NotFound()
	}
	return *out, nil
}

// files lists the files of a copy, and gives what writes those that are asked
// for once everything they say was read.
func (r Referral) files(tx *store.Tx, v *act.Viewing, x packet.Version, out *Copied, a *act.Acts, asked, about string) (write []func() error, err error) {
	add := func(name string, l i18n.Lang, media string, content func() ([]byte, error)) {
		i := len(out.Files)
		out.Files = append(out.Files, CopyFile{Name: name, Lang: l, Media: media})
		if asked == "*" || asked == name {
			write = append(write, func() (err error) { out.Files[i].Content, err = content(); return err })
		}
	}
	if out.Form == packet.CopyBundle {
		b, err := r.bundle(tx, v, x, out.Copy, a)
		if err != nil {
			return nil, err
		}
		add(fmt.Sprintf("%s-v%d-%d.zip", r.Number, x.N, out.N), "", "application/zip", func() ([]byte, error) { return b.write(a) })
		return write, nil
	}
	for _, l := range i18n.Languages() {
		p, err := r.printing(tx, x, out.Copy, l)
		if err != nil {
			return nil, err
		}
		d, err := r.copyDrawn(tx, v, x, p, about)
		if err != nil {
			return nil, err
		}
		for _, form := range printForms {
			add(form.file(names[out.Form], l), l, form.media, func() ([]byte, error) { return form.write(d, out.At) })
		}
	}
	return write, nil
}

// names of the files of a copy, by its form.
var names = map[string]string{packet.CopyPrinted: "packet", packet.CopyLetter: "oficio", packet.CopyReceipt: "receipt"}

// copyDrawn is the document of a copy in the language of its print.
func (r Referral) copyDrawn(tx *store.Tx, v *act.Viewing, x packet.Version, p paper, about string) (document.Document, error) {
	switch p.Copy.Form {
	case packet.CopyLetter:
		return r.oficio(tx, v, p, about)
	case packet.CopyReceipt:
		return r.acuse(tx, p)
	}
	view, err := r.version(tx, v, x)
	return p.Document(view), err
}
