package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/program"
)

// World is the demo's two nodes, their people and what the driver knows of them.
type World struct {
	nodes   map[string]*Process
	accords map[string]string    // template id → accord id
	codes   map[string][2]string // founding codes, as init printed them
	now     time.Time            // where both clocks were set
	ahead   time.Duration        // of both clocks to the machine's
	deeds   *deeds
	files   []*file // the cases that were played

	mu       sync.Mutex
	sessions map[string]*session           // node/login
	keys     map[string]*authenticator.Key // passkey of each, node/login
}

// session is somebody signed in, and when by the nodes' clock.
type session struct {
	mu     sync.Mutex
	client *client.Client
	used   time.Time
	made   time.Time
	from   string // address it was made at: a node that restarted elsewhere needs a new one
}

func newWorld(now time.Time) *World {
	w := &World{nodes: map[string]*Process{}, sessions: map[string]*session{}, accords: map[string]string{}, deeds: newDeeds(), codes: map[string][2]string{}, keys: map[string]*authenticator.Key{}}
	w.stand(now)
	return w
}

// stand says where both clocks are to stand, the same at the same moment.
func (w *World) stand(now time.Time) { w.now, w.ahead = now, time.Until(now) }

// as is a client signed in as somebody, for one purpose. A session is kept as
// long as the nodes' clock lets it live, and made anew after that.
func (w *World) as(ctx context.Context, n, login, purpose string) (*client.Client, error) {
	w.mu.Lock()
	s := w.sessions[n+"/"+login]
	if s == nil {
		s = &session{}
		w.sessions[n+"/"+login] = s
	}
	now, at := w.now, w.nodes[n].Web
	w.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil || s.from != at || now.Sub(s.used) >= access.SessionIdle-time.Minute || now.Sub(s.made) >= access.SessionLife-time.Minute {
		c, err := w.nodes[n].Client()
		if err != nil {
			return nil, err
		}
		if err := w.enter(ctx, c, n, login); err != nil {
			return nil, fmt.Errorf("sign in as %s on %s: %w", login, n, err)
		}
		s.client, s.from, s.made = c, at, now
	}
	s.used = now
	c := *s.client
	c.Purpose = purpose
	return &c, nil
}

// enter signs somebody in by their passkey; who has none yet begins with the
// password that they chose, and draws one.
func (w *World) enter(ctx context.Context, c *client.Client, n, login string) error {
	w.mu.Lock()
	key := w.keys[n+"/"+login]
	w.mu.Unlock()
	if key != nil {
		c.Signer = key
		_, err := c.SignInByPasskey(ctx, true)
		return err
	}
	key, err := c.Begin(ctx, login, Password, "demo")
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.keys[n+"/"+login] = key
	w.mu.Unlock()
	return nil
}

// Password is the password of everybody in the demo, whose people and cases
// are fictional. No other node ever has it.
const Password = "every-person-here-is-fictional"

// official is an account of the demo's world.
type official struct {
	Node, Login, Name, Office, Lang, Badge string
	Roles                                  []string
	Superior                               string // login
}

// founders open each node; they are its first two coordinators and sign the
// accords.
var founders = map[string][2]official{
	"us": {
		{Node: "us", Login: "a.whitfield", Name: "Avery Whitfield", Office: "cbp-programme", Lang: "en", Badge: "US-0001"},
		{Node: "us", Login: "m.okafor", Name: "Miriam Okafor", Office: "usao-sdtx", Lang: "en", Badge: "US-0002"},
	},
	"mx": {
		{Node: "mx", Login: "r.ibarrola", Name: "Rebeca Ibarrola Quiñónez", Office: "fgr-programa", Lang: "es", Badge: "MX-0001"},
		{Node: "mx", Login: "t.cantoral", Name: "Teodoro Cantoral Ruelas", Office: "sre-programa", Lang: "es", Badge: "MX-0002"},
	},
}

