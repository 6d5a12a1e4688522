package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// admin registers the pages of the node's people: who has an account, which
// offices and nodes there are, and what waits for the second person.
func (s *Server) admin(pages *doors) {
	s.page(pages, "/admin", areaNode, func(q *request) (string, any, error) {
		v, err := q.adminPage()
		return "admin", v, err
	})
	s.page(pages, "/admin/users/{id}", areaNode, adminItem((*request).adminUser))
	s.page(pages, "/admin/offices/{id}", areaNode, adminItem((*request).adminOffice))
	s.page(pages, "/admin/peers/{id}", areaNode, adminItem((*request).adminPeer))
	s.page(pages, "/admin/proposals/{id}", areaNode, adminItem((*request).adminProposal))
	s.invites(pages)
}

// directoryView is what the reader may see of the node's people.
type directoryView struct {
	offices []access.Office
	users   []directory.Member
	waiting []directory.Proposal
	peers   []exchange.Peer
	reached []directory.Contact
}

func (q *request) directory() (d directoryView, err error) {
	ctx, a := q.r.Context(), q.s.Acts
	if d.offices, err = directory.Offices(ctx, a, q.by); err != nil {
		return d, err
	}
	if d.users, err = directory.Users(ctx, a, q.by); err != nil {
		return d, err
	}
	if d.waiting, err = directory.Proposals(ctx, a, q.by, directory.StateOpen); err != nil {
		return d, err
	}
	if d.reached, err = directory.Contacts(ctx, a, q.by); err != nil {
		return d, err
	}
	d.peers, err = directory.Peers(ctx, a, q.by)
	return d, err
}

func (q *request) adminPage() (view.Admin, error) {
	d, err := q.directory()
	if err != nil {
		return view.Admin{}, err
	}
	v := view.Admin{Own: keyWords(wire.Fingerprint(q.s.Node.Descriptor())), Descriptor: q.s.Node.Descriptor()}
	if v.Told, err = q.told(func(watch.Alarm) bool { return true }); err != nil {
		return v, err
	}
	if q.permits(areaOversight, access.See, "journal") || q.permits(areaNode, access.See, "journal") { // how much goes on is told to no other
		if err := q.health(&v); err != nil {
			return v, err
		}
	}
	for _, p := range d.waiting {
		v.Waiting = append(v.Waiting, view.ProposalRow{What: q.change(d, p), By: q.account(p.By) + ", " + q.office(q.s.Acts.Node, p.ByOffice), At: p.At, URL: "/admin/proposals/" + p.ID})
	}
	for _, u := range d.users {
		row := view.UserRow{Name: u.Name, Login: u.Login, Office: q.office(q.s.Acts.Node, u.Office), Roles: q.held(u), URL: "/admin/users/" + u.ID}
		row.State, row.StateOK = q.userState(u.User)
		v.Users = append(v.Users, row)
	}
	for _, o := range d.offices {
		row := view.OfficeRow{ID: o.ID, Name: q.office(q.s.Acts.Node, o.ID), Agency: o.Agency, Zone: o.Zone, URL: "/admin/offices/" + o.ID}
		row.State, row.StateOK = q.officeState(o)
		v.Offices = append(v.Offices, row)
	}
	for _, p := range d.peers {
		row := view.PeerRow{Country: lower(p.Country), Name: p.Name(string(q.lang)), URL: "/admin/peers/" + p.ID}
		row.State, row.StateOK = q.peerState(p)
		v.Peers = append(v.Peers, row)
	}
	v.Acts = append(v.Acts, q.offered("user.create", nil, q.userChoices(d))...)
	v.Acts = append(v.Acts, q.offered("office.create", nil, answers{"kind": q.codes("directory.kind.", access.OfficeKinds)})...)
	v.Acts = append(v.Acts, q.offered("peer.propose", nil, nil)...)
	return v, nil
}

// userChoices are what a new account is chosen from.
func (q *request) userChoices(d directoryView) answers {
	a := answers{"roles": q.codes("role.", access.Roles), "lang": languages()}
	for _, o := range d.offices {
		if o.Closed.IsZero() {
			a["office"] = append(a["office"], component.Option{Value: o.ID, Label: q.office(q.s.Acts.Node, o.ID)})
		}
	}
	for _, u := range d.users {
		a["superior"] = append(a["superior"], component.Option{Value: u.ID, Label: u.Name})
	}
	return a
}

// languages are named each in itself.
func languages() (out []component.Option) {
	for _, l := range i18n.Languages() {
		out = append(out, component.Option{Value: string(l), Label: i18n.T(l, "links.language")})
	}
	return out
}

// keyWords are the words of a fingerprint in each language.
func keyWords(f wire.Digest) (out []view.KeyWords) {
	for _, l := range i18n.Languages() {
		out = append(out, view.KeyWords{Name: i18n.T(l, "links.language"), Lang: l.Tag(), Words: f.Words(string(l))})
	}
	return out
}

func (q *request) held(u directory.Member) []string {
	var roles []string
	for _, g := range u.Roles {
		roles = append(roles, g.Role)
	}
	return q.roleWords(roles)
}

// userState is how an account stands, in words and class.
func (q *request) userState(u access.User) (words, class string) {
	switch now := q.s.Acts.Now(); {
	case !u.Disabled.IsZero():
		return q.t("admin.state.disabled"), "idle"
	case !u.LockedSince().IsZero():
		return q.t("admin.state.locked"), "over"
	case now.Before(u.From):
		return q.from(u.From), "soon"
	}
	return q.t("admin.state.active"), "ok"
}

func (q *request) officeState(o access.Office) (words, class string) {
	switch now := q.s.Acts.Now(); {
	case !o.Closed.IsZero():
		return q.t("admin.state.closed"), "idle"
	case now.Before(o.Opened):
		return q.from(o.Opened), "soon"
	}
	return q.t("admin.state.open"), "ok"
}

func (q *request) peerState(p exchange.Peer) (words, class string) {
	switch {
	case p.Status != exchange.PeerApproved:
		return q.t("admin.state.proposed"), "soon"
	case !p.Revoked.IsZero():
		return q.t("admin.state.revoked"), "over"
	case !p.Active(q.s.Acts.Now()):
		return q.from(p.Effective), "soon"
	}
	return q.t("admin.state.paired"), "ok"
}

// from says when an approved change begins to work.
func (q *request) from(t time.Time) string {
	return q.t("admin.state.from", "When", i18n.Moment(q.lang, t, q.s.Acts.Now(), q.zone()))
}
