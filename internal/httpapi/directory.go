package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/wire"
)

type evidenceIn struct {
	Who
	ID    string `path:"id" maxLength:"200"`
	About string `path:"about" maxLength:"128" doc:"What the alarm is about, as the link shows it"`
}

type foundIn struct {
	Who
	Body struct {
		Code     string `json:"code" maxLength:"64" doc:"One of the two one-time founding codes"`
		Login    string `json:"login" maxLength:"200" doc:"Account name that the founder chooses"`
		Name     string `json:"name" maxLength:"200"`
		Badge    string `json:"badge" maxLength:"64" doc:"Employee number; one person has one"`
		Lang     string `json:"lang" enum:"en,es"`
		Password string `json:"password" maxLength:"1024"`
		Office   struct {
			ID     string `json:"id" maxLength:"64"`
			Agency string `json:"agency" maxLength:"64"`
			NameEn string `json:"name_en" maxLength:"200"`
			NameEs string `json:"name_es" maxLength:"200"`
			Zone   string `json:"zone" maxLength:"64" doc:"IANA time zone"`
		} `json:"office" doc:"The founder's own office"`
	}
}

func (in *foundIn) founding() directory.Founding {
	b := in.Body
	return directory.Founding{Code: b.Code, Login: b.Login, Name: b.Name, Badge: b.Badge, Lang: b.Lang, Password: b.Password, Addr: in.address,
		Office: access.Office{ID: b.Office.ID, Agency: b.Office.Agency, Name: access.Names{En: b.Office.NameEn, Es: b.Office.NameEs}, Zone: b.Office.Zone}}
}

type userOut struct {
	Body struct {
		User string `json:"user" doc:"Account id"`
	}
}

type redeemIn struct {
	Who
	Body struct {
		Half     string `json:"half" doc:"One half of the one-time link"`
		Other    string `json:"other" doc:"The other half, from the other person"`
		Password string `json:"password" maxLength:"1024" doc:"The person's own new password"`
	}
}

type passwordIn struct {
	Who
	Body struct {
		Old string `json:"old" maxLength:"1024"`
		New string `json:"new" maxLength:"1024"`
	}
}

type userIn struct {
	Who
	User string `path:"user" maxLength:"64"`
}

type codeOut struct {
	Body struct {
		Code string `json:"code" doc:"Shown once; hand it over yourself"`
	}
}

type stateIn struct {
	Who
	State string `query:"state" enum:"open,approved,rejected" default:"open"`
}

// people registers founding, one-time links, and the lists of offices, people,
// proposals, sessions and peers.
func (s *Server) people() {
	add(s, access.RuleOpen, huma.Operation{OperationID: "found", Method: http.MethodPost, Path: "/api/v1/found", Tags: []string{"session"},
		Summary: "Found the node with one of its two one-time codes"}, func(ctx context.Context, _ access.Actor, in *foundIn) (*userOut, error) {
		user, err := directory.Found(ctx, s.Guard, in.founding())
		out := &userOut{}
		out.Body.User = user
		return out, err
	})
	add(s, access.RuleOpen, huma.Operation{OperationID: "redeem", Method: http.MethodPost, Path: "/api/v1/redeem", Tags: []string{"session"},
		Summary: "Set one's own password with both halves of a one-time link"}, func(ctx context.Context, _ access.Actor, in *redeemIn) (*struct{}, error) {
		return nil, s.Guard.Redeem(ctx, in.Body.Half, in.Body.Other, in.Body.Password, in.address)
	})
	add(s, access.RuleTaken, huma.Operation{OperationID: "password", Method: http.MethodPost, Path: "/api/v1/password", Tags: []string{"session"},
		Summary: "Change one's own password; every session ends"}, func(ctx context.Context, by access.Actor, in *passwordIn) (*struct{}, error) {
		return nil, s.Guard.ChangePassword(ctx, by, in.Body.Old, in.Body.New)
	})
	add(s, access.RuleTaken, huma.Operation{OperationID: "user-invite", Method: http.MethodPost, Path: "/api/v1/users/{user}/invite", Tags: []string{"user"},
		Summary: "Draw one's half of the one-time link of an account"}, func(ctx context.Context, by access.Actor, in *userIn) (*codeOut, error) {
		code, err := s.Guard.Invite(ctx, by, in.User)
		out := &codeOut{}
		out.Body.Code = code
		return out, err
	})
	read(s, "office-list", "/api/v1/offices", "office", "Offices of this node", func(ctx context.Context, by access.Actor, _ *Who) ([]access.Office, error) {
		return directory.Offices(ctx, s.Acts, by)
	})
	read(s, "user-list", "/api/v1/users", "user", "Accounts that one answers for, and one's own", func(ctx context.Context, by access.Actor, _ *Who) ([]directory.Member, error) {
		return directory.Users(ctx, s.Acts, by)
	})
	read(s, "proposal-list", "/api/v1/proposals", "proposal", "Changes that wait for a second person, or were decided", func(ctx context.Context, by access.Actor, in *stateIn) ([]directory.Proposal, error) {
		return directory.Proposals(ctx, s.Acts, by, in.State)
	})
	read(s, "user-sessions", "/api/v1/users/{user}/sessions", "user", "Sessions of an account", func(ctx context.Context, by access.Actor, in *userIn) ([]access.Session, error) {
		return directory.Sessions(ctx, s.Acts, by, in.User)
	})
	read(s, "peer-list", "/api/v1/peers", "peer", "Nodes that this one exchanges with", func(ctx context.Context, by access.Actor, _ *Who) ([]exchange.Peer, error) {
		return directory.Peers(ctx, s.Acts, by)
	})
}

// Introduction is how this node introduces itself to a peer, with what two
// people a side compare.
type Introduction struct {
	Version     int      `json:"version" doc:"Of the wire format that this node speaks"`
	Descriptor  string   `json:"descriptor" doc:"Signed; give it to the other node's people"`
	Fingerprint string   `json:"fingerprint" doc:"SHA-256 of the descriptor, hexadecimal"`
	English     []string `json:"english" doc:"The fingerprint as 16 words"`
	Spanish     []string `json:"spanish" doc:"The same words in Spanish"`
}

// introduce registers the node's own descriptor and the state of its links.
func (s *Server) introduce() {
	own(s, "descriptor", "/api/v1/descriptor", "peer", "This node's descriptor and the words of its fingerprint", func(context.Context, access.Actor, *Who) (Introduction, error) {
		signed := s.Descriptor()
		f := wire.Fingerprint(signed)
		return Introduction{Version: wire.Version, Descriptor: signed, Fingerprint: f.String(), English: f.Words("en"), Spanish: f.Words("es")}, nil
	})
	read(s, "link-list", "/api/v1/links", "peer", "State of the links: queues, receipts, alarms, cosignatures", func(ctx context.Context, by access.Actor, _ *Who) ([]exchange.LinkState, error) {
		return directory.Links(ctx, s.Acts, by)
	})
	read(s, "link-show", "/api/v1/links/{id}", "peer", "The link with one node in full: what waits, what was refused on either side", func(ctx context.Context, by access.Actor, in *idIn) (directory.LinkDetail, error) {
		return directory.Link(ctx, s.Acts, by, in.ID)
	})
	read(s, "link-evidence", "/api/v1/links/{id}/evidence/{about}", "peer", "What an alarm about the other node's journal can be checked with, for oasiss-verify", func(ctx context.Context, by access.Actor, in *evidenceIn) (wire.Histories, error) {
		return directory.Evidence(ctx, s.Acts, by, in.ID, in.About)
	})
}
