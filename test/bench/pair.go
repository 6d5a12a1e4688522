package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody here is fictional.

// here is a node in this process, with its link.
type here struct {
	*node.Node
	spec  spec
	stop  func() error
	watch atomic.Pointer[func(journal.Entry)] // hears of every fact once it is durable
}

// spec is where a node stands; the other process is told it on its command line.
type spec struct {
	Name, Data, Keys, Server, Link string
}

func (s spec) folders() node.Folders {
	return node.Folders{Data: s.Data, Keys: s.Keys, Server: s.Server}
}

// side is what a node of the figures is: two offices, one founder in each.
type side struct {
	country, zone string
	offices       [2]access.Office
	founders      [2]string
}

var sides = map[string]side{
	"us": {"US", "America/Chicago", [2]access.Office{
		{ID: "usbp-rgv", Agency: "usbp", Zone: "America/Chicago", Name: access.Names{En: "Rio Grande Valley Sector", Es: "Sector Valle del Río Grande"}},
		{ID: "usao-sdtx", Agency: "doj", Zone: "America/Chicago", Name: access.Names{En: "US Attorney, Southern Texas", Es: "Fiscalía federal, sur de Texas"}}},
		[2]string{"Corwin Ashgrove", "Tamsin Wexcombe"}},
	"mx": {"MX", "America/Matamoros", [2]access.Office{
		{ID: "fgr-tamps", Agency: "fgr", Zone: "America/Matamoros", Name: access.Names{En: "FGR Tamaulipas", Es: "FGR Tamaulipas"}},
		{ID: "ceav-tamps", Agency: "ceav", Zone: "America/Matamoros", Name: access.Names{En: "CEAV Tamaulipas", Es: "CEAV Tamaulipas"}}},
		[2]string{"Celerina Almonacid", "Macario Hinojal"}},
}

const password = "a long passphrase of nobody" // #nosec G101 -- of nobody

// makeNode makes a node and lets its two founders in.
func makeNode(ctx context.Context, dir, name, server string) (*here, error) {
	link, err := quietport.Address()
	if err != nil {
		return nil, err
	}
	s := spec{Name: name, Data: filepath.Join(dir, name, "data"), Keys: filepath.Join(dir, name, "keys"), Server: server, Link: link}
	of := sides[name]
	codes, err := node.Init(ctx, s.folders(), node.Settings{Node: name, Country: of.country, Installation: "bench.oasiss.example",
		NameEN: of.country, NameES: of.country, Zone: of.zone, LinkURL: "https://" + link, Fictional: true}, time.Now())
	if err != nil {
		return nil, err
	}
	h, err := openHere(ctx, s)
	if err != nil {
		return nil, err
	}
	for i, code := range codes {
		if _, err := directory.Found(ctx, h.Guard, directory.Founding{Code: code, Login: fmt.Sprintf("founder%d", i), Name: of.founders[i],
			Badge: fmt.Sprintf("%s-%d", of.country, i), Lang: "en", Password: password, Office: of.offices[i]}); err != nil {
			return nil, errors.Join(err, h.stop())
		}
	}
	return h, nil
}

// openHere opens a node in this process and serves its link.
func openHere(ctx context.Context, s spec) (*here, error) {
	h := &here{spec: s}
	var err error
	h.Node, err = node.Open(ctx, s.folders(), node.Options{Observe: func(e journal.Entry) {
		if f := h.watch.Load(); f != nil {
			(*f)(e)
		}
	}})
	if err != nil {
		return nil, err
	}
	h.Acts.Signs = confirmed{h.Acts.Signs, h.Node, authenticator.New("localhost")}
	cert, _, err := node.WebCertificate(s.Keys, "", "", []string{"localhost", "127.0.0.1"}, time.Now())
	if err != nil {
		return nil, err
	}
	serving, end := context.WithCancel(ctx)
	up, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- h.Serve(serving, node.Listen{Web: "127.0.0.1:0", Link: s.Link, Cert: cert}, func(string, string) { close(up) })
	}()
	h.stop = func() error { end(); return errors.Join(<-done, h.Close()) }
	select {
	case <-up:
		return h, nil
	case err := <-done:
		return nil, errors.Join(err, h.Close())
	}
}

// confirmed has people who have no account sign: each by a passkey of the run's
// own, which the node enrols as it enrols those of accounts.
type confirmed struct {
	act.Signatures
	n   *node.Node
	key *authenticator.Key
}

// Prove implements act.Signatures.
func (c confirmed) Prove(_ context.Context, by access.Actor, digest [32]byte, _ access.Assertion) (wire.Proof, error) {
	asked, now := c.Ask(digest), time.Now()
	e, err := wire.SignEnrolment(wire.Enrolment{Node: c.n.Settings.Node, Account: by.User, Credential: c.key.Credential, Alg: wire.AlgES256, Public: c.key.Public(),
		RelyingParty: asked.RelyingParty, Origins: []string{asked.Origin}, Held: wire.HeldSoftware, Fact: "bench", Since: now, At: now}, c.n.Keys.Sign)
	if err != nil {
		return wire.Proof{}, err
	}
	a, err := c.key.Assert(asked.RelyingParty, asked.Origin, asked.Challenge)
	return wire.Proof{Method: wire.MethodPasskey, Signer: by.User, Key: a.Credential, Statement: a.ClientData, AuthData: a.AuthData, Sig: a.Sig, Enrolment: e}, err
}

