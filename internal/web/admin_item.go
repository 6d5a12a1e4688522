package web

import (
	"net/http"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// invites registers drawing one's half of a one-time link: it is on the page
// that answers, and nowhere else.
func (s *Server) invites(pages *doors) {
	pages.signedIn("POST /admin/users/{id}/acts/user.invite", access.RuleTaken, areaNode, func(q *request) {
		q.path = "/admin/users/" + q.r.PathValue("id")
		code, err := s.Guard.Invite(q.r.Context(), q.by, q.r.PathValue("id"))
		if err != nil {
			s.problem(q.w, q.r, err)
			return
		}
		q.draw(http.StatusOK, adminItem(func(q *request, d directoryView, id string) (view.AdminItem, bool) {
			v, ok := q.adminUser(d, id)
			v.Code, v.InviteURL = code, ""
			return v, ok
		}))
	})
}

// adminItem is the page of one thing of the directory that the reader may see.
func adminItem(find func(q *request, d directoryView, id string) (view.AdminItem, bool)) show {
	return func(q *request) (string, any, error) {
		d, err := q.directory()
		if err != nil {
			return "", nil, err
		}
		v, ok := find(q, d, q.r.PathValue("id"))
		if !ok {
			return "", nil, refusal.NotFound()
		}
		v.Head.Crumb = view.Link{Text: q.t("admin.title"), URL: "/admin"}
		return "admin_item", v, nil
	}
}

func (q *request) adminUser(d directoryView, id string) (v view.AdminItem, ok bool) {
	i := slices.IndexFunc(d.users, func(u directory.Member) bool { return u.ID == id })
	if i < 0 {
		return v, false
	}
	u := d.users[i]
	v.Head.Title = u.Name
	v.Head.State, v.Head.StateOK = q.userState(u.User)
	v.Facts = document.Filled([]view.Fact{{Label: q.t("ask.login"), Value: u.Login, Mono: true}, {Label: q.t("users.col_office"), Value: q.office(q.s.Acts.Node, u.Office)},
		{Label: q.t("users.col_roles"), Value: i18n.List(q.lang, q.held(u))}, {Label: q.t("ask.badge"), Value: u.Badge, Mono: true}, {Label: q.t("ask.superior"), Value: q.superior(u)}})
	if slices.Contains(u.Invite, q.by.User) {
		v.InviteURL = q.path + "/acts/user.invite"
	}
	fixed := map[string]string{"user": id}
	offer := func(verb string, choices answers) { v.Acts = append(v.Acts, q.offered(verb, fixed, choices)...) }
	if !u.Disabled.IsZero() {
		offer("user.enable", nil)
		return v, true
	}
	if !u.LockedSince().IsZero() {
		offer("user.unlock", nil)
	}
	var held, others []string
	for _, role := range access.Roles {
		if slices.ContainsFunc(u.Roles, func(g access.Grant) bool { return g.Role == role }) {
			held = append(held, role)
		} else {
			others = append(others, role)
		}
	}
	offer("role.grant", answers{"role": q.codes("role.", others)})
	if len(held) > 0 {
		offer("role.revoke", answers{"role": q.codes("role.", held)})
	}
	offer("user.reset", nil)
	offer("user.bind", nil)
	if u.Binding != nil {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("admin.bound"), Value: u.Binding.Issuer + " · " + u.Binding.Subject, Mono: true})
		offer("user.unbind", nil)
	}
	offer("session.end", nil)
	offer("user.disable", nil)
	return v, true
}

func (q *request) superior(u directory.Member) string {
	if u.Superior == "" {
		return ""
	}
	return q.account(u.Superior)
}

func (q *request) adminOffice(d directoryView, id string) (v view.AdminItem, ok bool) {
	for _, o := range d.offices {
		if o.ID != id {
			continue
		}
		v.Head.Title, v.Head.Number = q.office(q.s.Acts.Node, id), id
		v.Head.State, v.Head.StateOK = q.officeState(o)
		v.Facts = []view.Fact{{Label: q.t("ask.agency"), Value: o.Agency}, {Label: q.t("ask.office_kind"), Value: q.word("directory.kind.", o.Kind)}, {Label: q.t("ask.name_en"), Value: o.Name.En},
			{Label: q.t("ask.name_es"), Value: o.Name.Es}, {Label: q.t("ask.zone"), Value: o.Zone}}
		reached, known := q.contactFacts(d.reached, id, q.s.Acts.Now())
		v.Facts = append(v.Facts, reached...)
		if o.Closed.IsZero() {
			v.Note = q.staleNote(known, q.s.Acts.Now())
			v.Acts = append(q.confirms(q.s.Acts.Node, id, known), q.offered("office.close", map[string]string{"id": id}, nil)...)
		}
		return v, true
	}
	return v, false
}

