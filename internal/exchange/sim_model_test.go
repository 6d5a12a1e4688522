package exchange_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// simBody is what the acts of a simulation say.
type simBody struct {
	N      int  `json:"n"`
	Refuse bool `json:"refuse,omitempty"` // the receiver's rule says no
	Stops  int  `json:"stops,omitempty"`  // a case message that is not to be taken if it comes later
}

type simCase struct {
	journal.Envelope
	simBody
}

type simAlert struct {
	journal.Envelope
	simBody
}

type simFile struct {
	journal.Envelope
	simBody
}

func (*simCase) Kind() string  { return "sim.case.1" }
func (*simAlert) Kind() string { return "sim.alert.1" }
func (*simFile) Kind() string  { return "sim.file.1" }

// simFacts are the kinds of a simulation, one a lane.
func simFacts(k *journal.Kinds) {
	exchange.Facts(k)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f simCase) error { return simApply(tx, e, f.simBody, wire.LaneCase) })
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f simAlert) error {
		return simApply(tx, e, f.simBody, wire.LaneAlert)
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f simFile) error { return simApply(tx, e, f.simBody, wire.LaneFile) })
	journal.Admit(k, func(tx *store.Tx, _ wire.Message, f simCase) (wire.Code, error) { return simAdmit(tx, f.simBody) })
	journal.Admit(k, func(tx *store.Tx, _ wire.Message, f simAlert) (wire.Code, error) { return simAdmit(tx, f.simBody) })
	journal.Admit(k, func(tx *store.Tx, _ wire.Message, f simFile) (wire.Code, error) { return simAdmit(tx, f.simBody) })
	k.Set(journal.InLane(wire.LaneAlert), &simAlert{})
	k.Set(journal.InLane(wire.LaneFile), &simFile{})
}

