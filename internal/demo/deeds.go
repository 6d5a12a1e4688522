package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// deeds are what the driver and its forger did: the checker holds the counts of
// both stores against it, and takes none of its own numbers from it.
type deeds struct {
	mu       sync.Mutex
	took     map[string]int64   // acts taken, by verb and step
	refusals map[provoked]int64 // acts that a node had to refuse
	bundles  int64              // packets taken as one file, each whole without a node
	outages  int64              // packets sent while the other node was away too long
	forgeries
}

// provoked is a refusal that a plot is about.
type provoked struct{ node, code string }

// forgeries are what was sent to a node past every rule of the other.
type forgeries struct {
	to       string               // the node that had to refuse them
	messages map[string]wire.Code // by id, each with the code it must be refused by
	altered  []wire.Digest        // bytes of frames that came changed
	repeated []wire.Digest        // frames made anew with what was recorded before
}

func newDeeds() *deeds {
	return &deeds{took: map[string]int64{}, refusals: map[provoked]int64{}, forgeries: forgeries{messages: map[string]wire.Code{}}}
}

// note remembers an act that a node took.
func (t *deeds) note(verb string, cmd map[string]any) {
	if step, ok := cmd["step"].(string); ok {
		verb += " " + step
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took[verb]++
}

// away remembers a packet sent to a node that is away for too long.
func (t *deeds) away() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outages++
}

// refused turns the refusal of a node that a plot is about into success, and
// anything else into a mismatch.
func (f *file) refused(node string, err error, code string) error {
	switch {
	case err == nil:
		return fmt.Errorf("demo: case %d (%s): %s did not come", f.n, f.plot.name, code)
	case client.IsRefused(err, code):
		f.w.deeds.mu.Lock()
		defer f.w.deeds.mu.Unlock()
		f.w.deeds.refusals[provoked{node, code}]++
		return nil
	}
	return err
}

// heldAgainst holds both stores against everything that was done.
func (c *checker) heldAgainst(ctx context.Context) error {
	c.shown()
	return errors.Join(c.provokedShow(ctx), c.forgeriesRefused(ctx))
}

// shown holds the counts of both stores against what was done.
func (c *checker) shown() {
	t, r := c.deeds, c.out.Referrals
	for _, k := range []struct {
		what        string
		count, done int64
	}{
		{"cases", c.out.Cases, t.took["case.open"]},
		{"packet versions sent", r.Sent, t.took["referral.send"] + t.took["referral.resend"]},
		{"notices opened", r.Opened, t.took["referral.open"]},
		{"answers", r.Answered, t.took["referral.accept"] + t.took["referral.decline"]},
		{"outcomes returned", r.OutcomesReturned, t.took["referral.sign_step report_outcome"]},
		{"consents", c.out.Protection.Consents, t.took["protection.consent"]},
		{"withdrawals of consent acknowledged", c.out.Protection.WithdrawalsAcknowledged, t.took["protection.acknowledge_withdrawal"]},
		{"identities shown", c.out.Protection.Reveals, t.took["protection.reveal"]},
		{"files sent", c.out.Files.Sent, t.took["referral.send_file"]},
		{"files there and whole", c.out.Files.Verified, t.took["referral.send_file"]},
		{"people received", c.out.Protection.HandOvers.Completed, t.took["referral.receive"] + t.took["referral.receive_reception"]},
		{"refusals of a return", c.out.Refused.Return, t.refusals[provoked{"us", notReturnable}] + t.refusals[provoked{"mx", notReturnable}] + t.refusals[provoked{"us", notVoluntary}] + t.refusals[provoked{"mx", notVoluntary}]},
		{"refusals of somebody unscreened", c.out.Refused.Unscreened, t.refusals[provoked{"us", unscreened}] + t.refusals[provoked{"mx", unscreened}]},
	} {
		if k.count != k.done {
			c.fault("%s: %d in the stores, %d were made", k.what, k.count, k.done)
		}
	}
	if r.Expired+r.Refused < t.outages {
		c.fault("%d packet versions were written off or came too late, %d were sent to a node that was away", r.Expired+r.Refused, t.outages)
	}
}

// provokedShow looks for each refusal that a plot provoked.
func (c *checker) provokedShow(ctx context.Context) error {
	for p, n := range c.deeds.refusals {
		var found int64
		if err := c.stores[p.node].Read(ctx, func(tx *store.Tx) error {
			return clears(tx, "access.recorded.1", p.node, func(f struct{ Refused string }) {
				if f.Refused == p.code {
					found++
				}
			})
		}); err != nil {
			return err
		}
		if found != n {
			c.fault("%s on %s: %d in the journal, %d were provoked", p.code, p.node, found, n)
		}
	}
	return nil
}

// forgeriesRefused holds every forgery against the store of the node that it
// went to: nothing of it was recorded, and what can be kept is kept as refused.
func (c *checker) forgeriesRefused(ctx context.Context) error {
	f := c.deeds.forgeries
	if f.to == "" {
		return nil
	}
	return c.stores[f.to].Read(ctx, func(tx *store.Tx) (err error) {
		count := func(query string, args ...any) (n int64) {
			err = errors.Join(err, tx.QueryRow(query, args...).Scan(&n))
			return n
		}
		for id, code := range f.messages {
			if count(`SELECT COUNT(*) FROM fact WHERE id = $1`, id) != 0 {
				c.fault("the forged message %s was recorded on %s", id, f.to)
			}
			if count(`SELECT COUNT(*) FROM quarantine WHERE what = 'message' AND id = $1 AND code = $2`, id, string(code)) == 0 {
				c.fault("the forged message %s was not refused on %s by %s", id, f.to, code)
			}
		}
		for _, d := range f.altered {
			if count(`SELECT COUNT(*) FROM quarantine WHERE what = 'frame' AND digest = $1 AND code = $2`, d.String(), string(wire.CodeAltered)) == 0 {
				c.fault("the altered frame %s was not refused on %s", d, f.to)
			}
		}
		for _, d := range f.repeated {
			if count(`SELECT COUNT(*) FROM receipt_given WHERE frame = $1`, d.String()) != 0 {
				c.fault("the repeated frame %s was recorded on %s", d, f.to)
			}
		}
		return err
	})
}