func (q *request) adminPeer(d directoryView, id string) (v view.AdminItem, ok bool) {
	for _, p := range d.peers {
		if p.ID != id {
			continue
		}
		v.Head.Title, v.Words = p.Name(string(q.lang)), keyWords(p.Fingerprint)
		v.Head.State, v.Head.StateOK = q.peerState(p)
		v.Facts = document.Filled([]view.Fact{{Label: q.t("links.address"), Value: p.URL, Mono: true}})
		for _, vouch := range []exchange.Vouch{p.Proposed, p.Approved} {
			if vouch.Name != "" {
				v.Facts = append(v.Facts, view.Fact{Label: q.t("links.vouched"), Value: vouch.Name + ", " + q.office(q.s.Acts.Node, vouch.Office) + ", " + i18n.Date(q.lang, vouch.At, q.zone())})
			}
		}
		if p.Status == exchange.PeerProposed {
			v.Note = &component.Note{Kind: "soon", Title: q.t("peers.compare")}
			v.Acts = q.offered("peer.approve", map[string]string{"peer": id}, nil)
		} else {
			v.Acts = q.offered("link.epoch", map[string]string{"link": id}, nil)
		}
		return v, true
	}
	return v, false
}

func (q *request) adminProposal(d directoryView, id string) (v view.AdminItem, ok bool) {
	for _, p := range d.waiting {
		if p.ID != id {
			continue
		}
		v.Head.Title, v.Head.State, v.Head.StateOK = q.change(d, p), q.t("directory.state.open"), "soon"
		v.Facts = q.proposed(p)
		fixed := map[string]string{"proposal": id}
		v.Acts = append(q.offered("proposal.approve", fixed, nil), q.offered("proposal.reject", fixed, nil)...)
		if !q.takes("proposal.approve", fixed) {
			v.Note = &component.Note{Title: q.t("admin.second")}
		}
		return v, true
	}
	return v, false
}

// change is what a proposal would do, and to whom.
func (q *request) change(d directoryView, p directory.Proposal) string {
	about := p.Subject
	switch i := slices.IndexFunc(d.users, func(u directory.Member) bool { return u.ID == p.Subject }); {
	case p.User != nil:
		about = p.User.Name
	case p.Office != nil:
		about = map[i18n.Lang]string{i18n.English: p.Office.Name.En, i18n.Spanish: p.Office.Name.Es}[q.lang]
	case p.Change == directory.ChangeOfficeClose:
		about = q.office(q.s.Acts.Node, p.Subject)
	case i >= 0:
		about = d.users[i].Name
	}
	return q.t("admin.change."+p.Change, "About", about)
}

// proposed is a proposal in full, as the second person must read it.
func (q *request) proposed(p directory.Proposal) []view.Fact {
	facts := []view.Fact{{Label: q.t("admin.by"), Value: q.account(p.By) + ", " + q.office(q.s.Acts.Node, p.ByOffice)}}
	if u := p.User; u != nil {
		facts = append(facts, view.Fact{Label: q.t("ask.login"), Value: u.Login, Mono: true}, view.Fact{Label: q.t("ask.person_name"), Value: u.Name},
			view.Fact{Label: q.t("ask.office"), Value: q.office(q.s.Acts.Node, u.Office)}, view.Fact{Label: q.t("ask.badge"), Value: u.Badge, Mono: true},
			view.Fact{Label: q.t("ask.superior"), Value: q.superior(directory.Member{User: *u})})
	}
	if b := p.Binding; b != nil {
		facts = append(facts, view.Fact{Label: q.t("ask.issuer"), Value: b.Issuer, Mono: true}, view.Fact{Label: q.t("ask.provider_subject"), Value: b.Subject, Mono: true})
	}
	if o := p.Office; o != nil {
		facts = append(facts, view.Fact{Label: q.t("ask.office_id"), Value: o.ID, Mono: true}, view.Fact{Label: q.t("ask.agency"), Value: o.Agency}, view.Fact{Label: q.t("ask.office_kind"), Value: q.word("directory.kind.", o.Kind)},
			view.Fact{Label: q.t("ask.name_en"), Value: o.Name.En}, view.Fact{Label: q.t("ask.name_es"), Value: o.Name.Es}, view.Fact{Label: q.t("ask.zone"), Value: o.Zone})
	}
	return document.Filled(append(facts, view.Fact{Label: q.t("users.col_roles"), Value: i18n.List(q.lang, q.roleWords(p.Roles))}, view.Fact{Label: q.t("ask.reason"), Value: p.Reason}))
}
