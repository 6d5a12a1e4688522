package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/wire"
)

// nodeNames are the demo's two nodes.
var nodeNames = []string{"us", "mx"}

// settings are what each node says of itself.
func settings(n, link string) []string {
	names := map[string][4]string{
		"us": {"US", "United States", "Estados Unidos", "America/Chicago"},
		"mx": {"MX", "Mexico", "México", "America/Mexico_City"},
	}[n]
	return []string{"--node", n, "--country", names[0], "--name-en", names[1], "--name-es", names[2], "--zone", names[3],
		"--installation", "demo.oasiss.example", "--link-url", "https://" + link, "--fictional"}
}

// initNode makes a node with the binary's own init and gives the two founding
// codes that it printed.
func initNode(ctx context.Context, binary, n, link string, f node.Folders) (codes [2]string, err error) {
	args := append([]string{"init", "--json", "--data", f.Data, "--keys", f.Keys}, settings(n, link)...)
	cmd := exec.CommandContext(ctx, binary, args...) // #nosec G204 -- the program's own binary
	cmd.Env = environ(f)
	out, err := cmd.Output()
	if err != nil {
		return codes, fmt.Errorf("init of %s: %w", n, err)
	}
	var made struct {
		Founding [2]string `json:"founding"`
	}
	if err := json.Unmarshal(out, &made); err != nil {
		return codes, fmt.Errorf("init of %s: %w", n, err)
	}
	return made.Founding, nil
}

// found has both founders of a node redeem their codes.
func (w *World) found(ctx context.Context, n string, codes [2]string) error {
	c, err := w.nodes[n].Client()
	if err != nil {
		return err
	}
	offices := map[string]map[string]any{}
	for _, o := range officesOf(n) {
		offices[o.ID] = map[string]any{"id": o.ID, "agency": o.Agency, "zone": o.Zone, "name_en": o.Title.En, "name_es": o.Title.Es}
	}
	for i, f := range founders[n] {
		err := c.Post(ctx, "found", map[string]any{"code": codes[i], "login": f.Login, "name": f.Name, "badge": f.Badge,
			"lang": f.Lang, "password": Password, "office": offices[f.Office]}, nil)
		if err != nil {
			return fmt.Errorf("founder of %s: %w", n, err)
		}
	}
	return nil
}

// officeKind is what kind of office an id belongs to: only INM's are bridges.
func officeKind(id string) string {
	if strings.HasPrefix(id, "inm-") {
		return "bridge"
	}
	return "case"
}

// populate opens the offices and accounts of a node: one founder proposes, the
// other approves, each hands over half of the one-time link, and the person
// sets a password.
func (w *World) populate(ctx context.Context, n string) error {
	first, err := w.as(ctx, n, founders[n][0].Login, wire.PurposeAdministration)
	if err != nil {
		return err
	}
	second, err := w.as(ctx, n, founders[n][1].Login, wire.PurposeAdministration)
	if err != nil {
		return err
	}
	for _, o := range officesOf(n) {
		if o.ID == founders[n][0].Office || o.ID == founders[n][1].Office {
			continue
		}
		if _, err := twoPeople(ctx, first, second, "office.create", map[string]any{"id": o.ID, "agency": o.Agency, "zone": o.Zone,
			"kind": officeKind(o.ID), "name_en": o.Title.En, "name_es": o.Title.Es}); err != nil {
			return fmt.Errorf("office %s: %w", o.ID, err)
		}
	}
	for _, p := range staff(n) {
		user, err := twoPeople(ctx, first, second, "user.create", map[string]any{"login": p.Login, "name": p.Name, "office": p.Office,
			"roles": p.Roles, "badge": p.Badge, "lang": p.Lang})
		if err != nil {
			return fmt.Errorf("account %s: %w", p.Login, err)
		}
		if err := invite(ctx, first, second, user); err != nil {
			return fmt.Errorf("account %s: %w", p.Login, err)
		}
	}
	return nil
}

// twoPeople has one person propose a change and another approve it.
func twoPeople(ctx context.Context, first, second *client.Client, verb string, cmd map[string]any) (subject string, err error) {
	proposed, err := first.Take(ctx, verb, "", cmd)
	if err != nil {
		return "", err
	}
	approved, err := second.Take(ctx, "proposal.approve", "", map[string]any{"proposal": proposed.Object})
	return approved.Object, err
}

func invite(ctx context.Context, first, second *client.Client, user string) error {
	var half [2]struct {
		Code string `json:"code"`
	}
	for i, c := range []*client.Client{first, second} {
		if err := c.Post(ctx, "users/"+user+"/invite", map[string]any{}, &half[i]); err != nil {
			return err
		}
	}
	return first.Post(ctx, "redeem", map[string]any{"half": half[0].Code, "other": half[1].Code, "password": Password}, nil)
}

// pair holds the fingerprint ceremony: each node's descriptor goes to the other
// side by hand, one founder proposes it, and the other approves it with the
// words that both sides read to each other.
func (w *World) pair(ctx context.Context) error {
	type introduction struct {
		Descriptor string   `json:"descriptor"`
		English    []string `json:"english"`
		Spanish    []string `json:"spanish"`
	}
	intro := map[string]introduction{}
	for _, n := range nodeNames {
		c, err := w.as(ctx, n, founders[n][0].Login, wire.PurposeAdministration)
		if err != nil {
			return err
		}
		var i introduction
		if err := c.Get(ctx, "descriptor", &i); err != nil {
			return fmt.Errorf("descriptor of %s: %w", n, err)
		}
		intro[n] = i
	}
	for _, n := range nodeNames {
		other := intro[otherNode(n)]
		words := other.English
		if n == "mx" {
			words = other.Spanish
		}
		for i, step := range []struct {
			verb string
			cmd  map[string]any
		}{
			{"peer.propose", map[string]any{"descriptor": other.Descriptor}},
			{"peer.approve", map[string]any{"peer": otherNode(n), "fingerprint": strings.Join(words, " ")}},
		} {
			c, err := w.as(ctx, n, founders[n][i].Login, wire.PurposeAdministration)
			if err != nil {
				return err
			}
			if _, err := c.Take(ctx, step.verb, "", step.cmd); err != nil {
				return fmt.Errorf("pairing on %s: %w", n, err)
			}
		}
	}
	return nil
}

func otherNode(n string) string {
	if n == "us" {
		return "mx"
	}
	return "us"
}
