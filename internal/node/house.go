package node

import (
	"fmt"
	"net/http"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/httpapi"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/redress"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/shift"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/transfer"
	"github.com/oasiss/oasiss/internal/warrant"
	"github.com/oasiss/oasiss/internal/web"
)

// Kinds is every kind of fact that this program knows, with what each does.
// link seals keys to peers in reactions; replay runs none and gives nil.
func Kinds(link packet.Link) *journal.Kinds {
	k := journal.NewKinds()
	for _, facts := range []func(*journal.Kinds){access.Facts, exchange.Facts, directory.Facts, accord.Facts, casefile.Facts, protection.Facts, file.Facts, evidence.Facts,
		packet.Facts(link), alert.Facts(link), consular.Facts(link), referral.Facts(link), retention.Facts, warrant.Facts, redress.Facts, mail.Facts, network.Facts, decoy.Facts, insight.Facts, intake.Facts, shift.Facts, export.Facts, backup.Facts} {
		facts(k)
	}
	return k
}

// Verbs is every command of the house.
func Verbs() act.Verbs {
	v := act.Verbs{}
	for _, verbs := range []func(act.Verbs){directory.Verbs, accord.Verbs, casefile.Verbs, protection.Verbs, file.Verbs, evidence.Verbs, alert.Verbs, consular.Verbs, referral.Verbs, retention.Verbs, warrant.Verbs, redress.Verbs, mail.Verbs, network.Verbs, decoy.Verbs, insight.Verbs, intake.Verbs, shift.Verbs, export.Verbs} {
		verbs(v)
	}
	return v
}

// indexes are what the rooms keep beside the state to find and to order it, in
// the order in which they are made.
func indexes(ring *seal.Keyring) []store.Index {
	return []store.Index{casefile.Index(ring), referral.Queue(), protection.Queue()}
}

// doors opens the node's API and pages on mux.
func (n *Node) doors(mux *http.ServeMux) error {
	s := n.Settings
	uploads, err := transfer.New(n.Files, n.Log)
	if err != nil {
		return fmt.Errorf("uploads: %w", err)
	}
	n.api = httpapi.New(mux, &httpapi.Server{Acts: n.Acts, Guard: n.Guard, Descriptor: n.Descriptor, Files: n.Files, Uploads: uploads})
	n.pages = &web.Server{Acts: n.Acts, Files: n.Files, Uploads: uploads, Guard: n.Guard, Log: n.Log, Watch: n.state(), Limits: n.limits, Node: web.Node{Country: s.Country, Zone: s.Zone, Fictional: s.Fictional,
		Descriptor: n.Descriptor, Name: map[i18n.Lang]string{i18n.English: s.NameEN, i18n.Spanish: s.NameES}}}
	return web.New(mux, n.pages)
}

// AccessRules tells who may come through each door of the node: every route of
// the pages, and every operation of the API by its id.
func (n *Node) AccessRules() (pages []web.Route, api map[string]access.Rule) {
	return n.pages.Routes(), n.api.Rules()
}
