package webtest

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator gives the browser an authenticator of its own, without a
// passkey, whose person is always there and always verified. One that it had
// before is taken away.
func (b *Browser) Authenticator(t *testing.T) {
	t.Helper()
	if err := b.authenticator(); err != nil {
		t.Fatalf("give an authenticator: %v", err)
	}
}

func (b *Browser) authenticator() error {
	if b.keyring == "" {
		if _, err := chromedp.Call(b.Context, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
	} else if _, err := chromedp.Call(b.Context, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: b.keyring}); err != nil {
		return err
	}
	made, err := chromedp.Call(b.Context, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	if err == nil {
		b.keyring = made.AuthenticatorID
	}
	return err
}

// addCredential is webauthn.AddCredential with no member that this Chromium
// does not know, of which the library sends some.
var addCredential = cdp.Command[credentialOf, cdp.Empty]{Method: webauthn.CommandAddCredential}

type credentialOf struct {
	Authenticator webauthn.AuthenticatorID `json:"authenticatorId"`
	Credential    map[string]any           `json:"credential"`
}

// Hold gives the browser's authenticator one passkey, and no other.
func (b *Browser) Hold(t *testing.T, party, user string, credential, pkcs8 []byte) {
	t.Helper()
	if err := b.Give(party, user, credential, pkcs8); err != nil {
		t.Fatalf("give a passkey: %v", err)
	}
}

// Give is Hold without a test around it.
func (b *Browser) Give(party, user string, credential, pkcs8 []byte) error {
	if err := b.authenticator(); err != nil {
		return err
	}
	_, err := chromedp.Call(b.Context, addCredential, credentialOf{b.keyring, map[string]any{
		"credentialId": credential, "isResidentCredential": true, "rpId": party, "privateKey": pkcs8, "userHandle": []byte(user), "signCount": -1}})
	return err
}

// Held is the one passkey of the browser's authenticator.
func (b *Browser) Held(t *testing.T) (credential, pkcs8 []byte) {
	t.Helper()
	all, err := chromedp.Call(b.Context, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: b.keyring})
	if err != nil || len(all.Credentials) != 1 {
		t.Fatalf("the browser's passkeys: %+v, %v", all, err)
	}
	return all.Credentials[0].CredentialID, all.Credentials[0].PrivateKey
}
