package directory

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// CreateOffice proposes to open an office of this node's country.
type CreateOffice struct {
	ID     string `json:"id" arg:""`
	Agency string `json:"agency" required:""`
	NameEn string `json:"name_en" required:""`
	NameEs string `json:"name_es" required:""`
	Zone   string `json:"zone" required:""`
	Type   string `json:"kind" name:"kind" default:"case" enum:"case,bridge,removal"`
}

// Verb implements act.Command.
func (*CreateOffice) Verb() string { return ChangeOfficeOpen }

// Decide implements act.Command.
func (c *CreateOffice) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	kind := c.Type
	if kind == "" {
		kind = access.OfficeCase
	}
	o := access.Office{ID: c.ID, Country: d.By.Country, Agency: c.Agency, Name: access.Names{En: c.NameEn, Es: c.NameEs}, Zone: c.Zone, Kind: kind}
	return propose(tx, d, access.Resource{Type: "office", ID: c.ID}, Proposal{Change: ChangeOfficeOpen, Office: &o, Subject: c.ID})
}

// CloseOffice proposes to close an office: its people can no longer sign in.
type CloseOffice struct {
	ID     string `json:"id" arg:""`
	Reason string `json:"reason" required:""`
}

// Verb implements act.Command.
func (*CloseOffice) Verb() string { return ChangeOfficeClose }

// Decide implements act.Command.
func (c *CloseOffice) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return propose(tx, d, access.Resource{Type: "office", ID: c.ID}, Proposal{Change: ChangeOfficeClose, Subject: c.ID, Reason: c.Reason})
}
