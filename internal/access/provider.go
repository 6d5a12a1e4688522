package access

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// ProviderBack is the page to which a provider sends people back.
func ProviderBack(id string) string { return "/sign-in/provider/" + id }

func (g *Guard) providerOf(id string) (*provider.Provider, string, error) {
	i := slices.IndexFunc(g.Providers, func(p *provider.Provider) bool { return p.ID == id })
	if i < 0 {
		return nil, "", refusal.NotFound()
	}
	return g.Providers[i], g.Site.Origins[0] + ProviderBack(id), nil
}

// challengeProvider is followed by the provider's id.
const challengeProvider = "provider/"

// BeginProvider begins a sign-in through an agency's identity provider: where
// the person is sent, and a ticket that their browser keeps until they are back.
// Nothing is stored. Refusals: access.notice_required, access.provider_away.
func (g *Guard) BeginProvider(id string, notice bool) (way, ticket string, err error) {
	if !notice {
		return "", "", refusal.New("access.notice_required")
	}
	p, back, err := g.providerOf(id)
	if err != nil {
		return "", "", err
	}
	t := ticketOf{Provider: id, At: g.Now(), State: g.newChallenge(challengeProvider + id), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text()}
	way, err = p.Way(back, t.State, t.Nonce, t.Verifier)
	if errors.Is(err, provider.ErrAway) {
		return "", "", away(p, err)
	}
	return way, g.seal("provider", t), err
}

// away is the refusal for a provider that does not answer.
func away(p *provider.Provider, why error) error {
	return errors.Join(refusal.Unavailable("access.provider_away", "Name", p.Name), why)
}

// ProviderAnswer is what a person comes back with from a provider.
type ProviderAnswer struct {
	ID     string // of the provider
	Ticket string // as their browser kept it
	State  string
	Code   string // empty where the provider refused
	Addr   string
}

// SignInByProvider opens a session by what a provider vouches for: as by a right
// password, a *SecondStep follows where the account has a second factor, unless
// what the provider says of the sign-in counts as one for the person's office.
// Refusals: access.challenge_gone, access.provider_away, access.too_many, and
// access.sign_in_refused for everything else, as for a wrong password.
func (g *Guard) SignInByProvider(ctx context.Context, a ProviderAnswer) (token string, by Actor, err error) {
	p, back, err := g.providerOf(a.ID)
	if err != nil {
		return "", by, err
	}
	t, err := g.unseal("provider", a.Ticket)
	if err != nil || t.Provider != a.ID || t.State == "" || t.State != a.State {
		return "", by, refusal.Conflict("access.challenge_gone")
	}
	try, err := g.try(ctx, journal.NewSeed(g.Now()), a.Addr, func(_ *store.Tx, x *attempt) error {
		x.subject = "provider/" + t.State // one way back: what is limited is the address
		return nil
	})
	if err != nil {
		return "", by, err
	}
	if try.refused != "" {
		return "", by, refusal.TooMany("access.too_many")
	}
	told, err := provider.Told{}, error(provider.ErrRefused)
	if a.Code != "" {
		told, err = p.Answer(ctx, back, a.Code, t.Nonce, t.Verifier)
	}
	if errors.Is(err, provider.ErrAway) {
		return "", by, away(p, err)
	}
	o := opening{door: doorWeb, how: HowProvider, right: err == nil, wrong: FailedProvider, second: true}
	if o.right {
		if err := g.vouched(ctx, &try, told, p, &o); err != nil {
			return "", by, err
		}
	}
	o.also = func(tx *store.Tx) error { return g.spend(tx, challengeProvider+a.ID, t.State) }
	return g.open(ctx, try, o)
}

// vouched finds the account of whom a provider vouches for.
func (g *Guard) vouched(ctx context.Context, a *attempt, told provider.Told, p *provider.Provider, o *opening) error {
	return g.DB.Read(ctx, func(tx *store.Tx) error {
		u, err := bound(tx, told.Issuer, told.Subject, g.Now())
		if errors.Is(err, ErrNoUser) {
			return nil
		}
		if err != nil {
			return err
		}
		a.user = &u
		if p.Counts(told, u.Office) {
			o.how, o.second = HowProviderFactor, false
		}
		return nil
	})
}