func simTables(tx *store.Tx) error {
	for _, q := range []string{`CREATE TABLE IF NOT EXISTS search_sim (n BIGINT, node TEXT, lane TEXT, seq BIGINT)`,
		`CREATE TABLE IF NOT EXISTS search_stop (n BIGINT)`} {
		if err := tx.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

func simApply(tx *store.Tx, e journal.Entry, f simBody, lane string) error {
	if err := simTables(tx); err != nil {
		return err
	}
	if f.Stops > 0 {
		if err := tx.Exec(`INSERT INTO search_stop (n) VALUES ($1)`, f.Stops); err != nil {
			return err
		}
	}
	return tx.Exec(`INSERT INTO search_sim (n, node, lane, seq) VALUES ($1, $2, $3, $4)`, f.N, e.Node, lane, e.Seq)
}

func simAdmit(tx *store.Tx, f simBody) (wire.Code, error) {
	tables, err := tx.Tables() // nothing is written about a message that may be refused
	if err != nil {
		return "", err
	}
	var stopped int
	if slices.Contains(tables, "search_stop") {
		if err := tx.QueryRow(`SELECT COUNT(*) FROM search_stop WHERE n = $1`, f.N).Scan(&stopped); err != nil {
			return "", err
		}
	}
	switch {
	case f.Refuse:
		return wire.CodeStep, nil
	case stopped > 0:
		return wire.CodeStopped, nil
	}
	return "", nil
}

// simAct is one act as the model remembers it: what a node said that it took.
type simAct struct {
	simBody
	id       string
	from, to *simNode
	lane     string
	expires  bool
	forgot   bool
	stopped  bool
}

// act has a node say something to another.
func (w *world) act() {
	from := pick(w, w.nodes)
	if from.link == nil {
		return
	}
	a := &simAct{from: from, to: pick(w, w.peers(from)), lane: pick(w, []string{wire.LaneCase, wire.LaneCase, wire.LaneAlert, wire.LaneFile})}
	a.N = len(w.acts) + 1
	env := journal.Envelope{To: wire.Address{Node: a.to.name}, Case: "case-1"}
	switch w.r.IntN(8) {
	case 0:
		a.Refuse = true
	case 1, 2, 3:
		a.expires, env.Expires = true, from.Acts.Now().Add(time.Duration(w.r.IntN(300)+1)*time.Second)
	case 4:
		if a.lane == wire.LaneAlert {
			w.stops(a)
		}
	}
	var f journal.Fact = &simCase{env, a.simBody}
	switch a.lane {
	case wire.LaneAlert:
		f = &simAlert{env, a.simBody}
	case wire.LaneFile:
		f = &simFile{env, a.simBody}
	}
	err := from.NodeActs(context.Background(), wire.PurposeProsecution, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) { return []journal.Fact{f}, nil })
	if err != nil {
		w.t.Fatalf("%s does not take an act: %v", from.name, err)
	}
	from.Read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT id FROM fact ORDER BY seq DESC LIMIT 1`).Scan(&a.id)
	})
	w.acts = append(w.acts, a)
	w.note("%s says %d to %s in lane %s", from.name, a.N, a.to.name, a.lane)
}

// stops has an alert stop an earlier message to the same node.
func (w *world) stops(a *simAct) {
	for _, b := range slices.Backward(w.acts) {
		if b.from == a.from && b.to == a.to && b.lane == wire.LaneCase && !b.stopped {
			a.Stops, b.stopped = b.N, true
			return
		}
	}
}

// forget deletes the body of something a node said, as an order of two people does.
func (w *world) forget() {
	if len(w.acts) == 0 {
		return
	}
	a := pick(w, w.acts)
	err := a.from.DB.Write(context.Background(), func(tx *store.Tx) error {
		e, _, err := journal.Load(tx, a.id)
		if err != nil && !errors.Is(err, journal.ErrForgotten) {
			return err
		}
		return journal.ForgetBody(tx, e.Seq)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	a.forgot = true
	w.note("%s forgets %d", a.from.name, a.N)
}

// standing is what one node's disk says at one moment.
type standing struct {
	twice     int64            // messages applied more than once
	size      int64            // of its journal
	lanes     map[string]int64 // done, by peer, lane and way
	signed    map[string]int64 // newest checkpoint of this node with the peer's cosignature
	witnessed map[string]int64 // newest checkpoint of the peer that this node cosigned
}

func (n *simNode) standing() (s standing, err error) {
	s = standing{lanes: map[string]int64{}, signed: map[string]int64{}, witnessed: map[string]int64{}}
	into := func(m map[string]int64) func(rows *sql.Rows) error {
		return func(rows *sql.Rows) error {
			var key string
			var value int64
			err := rows.Scan(&key, &value)
			m[key] = value
			return err
		}
	}
	err = n.DB.Read(context.Background(), func(tx *store.Tx) error {
		return errors.Join(
			tx.QueryRow(`SELECT (SELECT COUNT(*) FROM (SELECT n FROM search_sim GROUP BY n HAVING COUNT(*) > 1) x), (SELECT COALESCE(MAX(seq), 0) FROM fact)`).Scan(&s.twice, &s.size),
			store.Each(tx, into(s.lanes), `SELECT peer || lane || way, done FROM lane_head`),
			store.Each(tx, into(s.signed), `SELECT peer, MAX(size) FROM cosignature GROUP BY peer`),
			store.Each(tx, into(s.witnessed), `SELECT peer, size FROM witnessed`))
	})
	return s, err
}

// safe holds what must be true at every moment, whatever has gone wrong.
func (w *world) safe() error {
	at := map[*simNode]standing{}
	for _, n := range w.nodes {
		s, err := n.standing()
		if err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		if at[n] = s; s.twice > 0 {
			return fmt.Errorf("%s has applied %d messages twice", n.name, s.twice)
		}
	}
	for _, a := range w.nodes {
		for _, b := range w.peers(a) {
			if err := w.acknowledged(a, b, at[a], at[b]); err != nil {
				return err
			}
			signed, seen, size := at[a].signed[b.name], at[b].witnessed[a.name], at[a].size
			if signed > seen || seen > size {
				return fmt.Errorf("%s has %d entries; %s remembers %d cosigned, %s has its cosignature on %d", a.name, size, b.name, seen, a.name, signed)
			}
		}
	}
	return nil
}

// acknowledged: what a peer signed for is recorded there, and stays so.
func (w *world) acknowledged(a, b *simNode, at, there standing) error {
	for _, lane := range wire.Lanes {
		sent, recorded := at.lanes[b.name+lane+"out"], there.lanes[a.name+lane+"in"]
		key := way(a.name, b.name) + lane
		w.acked[key] = max(w.acked[key], sent)
		if recorded < w.acked[key] {
			return fmt.Errorf("%s has a receipt of %s for %d in lane %s, which holds %d", a.name, b.name, w.acked[key], lane, recorded)
		}
		if sent < w.acked[key] {
			return fmt.Errorf("%s has lost a receipt of %s: %d of %d in lane %s", a.name, b.name, sent, w.acked[key], lane)
		}
	}
	return nil
}

func (n *simNode) ask1(to any, query string, args ...any) error {
	return n.DB.Read(context.Background(), func(tx *store.Tx) error {
		if err := tx.QueryRow(query, args...).Scan(to); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		return nil
	})
}

// settledAll holds what must be true once everything has healed and had time.
func (w *world) settledAll() error {
	for _, a := range w.acts {
		if err := w.fate(a); err != nil {
			return err
		}
	}
	for _, n := range w.nodes {
		if err := w.whole(n); err != nil {
			return err
		}
		for _, p := range w.peers(n) {
			if err := w.agree(n, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// fate: every act that a node took arrived once, or both nodes know why not.
func (w *world) fate(a *simAct) error {
	var d exchange.Delivery
	var ok bool
	err := a.from.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		d, ok, err = exchange.Receipts(tx, a.id)
		return err
	})
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s took act %d and does not know it any more", a.from.name, a.N)
	}
	var applied, written int
	err = errors.Join(a.to.ask1(&applied, `SELECT COUNT(*) FROM search_sim WHERE n = $1`, a.N),
		a.from.ask1(&written, `SELECT COUNT(*) FROM link_voided WHERE id = $1`, a.id))
	if err != nil {
		return err
	}
	if applied > 0 && written > 0 && !w.kept[way(a.from.name, a.to.name)+a.lane] {
		return fmt.Errorf("act %d from %s to %s was written off by its sender and is recorded there", a.N, a.from.name, a.to.name)
	}
	may := map[string]bool{exchange.DeliveryRecorded: !a.Refuse, exchange.DeliveryRefused: d.Code == wire.CodeStep && a.Refuse || d.Code == wire.CodeStopped && a.stopped || d.Code == wire.CodeLate && a.expires,
		exchange.DeliveryVoid: a.expires || a.forgot}
	want := 0
	if d.State == exchange.DeliveryRecorded {
		want = 1
	}
	if !may[d.State] || applied != want {
		return fmt.Errorf("act %d from %s to %s, lane %s %+v: %s %s%s at its sender, applied %d times", a.N, a.from.name, a.to.name, a.lane, a.simBody, d.State, d.Code, d.Reason, applied)
	}
	return nil
}

// whole: the journal verifies, nothing came out of its order, and no alarm was
// raised that the faults drawn do not explain.
func (w *world) whole(n *simNode) error {
	var v journal.Verified
	err := n.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		v, err = n.link.Verify(tx)
		return err
	})
	if err != nil || len(v.Faults) > 0 {
		return errors.Join(err, fmt.Errorf("journal of %s: %v", n.name, v.Faults))
	}
	var disordered, alarms int
	var code string
	err = errors.Join(n.ask1(&disordered, `SELECT COUNT(*) FROM search_sim a JOIN search_sim b ON a.node = b.node AND a.lane = b.lane AND a.seq < b.seq AND a.n > b.n WHERE a.node <> $1`, n.name),
		n.ask1(&alarms, `SELECT COUNT(*) FROM link_alarm WHERE code NOT IN ('altered', 'uncosigned')`),
		n.ask1(&code, `SELECT code || ' about ' || about FROM link_alarm WHERE code NOT IN ('altered', 'uncosigned') LIMIT 1`))
	if err != nil {
		return err
	}
	if disordered > 0 {
		return fmt.Errorf("%s applied %d pairs of messages of one lane out of order", n.name, disordered)
	}
	if alarms > 0 {
		return fmt.Errorf("%s raised %d alarms: %s", n.name, alarms, code)
	}
	return nil
}

// agree: the receipts that one node gave are those that the other has, byte for
// byte, and the whole journal is cosigned.
func (w *world) agree(n, p *simNode) error {
	given, err := p.receipts(`SELECT fact FROM receipt_given WHERE peer = $1 ORDER BY fact`, n.name)
	if err != nil {
		return err
	}
	taken, err := n.receipts(`SELECT fact FROM receipt_taken WHERE peer = $1 ORDER BY fact`, p.name)
	if err != nil {
		return err
	}
	slices.Sort(given)
	slices.Sort(taken)
	if !slices.Equal(given, taken) {
		return fmt.Errorf("%s gave %s %d receipts, which has %d, or others", p.name, n.name, len(given), len(taken))
	}
	var cosigned, size int64
	err = errors.Join(n.ask1(&cosigned, `SELECT COALESCE(MAX(size), 0) FROM cosignature WHERE peer = $1`, p.name), n.ask1(&size, `SELECT MAX(seq) FROM fact`))
	if err == nil && cosigned != size {
		err = fmt.Errorf("%s has cosigned %d of %d entries of %s", p.name, cosigned, size, n.name)
	}
	return err
}

func (n *simNode) receipts(query string, peer string) (out []string, err error) {
	err = n.DB.Read(context.Background(), func(tx *store.Tx) error {
		var facts []int64
		err := store.Each(tx, func(rows *sql.Rows) error {
			var seq int64
			err := rows.Scan(&seq)
			facts = append(facts, seq)
			return err
		}, query, peer)
		if err != nil {
			return err
		}
		for _, seq := range facts {
			_, m, err := journal.LoadSeq(tx, seq)
			if err != nil {
				return err
			}
			signed, err := exchange.ReceiptOf(m)
			if err != nil {
				return err
			}
			out = append(out, signed)
		}
		return nil
	})
	return out, err
}
