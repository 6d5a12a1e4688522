// Package webtest drives a headless Chromium over pages under test: pictures
// to look at, and axe-core for the accessibility rules that a machine can
// check. It is for tests only.
package webtest

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Tags are the rule sets that every page must meet: WCAG 2.2 A and AA.
var Tags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"}

// Browser is one window of Chromium with one tab.
type Browser struct {
	Context context.Context // for chromedp's own actions
	Hands   Hands           // how Fill, Unfold, Click, Press and Submit work it
	axe     string
	bare    bool                     // scripts of pages are off
	keyring webauthn.AuthenticatorID // its authenticator; empty until it has one
	quit    func()                   // once
}

// Violation is one rule that a page breaks, and where.
type Violation struct {
	ID, Help string
	Nodes    []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	}
}

func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.ID, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n    %s\n      %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", " "))
	}
	return b.String()
}

// ErrNoBrowser means that no Chromium is installed.
var ErrNoBrowser = errors.New("chromium is not installed")

// one is the Chromium of this process, started by the first test that needs it:
// starting takes longer than many a story does. Each Browser has cookies, storage
// and authenticators of its own in it, as a window of which no other knows.
var one struct {
	sync.Mutex
	dir string
	*Browser
}

// Start opens a window of Chromium and closes it with the test. Where no Chromium
// is installed the test is skipped; where axe-core is not (make assets), it fails.
// The package's TestMain calls End.
func Start(t *testing.T) *Browser {
	t.Helper()
	axe, err := os.ReadFile(axeFile())
	if err != nil {
		t.Fatalf("axe-core is missing, run make assets: %v", err)
	}
	b, err := window()
	if errors.Is(err, ErrNoBrowser) {
		t.Skip("chromium is not installed: this browser test was not run")
	}
	if err != nil {
		t.Fatal(err)
	}
	b.axe = string(axe)
	t.Cleanup(b.quit)
	return b
}

// window opens a window of the one Chromium.
func window() (*Browser, error) {
	one.Lock()
	defer one.Unlock()
	if one.Browser == nil {
		dir, err := os.MkdirTemp("", "oasiss-chromium-")
		if err != nil {
			return nil, fmt.Errorf("start chromium: %w", err)
		}
		if one.Browser, err = Launch(dir); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		one.dir = dir
	}
	return opened(chromedp.NewContext(one.Context, chromedp.WithNewBrowserContext()))
}

// Tab opens another tab of the same window, which has its cookies and storage.
func (b *Browser) Tab(t *testing.T) *Browser {
	t.Helper()
	tab, err := opened(chromedp.NewContext(b.Context))
	if err != nil {
		t.Fatal(err)
	}
	tab.axe = b.axe
	t.Cleanup(tab.quit)
	return tab
}

// Line cuts the line to every node, or joins it again.
func (b *Browser) Line(t *testing.T, up bool) {
	t.Helper()
	_, err := chromedp.Call(b.Context, network.Enable, network.EnableParams{})
	if err == nil {
		_, err = chromedp.Call(b.Context, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: !up, DownloadThroughput: -1, UploadThroughput: -1}}})
	}
	if err != nil {
		t.Fatalf("the line: %v", err)
	}
}

// End closes the Chromium of this process, if a test needed one.
func End() error {
	one.Lock()
	defer one.Unlock()
	if one.Browser == nil {
		return nil
	}
	one.quit()
	return os.RemoveAll(one.dir)
}

// trusted are the digests of the keys of the certificates that Trust was given.
var trusted []string

// Trust has a Chromium that is opened later take a node's certificate (PEM) for a
// good one. Of any other it overlooks the error, and then keeps nothing of what
// it loads: each page loads its styles, scripts and fonts anew.
func Trust(certificate []byte) error {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return errors.New("certificate of the tests: no PEM")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("certificate of the tests: %w", err)
	}
	key := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	trusted = append(trusted, base64.StdEncoding.EncodeToString(key[:]))
	return nil
}

// Launch opens Chromium with its own folder, without a test around it, and
// without axe. Quit ends it; ErrNoBrowser says that there is none to open.
func Launch(dir string) (*Browser, error) {
	path := find()
	if path == "" {
		return nil, ErrNoBrowser
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("ignore-certificate-errors", true)) // a test node vouches for itself
	if trusted != nil {
		options = append(options, chromedp.Flag("ignore-certificate-errors-spki-list", strings.Join(trusted, ",")))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	return opened(ctx, func() { cancel(); stop() })
}

// opened is a browser of a context; cancel ends what the context is of.
func opened(ctx context.Context, cancel context.CancelFunc) (*Browser, error) {
	ctx, expire := context.WithTimeout(ctx, 40*time.Minute)
	b := &Browser{Context: ctx, quit: sync.OnceFunc(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser, so that its folder can be removed
		expire()
		cancel()
	})}
	err := chromedp.Do(ctx, chromedp.Navigate("about:blank"))
	if err == nil { // a window that nobody looks at shows no focus
		_, err = chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	}
	if err != nil {
		b.quit()
		return nil, fmt.Errorf("start chromium: %w", err)
	}
	return b, nil
}