// programmeOffices are where the Mexican coordinators work; the programme's own
// data name no such offices, because no source does.
var programmeOffices = []program.Office{
	{ID: "fgr-programa", Agency: "fgr", Country: "MX", Title: program.Text{En: "FGR, programme coordination", Es: "FGR, coordinación del programa"}, Zone: "America/Mexico_City", Calendar: "mx-federal-office", Roles: []string{access.RoleCoordinator, access.RoleAnalyst, access.RoleAdmin}},
	{ID: "sre-programa", Agency: "sre", Country: "MX", Title: program.Text{En: "SRE, programme coordination", Es: "SRE, coordinación del programa"}, Zone: "America/Mexico_City", Calendar: "mx-federal-office", Roles: []string{access.RoleCoordinator, access.RoleAuditor}},
}

// countryOf is the country of a demo node.
func countryOf(node string) string { return strings.ToUpper(node) }

// officesOf are the offices of a node: those that the corridors of the accords
// name, and those that coordinate.
func officesOf(node string) []program.Office {
	var out []program.Office
	for _, o := range append(program.Offices(), programmeOffices...) {
		if o.Country == countryOf(node) {
			out = append(out, o)
		}
	}
	return out
}

// given and family are made up of parts; whoever bears one of the
// combinations is not meant.
var (
	givenUS  = strings.Fields("Dana Quinn Marlow Tamsin Corwin Ellery Bridger Sable Rowan Idris Perrin Linnea Orrin Maren Tobias Greer Halden Vesper Odell Wren")
	familyUS = strings.Fields("Ashgrove Brackwater Coldwell Duskin Fernhollow Garnick Hollinsworth Kestrelle Lockridge Merriden Northcutt Oakhaven Pennerly Ravenel Stonebrook Thistlewood Underhay Wexcombe Yarrowby Zellner")
	givenMX  = strings.Fields("Abundia Baltasar Celerina Donaciano Eloína Fulgencio Graciana Herminio Isaura Jacinto Leovigilda Macario Nicanora Onésimo Petronila Rutilio Saturnina Tiburcio Ursulina Venancio")
	familyMX = strings.Fields("Almonacid Barragarza Cienfuegosa Delvalle Escamillar Frondosa Guajardosa Hinojal Irigoyena Jaramago Lizarraga Mondragona Nogaleda Olivareño Palomarín Quintanar Riosverde Salvatella Tamariz Villaseñora")
)

// name makes the n-th fictional name of a country.
func name(country string, n int) string {
	if country == "US" {
		return givenUS[n%len(givenUS)] + " " + familyUS[(n*7+n/len(givenUS))%len(familyUS)]
	}
	return givenMX[n%len(givenMX)] + " " + familyMX[(n*7+n/len(givenMX))%len(familyMX)] + " " + familyMX[(n*3+5+n/7)%len(familyMX)]
}

// staffed are the roles that the demo fills in each office that may have them.
var staffed = []string{
	access.RoleSupervisor, access.RoleFieldAgent, access.RoleProsecutions, access.RoleUSAttorney, access.RoleMP,
	access.RoleConsular, access.RoleINM, access.RolePolice, access.RoleAdviser, access.RoleAnalyst, access.RoleAuditor, access.RoleAdmin,
}

// staff is everybody of a node besides its founders: one person for each role
// of each office, two advisers where there are advisers, so that a second one
// can lift what the first stopped.
func staff(node string) []official {
	var out []official
	lang := map[string]string{"us": "en", "mx": "es"}[node]
	add := func(o program.Office, role, login string) {
		n := len(out) + 1
		out = append(out, official{Node: node, Login: login, Name: name(o.Country, n), Office: o.ID, Lang: lang,
			Badge: fmt.Sprintf("%s-%04d", o.Country, n+100), Roles: []string{role}})
	}
	for _, o := range officesOf(node) {
		for _, role := range staffed {
			if !slices.Contains(o.Roles, role) {
				continue
			}
			add(o, role, role+"."+o.ID)
			if role == access.RoleAdviser || role == access.RoleMP || role == access.RoleFieldAgent {
				add(o, role, role+"2."+o.ID)
			}
		}
	}
	return out
}