// person is an official of a node with an office and roles.
func (h *here) person(id, office string, roles ...string) access.Actor {
	return access.Actor{User: uuid.NewSHA1(uuid.NameSpaceURL, []byte(h.spec.Name+"/"+id)).String(), Name: "Official " + id, Office: office, Node: h.spec.Name, Country: sides[h.spec.Name].country, Lang: "en", Roles: roles}
}

// take takes an act as a person would, signing what must be signed.
func (h *here) take(ctx context.Context, by access.Actor, purpose string, cmd act.Command) (string, error) {
	signed, ok := cmd.(act.Signed)
	if !ok {
		res, err := h.Acts.Do(ctx, by, "", purpose, cmd)
		if err != nil {
			return "", fmt.Errorf("%s: %w", cmd.Verb(), err)
		}
		return res.Object, nil
	}
	p, err := h.Acts.Prepare(ctx, by, "", purpose, signed)
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd.Verb(), err)
	}
	res, err := h.Acts.Sign(ctx, by, p.ID, access.Assertion{})
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd.Verb(), err)
	}
	return res.Object, nil
}

// pair introduces two nodes to each other and puts an accord into force.
func pair(ctx context.Context, us, mx *here) error {
	for _, p := range [][2]*here{{us, mx}, {mx, us}} {
		n, peer := p[0], p[1]
		first, second := n.coordinator(0), n.coordinator(1)
		if _, err := n.take(ctx, first, wire.PurposeAdministration, &directory.ProposePeer{Descriptor: peer.Descriptor()}); err != nil {
			return err
		}
		if _, err := n.take(ctx, second, wire.PurposeAdministration, &directory.ApprovePeer{Peer: peer.spec.Name,
			Fingerprint: wire.Fingerprint(peer.Descriptor()).String()}); err != nil {
			return err
		}
	}
	doc, err := document()
	if err != nil {
		return err
	}
	id, err := us.take(ctx, us.coordinator(0), wire.PurposeOversight, &accord.Propose{Document: doc})
	if err != nil {
		return err
	}
	for _, n := range []*here{us, mx} {
		for i := range 2 {
			if err := until(ctx, func() error {
				_, err := n.take(ctx, n.coordinator(i), wire.PurposeOversight, &accord.Sign{Accord: id})
				return err
			}); err != nil {
				return err
			}
		}
	}
	return quiet(ctx, us, mx)
}

// coordinator is a founder as the access rules see one.
func (h *here) coordinator(i int) access.Actor {
	u, err := h.founder(i)
	if err != nil {
		panic(err) // the node was made with two
	}
	a := h.person(u.Login, u.Office, access.RoleCoordinator)
	a.User, a.Name = u.ID, u.Name
	return a
}

func (h *here) founder(i int) (u access.User, err error) {
	err = h.DB.Read(context.Background(), func(tx *store.Tx) error {
		all, err := access.ListUsers(tx)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.Login == fmt.Sprintf("founder%d", i) {
				u = x
				return nil
			}
		}
		return fmt.Errorf("no founder %d", i)
	})
	return u, err
}

// document is the programme's own draft of the accord of 2008 between the two.
func document() (string, error) {
	var nodes [2]accord.Party
	for i, n := range []string{"us", "mx"} {
		c, ok := program.CountryByID(sides[n].country)
		if !ok {
			return "", errors.New("no country of the node")
		}
		nodes[i] = accord.Party{Node: n, Country: c.ID, Title: c.Title}
	}
	t, ok := program.TemplateByID("accord-2008")
	if !ok {
		return "", errors.New("no accord of 2008 among the drafts")
	}
	d, err := accord.Draft(t, nodes)
	if err != nil {
		return "", err
	}
	return d.YAML(), nil
}

// until tries until what another node sends has arrived.
func until(ctx context.Context, f func() error) error {
	for deadline := time.Now().Add(time.Minute); ; {
		err := f()
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// quiet waits until nothing is under way in either direction.
func quiet(ctx context.Context, us, mx *here) error {
	return until(ctx, func() error { return errors.Join(us.drained(ctx, "mx"), mx.drained(ctx, "us")) })
}

// drained is an error while messages for the peer have no receipt.
func (h *here) drained(ctx context.Context, peer string) error {
	return h.DB.Read(ctx, func(tx *store.Tx) error {
		s, err := exchange.State(tx, peer)
		if err != nil {
			return err
		}
		for _, l := range s.Lanes {
			if l.Queued > 0 {
				return fmt.Errorf("%d messages for %s are under way", l.Queued, peer)
			}
		}
		return nil
	})
}
