package referral

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// exhibited adds the files of the exhibits that the version has and the reader
// may see, each to be read when its turn comes to be written; and lists those
// that cannot be carried with their digest and who holds them.
func (r Referral) exhibited(tx *store.Tx, v *act.Viewing, view packet.VersionView, b *bundling, kept *files.Store, now time.Time) error {
	var carried int64
	for i, s := range view.Sections {
		if s.Name != wire.SectionExhibits {
			continue
		}
		for j, it := range s.Items {
			var f packet.FileBody
			if it.Body == nil || json.Unmarshal(it.Body, &f) != nil || packet.FileItem(f.File) != it.ID {
				continue
			}
			why := tooLarge(f.Size, carried)
			open, closed, err := whole(tx, v, kept, f, now)
			if err != nil {
				return err
			}
			if why == "" {
				why = closed
			}
			if why != "" {
				b.bundle.List.Absent = append(b.bundle.List.Absent, wire.BundleAbsent{About: it.ID, Size: f.Size, Digest: f.SHA256, Why: why, Node: r.holder(why)})
				continue
			}
			carried += f.Size
			b.bundle.AddExhibit(fmt.Sprintf("exhibits/%s/%s%s", f.Number, document.Number(i, j), files.Extension(f.Media)), it.ID, f.Size, f.SHA256, open)
		}
	}
	return nil
}

// holder is the node to ask for a file that is not in a bundle: what has not
// come here, its originator has.
func (r Referral) holder(why string) string {
	if why == wire.AbsentNotHere {
		return r.Sender.Node
	}
	return r.here().Node
}

// tooLarge says that a file is larger than a bundle carries, by itself or with
// those before it.
func tooLarge(size, carried int64) string {
	if size > wire.MaxBundleExhibit || carried+size > wire.MaxBundleExhibits {
		return wire.AbsentTooLarge
	}
	return ""
}

// whole finds a file of the packet on this node; or says why it cannot be read
// by this reader.
func whole(tx *store.Tx, v *act.Viewing, kept *files.Store, f packet.FileBody, now time.Time) (open func() (io.ReadCloser, error), why string, err error) {
	c, err := kept.Within(tx, v, f.File, now)
	switch {
	case refusal.Is(err, "access.not_found"), refusal.Is(err, "file.not_here"):
		return nil, wire.AbsentNotHere, nil
	case refusal.Is(err, "file.closed"):
		return nil, wire.AbsentClosed, nil
	case err != nil:
		return nil, "", err
	case c.Size != f.Size || c.SHA256 != f.SHA256:
		return nil, "", refusal.Conflict("packet.file_altered")
	}
	return func() (io.ReadCloser, error) { return c, nil }, "", nil
}
