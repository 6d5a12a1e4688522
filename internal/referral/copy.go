package referral

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	files "github.com/oasiss/oasiss/internal/file"
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
	Name  string    `json:"name"`
	Lang  i18n.Lang `json:"lang,omitempty"`
	Media string    `json:"media"`
}

// CopyContent is one file of a copy, drawn up and not yet written.
type CopyContent struct {
	CopyFile
	write func(w io.Writer) error
}

// Write writes the file. Of a bundle one chunk of an exhibit's file is in memory
// at a time; what is read is verified as it is read, and an error says that what
// was written so far is nothing.
func (c *CopyContent) Write(w io.Writer) error { return c.write(w) }

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
// while it can be read: which files it has.
func ShowCopy(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Copied, error) {
	return act.View(ctx, a, by, purpose, "referral.copy", func(tx *store.Tx, v *act.Viewing) (Copied, error) {
		t, err := taken(tx, v, a, id)
		return t.Copied, err
	})
}

// OpenCopy gives one file of a copy to whoever took it. What they may see of the
// packet is asked again; the files of exhibits come from the store of files.
func OpenCopy(ctx context.Context, a *act.Acts, kept *files.Store, by access.Actor, purpose, id, name string) (*CopyContent, error) {
	return act.View(ctx, a, by, purpose, "referral.copy", func(tx *store.Tx, v *act.Viewing) (*CopyContent, error) {
		t, err := taken(tx, v, a, id)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(t.Files, func(f CopyFile) bool { return f.Name == name })
		if i < 0 {
			return nil, refusal.NotFound()
		}
		out := &CopyContent{CopyFile: t.Files[i]}
		if t.Form == packet.CopyBundle {
			b, err := t.referral.bundle(tx, v, t.version, t.Copy, a, kept)
			out.write = func(w io.Writer) error { return b.write(w, a) }
			return out, err
		}
		p, err := t.referral.printing(tx, t.version, t.Copy, out.Lang)
		if err != nil {
			return nil, err
		}
		d, err := t.referral.copyDrawn(tx, v, t.version, p, t.about)
		out.write = func(w io.Writer) error {
			for _, form := range printForms {
				if form.file(names[t.Form], out.Lang) == out.Name {
					content, err := form.write(d, t.At)
					if err == nil {
						_, err = w.Write(content)
					}
					return err
				}
			}
			return refusal.NotFound()
		}
		return out, err
	})
}

// taking is a copy that was taken, with the version it is of.
type taking struct {
	Copied
	referral Referral
	version  packet.Version
	about    string // act that a letter is about
}

// taken loads a copy for whoever took it, and lists its files.
func taken(tx *store.Tx, v *act.Viewing, a *act.Acts, id string) (t taking, err error) {
	e, f, err := act.Own[packet.CopyTaken](tx, v, id)
	if err != nil {
		return t, err
	}
	if t.referral, err = seenBy(tx, v, e.Referral); err != nil {
		return t, err
	}
	if err := v.Must(t.referral.resource("analysis")); err != nil {
		return t, err
	}
	if t.version, err = t.referral.versionOf(tx, f.Version); err != nil {
		return t, err
	}
	k := packet.Copy{Fact: e.ID, N: f.N, Version: f.Version, Form: f.Form, Reason: f.Reason, By: v.By.Name, Office: e.From.Office, At: e.Created}
	t.about, t.Copied = f.About, Copied{Copy: k, Referral: t.referral.ID, Number: t.referral.Number, Until: e.Recorded.Add(act.Readable)}
	if a.Now().After(t.Until) {
		return t, refusal.New("export.over")
	}
	if k.Form == packet.CopyBundle {
		t.Files = []CopyFile{{Name: fmt.Sprintf("%s-v%d-%d.zip", t.Number, k.Version, k.N), Media: "application/zip"}}
		return t, nil
	}
	for _, l := range i18n.Languages() {
		for _, form := range printForms {
			t.Files = append(t.Files, CopyFile{Name: form.file(names[k.Form], l), Lang: l, Media: form.media})
		}
	}
	return t, nil
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
