package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// packetFigures take a packet that was sent and received out of its node:
// printed, as PDF and page in both languages, and as one file, which is then
// checked with nothing but the two descriptors.
func packetFigures(ctx context.Context, r *run) (err error) {
	us, err := makeNode(ctx, filepath.Join(r.dir, "packet"), "us", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, us.stop()) }()
	mx, err := makeNode(ctx, filepath.Join(r.dir, "packet"), "mx", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mx.stop()) }()
	if err := pair(ctx, us, mx); err != nil {
		return err
	}
	id, err := referOne(ctx, us)
	if err != nil {
		return err
	}
	nodes := map[string]wire.Keys{}
	for _, h := range []*here{us, mx} {
		d, err := wire.ReadDescriptor(h.Descriptor())
		if err != nil {
			return err
		}
		nodes[d.Node] = wire.Keys{{Descriptor: d}}
	}
	var zip []byte
	if err := until(ctx, func() error { // the receipt comes, and a checkpoint that the other node cosigned
		got, err := us.copied(ctx, id, packet.CopyBundle)
		if err != nil {
			return err
		}
		zip = got[0]
		rep, err := wire.CheckBundle(bytes.NewReader(zip), int64(len(zip)), nodes)
		if err == nil && (len(rep.Receipts) == 0 || len(rep.Acts[0].Checkpoint.Cosignatures) == 0) {
			err = errors.New("not yet received and cosigned")
		}
		return err
	}); err != nil {
		return err
	}
	if err := r.repeat("packet.render_ms", "ms", func() (float64, error) {
		began := time.Now()
		got, err := us.copied(ctx, id, packet.CopyPrinted)
		if err == nil && len(got) != 4 {
			err = fmt.Errorf("%d files", len(got))
		}
		return ms(time.Since(began)), err
	}); err != nil {
		return err
	}
	return r.repeat("verify.bundle_ms", "ms", func() (float64, error) {
		began := time.Now()
		_, err := wire.CheckBundle(bytes.NewReader(zip), int64(len(zip)), nodes)
		return ms(time.Since(began)), err
	})
}

// copied takes a copy of the first version of a packet and reads all its files.
func (h *here) copied(ctx context.Context, id, as string) (out [][]byte, err error) {
	by := h.drafter()
	done, err := h.Acts.Do(ctx, by, "", wire.PurposeProsecution, &referral.Export{Referral: id, Version: 1, As: as, Reason: "own_file"})
	if err != nil {
		return nil, err
	}
	list, err := referral.ShowCopy(ctx, h.Acts, by, wire.PurposeProsecution, done.Facts[0])
	for _, f := range list.Files {
		var b bytes.Buffer
		c, err := referral.OpenCopy(ctx, h.Acts, h.Files, by, wire.PurposeProsecution, done.Facts[0], f.Name)
		if err == nil {
			err = c.Write(&b)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, b.Bytes())
	}
	return out, err
}
