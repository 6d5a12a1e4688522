package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// tamper speaks wire to the other process with this node's keys: what it
// recorded last comes once more in a frame made anew, then with one byte of the
// sealed entries changed. Neither may be recorded; the checker looks.
func (t *forgeries) tamper(ctx context.Context, n *node.Node, now time.Time) error {
	spec, to, err := again(ctx, n, t.to, now)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it never sent anything of a case
	}
	if err != nil {
		return err
	}
	seal, err := to.Seal()
	if err != nil {
		return fmt.Errorf("repeated frame: %w", err)
	}
	f, err := wire.BuildFrame(spec, n.Keys.Sign, seal)
	if err != nil {
		return fmt.Errorf("repeated frame: %w", err)
	}
	altered := bytes.Clone(f.Bytes())
	altered[len(altered)-1] ^= 1
	t.repeated = append(t.repeated, f.Digest())
	t.altered = append(t.altered, sha256.Sum256(altered))
	for _, b := range [][]byte{f.Bytes(), altered} {
		if err := post(ctx, n, to.URL, b); err != nil {
			return err
		}
	}
	return nil
}

// again gives what the last frame of the case lane held.
func again(ctx context.Context, n *node.Node, peer string, now time.Time) (spec wire.FrameSpec, to wire.Descriptor, err error) {
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		if to, err = exchange.Descriptor(tx, peer); err != nil {
			return err
		}
		own, err := wire.ReadDescriptor(n.Descriptor())
		if err != nil {
			return err
		}
		var fact int64
		if err := tx.QueryRow(`SELECT fact FROM receipt_taken WHERE peer = $1 AND lane = $2 ORDER BY last DESC LIMIT 1`, peer, wire.LaneCase).Scan(&fact); err != nil {
			return fmt.Errorf("last receipt: %w", err)
		}
		_, m, err := journal.LoadSeq(tx, fact)
		if err != nil {
			return err
		}
		var taken exchange.ReceiptTaken
		if err := json.Unmarshal(m.Act.Clear, &taken); err != nil {
			return fmt.Errorf("last receipt: %w", err)
		}
		h, err := wire.ReadHeader(taken.Header, own.Keys())
		if err != nil {
			return err
		}
		spec = wire.FrameSpec{From: h.From, To: h.To, Lane: h.Lane, Epoch: h.Epoch, First: h.First, Prev: h.Prev, Created: now}
		return store.Each(tx, func(rows *sql.Rows) error {
			var raw []byte
			err := rows.Scan(&raw)
			spec.Entries = append(spec.Entries, wire.Entry{Type: wire.EntryMessage, Body: raw})
			return err
		}, `SELECT b.bytes FROM outbox o JOIN body b ON b.seq = o.fact WHERE o.peer = $1 AND o.lane = $2 AND o.epoch = $3 AND o.seq BETWEEN $4 AND $5 ORDER BY o.seq`,
			peer, h.Lane, h.Epoch, h.First, h.Last)
	})
	return spec, to, err
}

// post sends a frame; what the other node made of it stands in its store.
func post(ctx context.Context, n *node.Node, url string, frame []byte) error {
	tr := &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{n.Keys.TLS}, InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}} // #nosec G402 -- an attacker does not ask who is there
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/exchange/v1/frame", bytes.NewReader(frame))
	if err != nil {
		return fmt.Errorf("post a frame: %w", err)
	}
	res, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return fmt.Errorf("post a frame: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // nothing of it is used
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
