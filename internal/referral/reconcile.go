package referral

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
)

// Reconciliation is what an office can tell of the people who changed hands:
// how many left and how many arrived, who is between, and which sheets between
// its own office and another it never saw. Corruption at exactly this point is on
// record (PROGRAM.md §7).
type Reconciliation struct {
	Waiting   int      `json:"waiting"`  // nobody has signed
	Left      int      `json:"left"`     // given with a signature
	Received  int      `json:"received"` // of those, with both
	Open      int      `json:"open"`     // of those, with one
	Alarms    int      `json:"alarms"`   // of the open, too long
	Cancelled int      `json:"cancelled"`
	Missed    int      `json:"missed"`
	Sheets    []Sheet  `json:"sheets"` // of the open ones
	Series    []Series `json:"series"`
	// Crossings counts, by crossing, the suspects handed over with both
	// signatures. Where protected people cross is told to nobody here.
	Crossings map[string]int `json:"crossings"`
}

// Series are the numbered sheets from one office to another.
type Series struct {
	Node     string   `json:"node"` // that numbers them
	Gives    string   `json:"gives"`
	To       string   `json:"to"` // node of the office that receives
	Receives string   `json:"receives"`
	Last     int64    `json:"last"`
	Missing  []string `json:"missing"` // numbers of sheets that are not here
}

// Reconcile counts the hand-overs that the reader may know of.
func Reconcile(ctx context.Context, a *act.Acts, by access.Actor, purpose string) (Reconciliation, error) {
	return act.View(ctx, a, by, purpose, "referral.reconcile", func(tx *store.Tx, v *act.Viewing) (Reconciliation, error) {
		out := Reconciliation{Sheets: []Sheet{}, Series: []Series{}, Crossings: map[string]int{}}
		known, err := knownTo(tx, by, Filter{Limit: 2000})
		if err != nil {
			return out, err
		}
		for _, r := range known {
			if !v.See(r.resource("handover")) {
				continue
			}
			if err := out.add(tx, v, r, a.Now()); err != nil {
				return out, err
			}
		}
		if v.See(access.Resource{Type: "day", Offices: []string{by.Office}}) {
			out.Series, err = seriesOf(tx, by)
		}
		return out, err
	})
}

func (c *Reconciliation) add(tx *store.Tx, v *act.Viewing, r Referral, now time.Time) error {
	s := r.State()
	for _, h := range r.handOvers(s) {
		if c.count(h, now); !h.Between() {
			continue
		}
		sheet, err := r.sheet(tx, v, s, h, now)
		if err != nil {
			return err
		}
		c.Sheets = append(c.Sheets, sheet)
	}
	receptions, err := receptionsOf(tx, r.ID)
	if err != nil {
		return err
	}
	for _, x := range receptions {
		h := x.handOver(r)
		if c.count(h, now); !h.Between() {
			continue
		}
		sheet, err := r.receptionSheet(tx, v, x, now)
		if err != nil {
			return err
		}
		c.Sheets = append(c.Sheets, sheet)
	}
	return nil
}

// count puts one hand-over where it stands.
func (c *Reconciliation) count(h HandOver, now time.Time) {
	switch {
	case h.Received != nil:
		c.Left, c.Received = c.Left+1, c.Received+1
		if h.Crossing != "" && !h.Protected {
			c.Crossings[h.Crossing]++
		}
	case h.Given != nil:
		c.Left, c.Open = c.Left+1, c.Open+1
		if h.alarm(now) {
			c.Alarms++
		}
	case !h.Cancelled.IsZero():
		c.Cancelled++
	case !h.Missed.IsZero():
		c.Missed++
	default:
		c.Waiting++
	}
}

// seriesOf are the series in which the reader's office gives or receives. Of
// sheets between two other offices it learns nothing.
func seriesOf(tx *store.Tx, by access.Actor) ([]Series, error) {
	out := []Series{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var node, gives, to, receives string
		var n int64
		if err := rows.Scan(&node, &gives, &to, &receives, &n); err != nil {
			return err
		}
		if last := len(out) - 1; last < 0 || out[last].Node != node || out[last].Gives != gives || out[last].Receives != receives {
			out = append(out, Series{Node: node, Gives: gives, To: to, Receives: receives, Missing: []string{}})
		}
		s := &out[len(out)-1]
		for s.Last++; s.Last < n; s.Last++ {
			s.Missing = append(s.Missing, sheetNumber(gives, receives, s.Last))
		}
		return nil
	}, `SELECT node, gives, peer, receives, n FROM hand_over_sheet WHERE node = $1 AND gives = $2 OR node <> $1 AND receives = $2 ORDER BY node, gives, receives, n`, by.Node, by.Office)
	if err != nil {
		return nil, fmt.Errorf("sheets: %w", err)
	}
	return out, nil
}
