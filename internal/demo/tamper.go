package demo

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
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
// sealed entries changed. Neither may be recorded.
func tamper(ctx context.Context, n *node.Node, peer string, now time.Time) error {
	spec, to, err := again(ctx, n, peer, now)
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
	for _, b := range [][]byte{f.Bytes(), altered} {
		status, err := post(ctx, n, to.URL, b)
		if err != nil {
			return err
		}
		if status == http.StatusOK {
			return fmt.Errorf("demo: %s took a frame that was repeated or altered", peer)
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
		own, err := wire.ReadDescriptor(n.Descriptor)
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

func post(ctx context.Context, n *node.Node, url string, frame []byte) (status int, err error) {
	tr := &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{n.Keys.TLS}, InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}} //nolint:gosec // an attacker does not ask who is there
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/exchange/v1/frame", bytes.NewReader(frame))
	if err != nil {
		return 0, fmt.Errorf("post a frame: %w", err)
	}
	res, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return 0, fmt.Errorf("post a frame: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // only its status is read
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
