package access

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Registration is what an authenticator answered when it was asked for a new
// passkey.
type Registration struct {
	Name        string `json:"name"`        // what its person calls it
	Software    bool   `json:"software"`    // its key is kept in a file by a program
	ClientData  []byte `json:"client_data"` // clientDataJSON
	Attestation []byte `json:"attestation"` // attestationObject
}

// NewPasskey is what a page or a program needs to ask for a new passkey.
type NewPasskey struct {
	Asked
	User    string   `json:"user"`    // account id: what the passkey gives back at sign-in
	Name    string   `json:"name"`    // as the authenticator shows the account
	Exclude []string `json:"exclude"` // passkeys that the account has already
}

// passkeyAlgs are the algorithms asked for, best first.
var passkeyAlgs = []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgES256, webauthncose.AlgEdDSA}

// mayBind refuses to bind an authenticator in a session by password alone
// where the account has a second factor (R06): the password alone is not enough
// to put another in its place.
func (g *Guard) mayBind(tx *store.Tx, by Actor) (User, error) {
	u, err := LoadUser(tx, by.User)
	if err != nil {
		return u, err
	}
	if by.Level >= 2 {
		return u, nil
	}
	has, err := g.hasFactor(tx, u)
	if err == nil && has {
		err = refusal.Forbidden("access.second_factor_needed")
	}
	return u, err
}

// AskPasskey draws a challenge for a new passkey of the person signed in.
func (g *Guard) AskPasskey(ctx context.Context, by Actor) (NewPasskey, error) {
	out := NewPasskey{Asked: g.asked(g.newChallenge(challengeRegister + by.Session)), User: by.User, Exclude: []string{}}
	err := g.DB.Read(ctx, func(tx *store.Tx) error {
		u, err := g.mayBind(tx, by)
		if err != nil {
			return err
		}
		out.Name = u.Login
		held, err := passkeysOf(tx, u, g.Now())
		for _, p := range held {
			out.Exclude = append(out.Exclude, p.ID)
		}
		return err
	})
	return out, err
}

// AddPasskey binds a new passkey to the account of the person signed in.
// Refusals: access.passkey_refused, access.challenge_gone, access.passkey_name,
// access.passkey_known, access.passkeys_many, access.second_factor_needed.
func (g *Guard) AddPasskey(ctx context.Context, by Actor, r Registration) (OwnPasskey, error) {
	r.Name = strings.TrimSpace(r.Name)
	if n := utf8.RuneCountInString(r.Name); n == 0 || n > 60 {
		return OwnPasskey{}, refusal.New("access.passkey_name", "field", "name")
	}
	p, challenge, err := g.registered(r)
	if err != nil {
		return OwnPasskey{}, err
	}
	p.User, p.Name, p.Held = by.User, r.Name, wire.HeldDevice
	if r.Software {
		p.Held = wire.HeldSoftware
	}
	seed := journal.NewSeed(g.Now())
	p.Since = seed.Now.UTC().Truncate(time.Microsecond)
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		u, err := g.mayBind(tx, by)
		if err != nil {
			return err
		}
		held, err := passkeysOf(tx, u, g.Now())
		if err != nil {
			return err
		}
		if len(held) >= PasskeysMax {
			return refusal.Conflict("access.passkeys_many", "Max", PasskeysMax)
		}
		var known int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM passkey WHERE id = $1`, p.ID).Scan(&known); err != nil {
			return fmt.Errorf("passkey: %w", err)
		}
		if known > 0 {
			return refusal.Conflict("access.passkey_known")
		}
		if err := g.spend(tx, challengeRegister+by.Session, challenge); err != nil {
			return err
		}
		return g.Record(tx, seed, &by, &PasskeyRegistered{Passkey: p})
	})
	return OwnPasskey{ID: p.ID, Name: p.Name, Held: p.Held, Since: p.Since}, err
}

// registered reads and verifies what the authenticator answered: for this node,
// the person present and verified, a key of an accepted algorithm. What maker
// attests of the authenticator is not asked for.
func (g *Guard) registered(r Registration) (p Passkey, challenge string, err error) {
	refused := refusal.New("access.passkey_refused")
	var client protocol.CollectedClientData
	var object protocol.AttestationObject
	if json.Unmarshal(r.ClientData, &client) != nil {
		return p, "", refused
	}
	answer := protocol.AuthenticatorAttestationResponse{AttestationObject: r.Attestation}
	answer.ClientDataJSON = r.ClientData
	parsed, err := answer.Parse()
	if err != nil {
		return p, "", refused
	}
	object = parsed.AttestationObject
	id := object.AuthData.AttData.CredentialID
	made := protocol.ParsedCredentialCreationData{Response: *parsed}
	made.RawID, made.Raw.AttestationResponse = id, answer
	var algs []protocol.CredentialParameter
	for _, a := range passkeyAlgs {
		algs = append(algs, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: a})
	}
	if _, err := made.Verify(client.Challenge, g.Site.RelyingParty, g.Site.Origins, nil, nil, protocol.TopOriginExplicitVerificationMode, false,
		true, true, nil, algs, protocol.AttestationPolicy{}, protocol.SignaturePolicy{}); err != nil || len(id) == 0 {
		return p, "", refused
	}
	p = Passkey{ID: base64.RawURLEncoding.EncodeToString(id)}
	if p.Alg, p.Public, err = cosePublic(object.AuthData.AttData.CredentialPublicKey); err != nil {
		return p, "", refused
	}
	return p, client.Challenge, nil
}

// cosePublic turns a COSE key into the form that an enrolment has.
func cosePublic(b []byte) (alg string, public []byte, err error) {
	key, err := webauthncose.ParsePublicKey(b)
	if err != nil {
		return "", nil, err
	}
	switch k := key.(type) {
	case webauthncose.EC2PublicKeyData:
		alg, public = wire.AlgES256, bytes.Join([][]byte{{4}, k.XCoord, k.YCoord}, nil)
	case webauthncose.OKPPublicKeyData:
		alg, public = wire.AlgEdDSA, k.XCoord
	}
	_, err = wire.PasskeyPublic(alg, public)
	return alg, public, err
}

// RemovePasskey takes one's own passkey out of use, at once. access.not_found
// for one that is not one's own; a session by password alone may not.
func (g *Guard) RemovePasskey(ctx context.Context, by Actor, id string) error {
	seed := journal.NewSeed(g.Now())
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		u, err := g.mayBind(tx, by)
		if err != nil {
			return err
		}
		p, err := store.Doc[Passkey](tx, `SELECT doc FROM passkey WHERE id = $1 AND user_id = $2`, id, u.ID)
		if err != nil {
			return none(err, "access.not_found")
		}
		return g.Record(tx, seed, &by, &PasskeyRemoved{User: u.ID, Passkey: p.ID})
	})
}