// Quit closes the browser, or a window of it with all that it kept, before the test ends.
func (b *Browser) Quit() { b.quit() }

// Size sets the window, in CSS pixels.
func (b *Browser) Size(t *testing.T, width, height int) {
	t.Helper()
	if _, err := chromedp.Call(b.Context, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: 1}); err != nil {
		t.Fatalf("size the window: %v", err)
	}
}

// Script turns the scripts of pages on or off; what is open stays as it was until
// it is loaded again.
func (b *Browser) Script(t *testing.T, on bool) {
	t.Helper()
	if _, err := chromedp.Call(b.Context, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		t.Fatalf("scripts: %v", err)
	}
	b.bare = !on
}

// Scripts reports whether pages have theirs.
func (b *Browser) Scripts() bool { return !b.bare }

// Open loads url and waits until it stands.
func (b *Browser) Open(t *testing.T, url string) {
	t.Helper()
	if err := chromedp.Do(b.Context, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
}

// Audit runs axe over the open page, seen from its top: what is just now beneath
// a bar that stays in place is no small target.
func (b *Browser) Audit(t *testing.T) []Violation {
	t.Helper()
	tags, err := json.Marshal(Tags)
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(b.Context, chromedp.Evaluate[chromedp.Void](b.axe+";scrollTo(0, 0);undefined")); err != nil {
		t.Fatalf("load axe: %v", err)
	}
	raw := evaluate[string](t, b, `axe.run(document,{runOnly:{type:"tag",values:`+string(tags)+`},resultTypes:["violations"]}).then(r=>JSON.stringify(r.violations))`)
	var found []Violation
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.Fatalf("read what axe found: %v", err)
	}
	return found
}

// Overflow is how many CSS pixels the open page is wider than its window: 0 is right.
func (b *Browser) Overflow(t *testing.T) int {
	t.Helper()
	return evaluate[int](t, b, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`)
}

// Picture writes the whole open page to file: as WebP, small enough to be
// committed, where the file's name says so, else as PNG.
func (b *Browser) Picture(t *testing.T, file string) {
	t.Helper()
	beyond, shape := true, page.CaptureScreenshotParams{}
	if filepath.Ext(file) == ".webp" {
		quality := int64(25)
		shape = page.CaptureScreenshotParams{Format: "webp", Quality: &quality}
	}
	shape.CaptureBeyondViewport = &beyond
	size := evaluate[[]int64](t, b, `[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight), innerHeight]`)
	if _, err := chromedp.Call(b.Context, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: size[0], Height: size[1], DeviceScaleFactor: 1}); err != nil {
		t.Fatalf("size the window: %v", err)
	}
	defer b.Size(t, int(size[0]), int(size[2]))
	shot, err := chromedp.Call(b.Context, page.CaptureScreenshot, shape)
	if err != nil {
		t.Fatalf("take a picture: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { // #nosec G301 -- pictures of fictional pages
		t.Fatal(err)
	}
	if err := os.WriteFile(file, shot.Data, 0o644); err != nil { // #nosec G306 -- pictures of fictional pages
		t.Fatal(err)
	}
}

// evaluate runs a script in the open page and waits for its promise.
func evaluate[T any](t *testing.T, b *Browser, script string) T {
	t.Helper()
	v, err := Ask[T](b, script)
	if err != nil {
		t.Fatalf("evaluate in chromium: %v", err)
	}
	return v
}

// Ask runs a script in the open page and waits for its promise.
func Ask[T any](b *Browser, script string) (T, error) {
	return chromedp.Run(b.Context, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// find looks for a Chromium under its usual names.
func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// axeFile is where npm puts axe-core, in the module whose test this is.
func axeFile() string {
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	return filepath.Join(dir, "internal", "web", "assets", "node_modules", "axe-core", "axe.min.js")
}

// Print is the open page as PDF, as a person would print it on letter paper.
func (b *Browser) Print(t *testing.T) []byte {
	t.Helper()
	css := true
	out, err := chromedp.Call(b.Context, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &css})
	if err != nil {
		t.Fatalf("print: %v", err)
	}
	return out.Data
}
