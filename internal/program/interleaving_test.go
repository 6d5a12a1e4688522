package program

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// desk is one side as its own node sees it: its whole history, and the released
// acts of the other side that have arrived, in whatever order they came.
type desk struct {
	side    Side
	own     []Taken
	arrived []Taken
	under   []Taken // released and still on the way to the other side
}

func (d *desk) sees(p *Procedure) Standing {
	if d.side == Sender {
		return p.State(d.own, d.arrived)
	}
	return p.State(d.arrived, d.own)
}

// act takes one step that is open as this side sees it, with an admitted form.
func (d *desk) act(t *rapid.T, p *Procedure, tick int) {
	s := d.sees(p)
	open := p.Offered(s, d.side, nil)
	for i := range p.Steps {
		if p.Steps[i].Automatic {
			if step, err := p.Step(p.Steps[i].ID, s, d.side); err == nil {
				open = append(open, step)
			}
		}
	}
	if len(open) == 0 {
		return
	}
	step := rapid.SampledFrom(open).Draw(t, "step")
	a := Taken{Step: step.ID, Side: d.side, At: t0.Add(time.Duration(tick) * time.Minute), ID: fmt.Sprint(d.side, " ", tick, " ", step.ID), Seen: latest(d.arrived)}
	if forms := step.OpenForms(nil); len(forms) > 0 {
		a.Form = rapid.SampledFrom(forms).Draw(t, "form").ID
	}
	if step.Released {
		a.Nth = 1 + latest(d.own)
		d.under = append(d.under, a)
	}
	d.own = append(d.own, a)
	if last, ok := d.sees(p).Last(step.ID); !ok || last.ID != a.ID {
		t.Fatalf("%s was offered and had no effect for the one who took it", step.ID)
	}
}

func latest(acts []Taken) int {
	n := 0
	for _, a := range acts {
		n = max(n, a.Nth)
	}
	return n
}

// arrives hands one of this side's acts over, not necessarily the oldest.
func (d *desk) arrives(t *rapid.T, to *desk) {
	if len(d.under) == 0 {
		return
	}
	i := rapid.IntRange(0, len(d.under)-1).Draw(t, "arrives")
	to.arrived = append(to.arrived, d.under[i])
	d.under = slices.Delete(d.under, i, i+1)
}

// wayToSending is the shortest row of the sender's own steps that ends with the
// sending, found by breadth.
func wayToSending(p *Procedure) []Taken {
	seen := map[string]bool{}
	for ways := [][]Taken{nil}; len(ways) > 0; ways = ways[1:] {
		s := p.State(ways[0], nil)
		if seen[s.Main] {
			continue
		}
		seen[s.Main] = true
		for _, step := range p.Offered(s, Sender, nil) {
			way := append(slices.Clone(ways[0]), Taken{Step: step.ID, Side: Sender, At: t0, ID: step.ID})
			if step.ID == p.FirstReleased() {
				way[len(way)-1].Nth = 1
				return way
			}
			ways = append(ways, way)
		}
	}
	return nil
}

// pair is both sides, in most runs with the referral already sent.
func pair(t *rapid.T, p *Procedure) (sender, receiver *desk) {
	sender, receiver = &desk{side: Sender}, &desk{side: Receiver}
	if rapid.IntRange(0, 9).Draw(t, "drafted") > 0 {
		sender.own = wayToSending(p)
		sender.under = slices.Clone(sender.own[len(sender.own)-1:])
	}
	return sender, receiver
}

// inFile fails where a standing is not one that the procedure's file names.
func inFile(t *rapid.T, p *Procedure, s Standing) {
	if len(s.Tracks) != len(p.Tracks) {
		t.Fatalf("%d tracks, the file has %d", len(s.Tracks), len(p.Tracks))
	}
	for _, after := range append([]Applied{{Moved: s.Tracks}}, s.Taken...) {
		for track, state := range after.Moved {
			if _, ok := p.StateOf(track, state); !ok {
				t.Fatalf("stands at %s %q, which the file does not name", track, state)
			}
		}
	}
}

// Whatever valid acts both sides take, and in whatever order they reach the
// other side, both nodes end in one state, which the file names. What protects
// a person is never lost on the way: a withdrawal and a hand-over that was
// signed have their effect whatever crossed them.
func TestEveryInterleavingEndsAlikeOnBothNodes(t *testing.T) {
	for _, p := range Procedures() {
		t.Run(p.ID, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				sender, receiver := pair(t, p)
				for tick := range rapid.IntRange(1, 60).Draw(t, "acts") {
					switch rapid.IntRange(0, 9).Draw(t, "who") {
					case 0, 1, 2:
						sender.act(t, p, tick)
					case 3, 4, 5, 6:
						receiver.act(t, p, tick)
					case 7, 8:
						sender.arrives(t, receiver)
					default:
						receiver.arrives(t, sender)
					}
					inFile(t, p, sender.sees(p))
					inFile(t, p, receiver.sees(p))
				}
				for len(sender.under)+len(receiver.under) > 0 {
					sender.arrives(t, receiver)
					receiver.arrives(t, sender)
				}
				here, there := sender.sees(p).Shared(), receiver.sees(p).Shared()
				if there.Taken == nil { // nothing was sent: the other node knows of no referral
					return
				}
				if !reflect.DeepEqual(here, there) {
					t.Fatalf("sender sees\n%+v\nreceiver sees\n%+v", here, there)
				}
				for _, a := range here.Overtaken() {
					if a.Step == "withdraw" || a.Step == "give" {
						t.Fatalf("%s was overtaken by %s", a.ID, a.By)
					}
				}
			})
		})
	}
}

// The walk above must really cross the border, go far and let acts cross, or it
// proves nothing.
func TestInterleavingsGoFar(t *testing.T) {
	for _, p := range Procedures() {
		t.Run(p.ID, func(t *testing.T) {
			far := []string{"main.sent", "main.under_review", "main.accepted", "main.declined", "main.withdrawn", "main.expired", "forum.sender_prosecutes", "file.opened"}
			reached, overtaken := map[string]bool{}, 0
			gone := func() bool {
				return overtaken > 0 && !slices.ContainsFunc(far, func(state string) bool { return !reached[state] })
			}
			for round := 0; round < 10 && !gone(); round++ { // a hundred histories can miss the rarest state by chance
				rapid.Check(t, func(t *rapid.T) {
					sender, receiver := pair(t, p)
					for tick := range 40 {
						if rapid.IntRange(0, 2).Draw(t, "who") == 0 {
							sender.act(t, p, tick)
						} else {
							receiver.act(t, p, tick)
						}
						if rapid.Bool().Draw(t, "deliver") {
							sender.arrives(t, receiver)
							receiver.arrives(t, sender)
						}
					}
					s := sender.sees(p)
					for _, a := range s.Taken {
						for track, state := range a.Moved {
							reached[track+"."+state] = true
						}
					}
					overtaken += len(s.Overtaken())
				})
			}
			if !gone() {
				t.Errorf("of %v random histories reached %v; %d acts crossed", far, slices.Sorted(maps.Keys(reached)), overtaken)
			}
			t.Logf("%d states reached, %d acts overtaken", len(reached), overtaken)
		})
	}
}
