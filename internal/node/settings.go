// Package node puts one node together. It is the only package that knows all
// the others.
package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Settings are what a node is, fixed when it is made.
type Settings struct {
	Node         string `json:"node"`         // id in messages, such as "us"
	Country      string `json:"country"`      // ISO 3166-1 alpha-2
	Installation string `json:"installation"` // name of the world it exchanges in; an exercise has another
	NameEN       string `json:"name_en"`
	NameES       string `json:"name_es"`
	Zone         string `json:"zone"`      // IANA zone shown first
	LinkURL      string `json:"link_url"`  // https address where peers reach the link; empty if it only dials
	Fictional    bool   `json:"fictional"` // every page says that its data are fictional
}

// Folders of a node. Keys stand outside the data, and outside its backup.
type Folders struct {
	Data   string
	Keys   string
	Server string // address of the PostgreSQL database; empty for a file in Data
}

func (f Folders) settings() string { return filepath.Join(f.Data, "node.json") }

// Database is the node's database file, or its server's address.
func (f Folders) Database() string {
	if f.Server != "" {
		return f.Server
	}
	return filepath.Join(f.Data, "oasiss.sqlite")
}

// chunks is where the sealed chunks of files lie. Several processes of one node
// share the folder.
func (f Folders) chunks() chunk.Folder { return chunk.In(f.Files()) }

// Files is the folder of the sealed chunks of files; it can be a mount of its own.
func (f Folders) Files() string { return filepath.Join(f.Data, "files") }

// LoadSettings reads the settings of a node.
func LoadSettings(f Folders) (Settings, error) {
	var s Settings
	b, err := os.ReadFile(f.settings())
	if errors.Is(err, fs.ErrNotExist) {
		return s, refusal.New("node.not_made")
	}
	if err != nil {
		return s, fmt.Errorf("settings: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("settings %s: %w", f.settings(), err)
	}
	return s, nil
}

// Init makes a new node: keys, an empty database, and the two one-time codes
// by which two people of different offices found it. It refuses a folder that
// holds a node already.
func Init(ctx context.Context, f Folders, s Settings, now time.Time) (codes [2]string, err error) {
	data, keys, err := f.Apart()
	if err != nil {
		return codes, err
	}
	if _, err := os.Stat(f.settings()); err == nil || seal.HasNodeKeys(keys) {
		return codes, refusal.Conflict("node.made_already")
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return codes, fmt.Errorf("data folder: %w", err)
	}
	if err := seal.CreateNodeKeys(keys, now); err != nil {
		return codes, err
	}
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return codes, err
	}
	err = db.Write(ctx, func(tx *store.Tx) (err error) {
		codes, err = access.NewFounding(tx, now)
		return err
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return codes, err
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return codes, fmt.Errorf("settings: %w", err)
	}
	return codes, os.WriteFile(f.settings(), b, 0o600)
}

// Apart refuses keys inside the data folder: whoever copies the data must not
// carry away what opens it.
func (f Folders) Apart() (data, keys string, err error) {
	if data, err = filepath.Abs(f.Data); err != nil {
		return "", "", fmt.Errorf("data folder: %w", err)
	}
	if keys, err = filepath.Abs(f.Keys); err != nil {
		return "", "", fmt.Errorf("key folder: %w", err)
	}
	if rel, err := filepath.Rel(data, keys); err == nil && (rel == "." || rel != ".." && !filepath.IsAbs(rel) && len(rel) >= 2 && rel[:2] != "..") {
		return "", "", refusal.New("node.keys_in_data")
	}
	return data, keys, nil
}
