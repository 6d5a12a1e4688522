package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// The committed pages of settings are what the program says of itself.
func TestTheConfigurationReferenceIsCurrent(t *testing.T) {
	for l, name := range map[i18n.Lang]string{i18n.English: "configuration.md", i18n.Spanish: "configuracion.md"} {
		_, parser, err := commandLine(l, nil, io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := reference(l, parser.Model); got != string(committed) {
			t.Errorf("docs/%s is not what oasiss reference prints; write it with make reference", name)
		}
	}
}

// parsed gives serve as a call, an environment and a file set it.
func parsed(t *testing.T, file string, args ...string) serveCmd {
	t.Helper()
	args = append([]string{"serve", "--config", file}, args...)
	cli, parser, err := commandLineFor(args, i18n.English, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return cli.Serve
}

func TestTheCallGoesBeforeTheEnvironmentAndThatBeforeTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "oasiss.yaml")
	err := os.WriteFile(file, []byte("listen: 127.0.0.1:1111\nlink: 127.0.0.1:2222\nhost: [node.example, localhost]\nalarm-backup: 48h\nbackup-keep: 7\ndata: from-file\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("OASISS_LINK", "127.0.0.1:3333")
	c := parsed(t, file, "--listen", "127.0.0.1:4444")
	if c.Listen != "127.0.0.1:4444" || c.Link != "127.0.0.1:3333" || c.Data != "from-file" || c.Keys != "keys" {
		t.Errorf("%+v", c)
	}
	if strings.Join(c.Hosts, " ") != "node.example localhost" || c.limits.Backup != 48*time.Hour || c.BackupKeep != 7 || c.limits.Queued != time.Hour {
		t.Errorf("%+v", c)
	}
}

func TestASettingThatIsNoneIsRefused(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"no_setting": "lisen: x\n", "not_settings": "- a\n- b\n", "no_file": ""} {
		file := filepath.Join(dir, name)
		if text != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out, errOut bytes.Buffer
		if code := run(context.Background(), []string{"doctor", "--json", "--config", file}, nil, &out, &errOut); code != exitUsage || !strings.Contains(errOut.String(), `"cli.usage.`+name+`"`) {
			t.Errorf("%s: exit code %d, %s", name, code, errOut.String())
		}
	}
}
