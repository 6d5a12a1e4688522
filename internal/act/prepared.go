package act

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// anID finds what a command or a fact names: everything of the programme is known
// by a UUID.
var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// noCase is what an act is about that is of no case: it may name anybody.
const noCase = ""

// about lists what an act names that was shown: the ids in its command, and those
// of its facts, each with its case and referral. Words in it may name anybody of
// these, so forgetting one of them takes the act too (DropPrepared).
func about(command json.RawMessage, facts []wire.Message) []string {
	out := anID.FindAllString(string(command), -1)
	ofCase := false
	for _, m := range facts {
		ofCase = ofCase || m.Act.Case != ""
		out = append(out, m.Act.Case, m.Act.Referral)
		out = append(out, anID.FindAllString(string(m.Act.Clear), -1)...)
	}
	out = slices.DeleteFunc(out, func(id string) bool { return id == "" })
	if !ofCase {
		out = append(out, noCase)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// keepAbout notes what a prepared act is about.
func keepAbout(tx *store.Tx, prepared string, about []string) error {
	for _, object := range about {
		if err := tx.Exec(`INSERT INTO prepared_about (prepared, object) VALUES ($1, $2)`, prepared, object); err != nil {
			return fmt.Errorf("what a prepared act is about: %w", err)
		}
	}
	return nil
}

// dropStale drops what nobody signed in time.
func dropStale(tx *store.Tx, before int64) error {
	if err := tx.Exec(`DELETE FROM prepared_about WHERE prepared IN (SELECT id FROM prepared WHERE at < $1)`, before); err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM prepared WHERE at < $1`, before)
}

// DropPrepared drops the acts that were shown and are not yet signed, and that may
// name whom a forgetting is about: those that are about one of the objects
// forgotten, which are the case, its people and its referrals, and those of no
// case. What others prepared about other cases stays.
func DropPrepared(tx *store.Tx, objects ...string) error {
	for _, object := range append([]string{noCase}, objects...) {
		for _, q := range []string{
			`DELETE FROM prepared WHERE id IN (SELECT prepared FROM prepared_about WHERE object = $1)`,
			`DELETE FROM prepared_about WHERE prepared IN (SELECT prepared FROM prepared_about WHERE object = $1)`,
		} {
			if err := tx.Exec(q, object); err != nil {
				return fmt.Errorf("drop what waits for a signature: %w", err)
			}
		}
	}
	return nil
}
