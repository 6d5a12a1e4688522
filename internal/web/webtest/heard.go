package webtest

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// tree is accessibility.GetFullAXTree with what is needed of its answer.
var tree = cdp.Command[struct{}, heard]{Method: accessibility.CommandGetFullAXTree}

type heard struct {
	Nodes []struct {
		Ignored bool `json:"ignored"`
		Name    struct {
			Value any `json:"value"`
		} `json:"name"`
	} `json:"nodes"`
}

// Heard is all that the open page says to a screen reader.
func (b *Browser) Heard(t *testing.T) string {
	t.Helper()
	all, err := chromedp.Call(b.Context, tree, struct{}{})
	if err != nil {
		t.Fatalf("the accessibility tree: %v", err)
	}
	var out strings.Builder
	for _, n := range all.Nodes {
		if name, ok := n.Name.Value.(string); ok && !n.Ignored {
			out.WriteString(name + "\n")
		}
	}
	return out.String()
}

// Run runs a script in the open page, waits for its promise and gives its text.
func (b *Browser) Run(t *testing.T, script string) string {
	t.Helper()
	return evaluate[string](t, b, script)
}
