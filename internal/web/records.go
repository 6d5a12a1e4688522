package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// records registers what is looked up: search, an item, a case's history and
// readers, accords, the link, the journal.
func (s *Server) records(pages *doors) {
	s.searches(pages)
	s.page(pages, "/cases/{id}/items/{item}", areaCases, func(q *request) (string, any, error) {
		v, err := q.itemPage(q.r.PathValue("id"), q.r.PathValue("item"))
		return "item", v, err
	})
	s.page(pages, "/cases/{id}/history", areaCases, func(q *request) (string, any, error) {
		v, err := q.history(q.r.PathValue("id"))
		return "history", v, err
	})
	s.page(pages, "/cases/{id}/readers", areaCases, func(q *request) (string, any, error) {
		v, err := q.readers(q.r.PathValue("id"))
		return "readers_page", v, err
	})
	s.maps(pages)
	s.networks(pages)
	s.accords(pages)
	links := func(q *request) (string, any, error) {
		q.live = act.LinkTopic
		v, err := q.link(q.r.PathValue("peer"))
		return "links", v, err
	}
	s.page(pages, "/links", areaNode, links)
	s.page(pages, "/links/{peer}", areaNode, links)
	s.page(pages, "/journal", areaOversight, func(q *request) (string, any, error) {
		v, err := q.journal()
		return "journal", v, err
	})
	s.page(pages, "/journal/overseen", areaOversight, func(q *request) (string, any, error) {
		if q.keepsDecoys() {
			q.live = decoy.Topic
		}
		v, err := q.overseen()
		return "overseen", v, err
	})
	s.page(pages, "/journal/accesses", areaOversight, func(q *request) (string, any, error) {
		v, err := q.audit()
		return "accesses", v, err
	})
	pages.signedIn("GET /journal/{id}/proof", access.RuleSeen, areaOversight, (*request).proofFile)
}

func (q *request) itemPage(caseID, item string) (view.ItemPage, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.ItemPage{}, err
	}
	record, err := casefile.ShowItem(q.r.Context(), q.s.Acts, q.by, q.purpose, item)
	if err == nil && record.Case != c.Case.ID {
		err = refusal.NotFound()
	}
	if err != nil {
		return view.ItemPage{}, err
	}
	v := view.ItemPage{Head: q.caseHead(c)}
	now := record.Stands()
	v.Changes = q.changed(record.Versions, func(x casefile.Version) []view.Section {
		if x.Item == nil || x.Seq == now.Seq {
			return nil
		}
		before := *x.Item
		before.ID = "" // translations are of the statement as it stands
		return q.itemSections(c, before)
	})
	if now.Item == nil {
		v.Title, v.Gone = q.t("web.details"), q.t("web.forgotten")
		return v, nil
	}
	v.Title, v.Sections = q.itemName(c, *now.Item), q.itemSections(c, *now.Item)
	if now.Withdrawn {
		v.Gone = q.t("web.withdrawn_now")
		return v, nil
	}
	v.Acts = q.correctItem(c, record)
	return v, nil
}

func (q *request) history(caseID string) (view.History, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.History{}, err
	}
	steps, err := casefile.ShowCourse(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return view.History{}, err
	}
	v := view.History{Head: q.caseHead(c)}
	for _, s := range slices.Backward(steps) {
		v.Rows = append(v.Rows, q.happening(s))
	}
	return v, nil
}

// readers is who can see a case: the offices that hold it.
func (q *request) readers(caseID string) (view.Readers, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.Readers{}, err
	}
	return view.Readers{Head: q.caseHead(c), Rows: q.readerRows(q.readersOf(casefile.Resource(c.Case)), c.Case.Office)}, nil
}

// referralReaders is who can see a referral on this node.
func (q *request) referralReaders(id string) (view.Readers, error) {
	x, err := referral.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Readers{}, err
	}
	own := x.Sender.Office
	if x.Side == program.Receiver {
		own = x.Receiver.Office
	}
	return view.Readers{Head: q.referralHead(x), Across: q.country(x.Row.Other().Node), Rows: q.readerRows(q.readersOfReferral(id), own)}, nil
}

// readersOfReferral are the officials here who can see a referral.
func (q *request) readersOfReferral(id string) []reader {
	var r access.Resource
	q.lookUp(func(tx *store.Tx) error {
		x, err := referral.Load(tx, id)
		r = referral.Resource(x)
		return err
	})
	return q.readersOf(r)
}

func (q *request) readerRows(all []reader, owner string) []view.Reader {
	var out []view.Reader
	for _, u := range all {
		rule := q.t("web.member")
		if u.office == owner {
			rule = q.t("web.owner")
		}
		out = append(out, view.Reader{Country: lower(q.s.Node.Country), Name: u.name, Office: q.office(q.s.Acts.Node, u.office), Role: strings.Join(u.roles, ", "), Rule: rule})
	}
	return out
}

// reader is an official who can see a case.
type reader struct {
	name, office string
	roles        []string
}

// readersOf are the officials who can see something: those of the offices that
// hold it whom the policies let see it, for one purpose or another.
func (q *request) readersOf(r access.Resource) []reader {
	var out []reader
	q.lookUp(func(tx *store.Tx) error {
		for _, office := range r.Offices {
			held := map[string][]string{}
			var users []access.User
			for _, role := range access.Roles {
				in, err := access.UsersOf(tx, office, role, q.s.Acts.Now())
				if err != nil {
					return err
				}
				for _, u := range in {
					if held[u.ID] == nil {
						users = append(users, u)
					}
					held[u.ID] = append(held[u.ID], role)
				}
			}
			for _, u := range users {
				if q.sees(u.ID, office, held[u.ID], r) {
					out = append(out, reader{name: u.Name, office: office, roles: q.roleWords(held[u.ID])})
				}
			}
		}
		return nil
	})
	return out
}

// sees asks the policies whether an account may see something.
func (q *request) sees(user, office string, roles []string, r access.Resource) bool {
	who := access.Actor{Node: q.s.Acts.Node, Country: q.by.Country, User: user, Office: office, Roles: roles}
	return slices.ContainsFunc(wire.Purposes, func(purpose string) bool {
		return q.s.Acts.Policies.Decide(who, "see", purpose, r).Allowed
	})
}

// proof gives the proof of one fact as a file, to be checked offline.
func (q *request) proofFile() {
	s, w, r := q.s, q.w, q.r
	p, err := act.Prove(r.Context(), s.Acts, q.by, q.purpose, r.PathValue("id"), false)
	if err != nil {
		s.problem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="proof-`+s.Acts.Node+`-`+strconv.FormatInt(p.Index+1, 10)+`.json"`)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.Log.DebugContext(r.Context(), "proof not taken", "error", err)
	}
}
