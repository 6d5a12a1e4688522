package packet

import (
	"errors"
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// CorrectionPart is the sealed identity of a correction that travels.
const CorrectionPart = "correction"

// Corrected is what is told to whoever received a version of a person whose
// record was corrected since.
type Corrected struct {
	Subject string     // pseudonym in the packet
	Fields  []string   // of the identity that were disclosed and are told anew; none where it may not go
	Part    *wire.Part // the identity as it stands; nil where it may not go
}

// Correction draws up what a correction of a person tells the receiver of a
// version: under the key that this node released with the version, so that it
// opens to whoever could open what is corrected, and to nobody else. Where the
// key has not gone, or consent no longer covers it, only that the record was
// corrected is told. ok is false if the person is not in the version.
func Correction(tx *store.Tx, d *journal.Draw, v Version, p casefile.Person) (out Corrected, ok bool, err error) {
	plants, err := casefile.Plants(tx, p)
	if err != nil {
		return out, false, err
	}
	i := slices.IndexFunc(plants, func(plant string) bool { return slices.Contains(v.Subjects(), plant) })
	if !v.Home || v.Message == "" || i < 0 {
		return out, false, nil
	}
	out.Subject = plants[i]
	keys, err := Keys(tx, v.Packet, v.N)
	if err != nil {
		return out, false, err
	}
	k := slices.IndexFunc(keys, func(k Key) bool { return k.Subject == out.Subject && !k.Released.IsZero() })
	if k < 0 {
		return out, true, nil
	}
	may, err := stillCovered(tx, d, v, keys[k])
	if err != nil || !may {
		return out, true, err
	}
	who, err := casefile.OpenIdentity(tx, d, p)
	if errors.Is(err, seal.ErrNoKey) {
		return out, true, nil
	}
	if err != nil {
		return out, false, err
	}
	who.Note = "" // the office's own
	if !slices.ContainsFunc(v.Manifest.Disclosed, func(x wire.Disclosure) bool { return x.Subject == out.Subject && slices.Contains(x.Fields, "contact") }) {
		who.Contact, who.Whereabouts = nil, nil
	}
	part, err := d.Seal(tx, keys[k].ID, CorrectionPart, who)
	if err != nil {
		return out, false, err
	}
	out.Part, out.Fields = &part, fieldsOf(who)
	return out, true, nil
}

// Holds reports whether a received version has a subject of this name whose
// identity a key opens.
func (v Version) Holds(tx *store.Tx, subject, key string) (bool, error) {
	keys, err := Keys(tx, v.Packet, v.N)
	return slices.ContainsFunc(keys, func(k Key) bool { return k.ID == key && k.Subject == subject }), err
}
