package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/wire"
)

// bundles takes the newest packet that was sent of the first case of every plot
// as one file, and checks each without a node, with nothing but the descriptors.
func (w *World) bundles(ctx context.Context) error {
	nodes, err := w.descriptors(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, f := range w.files {
		if f.referral == "" || seen[f.plot.name] {
			continue
		}
		taken, err := f.bundle(ctx, nodes)
		if err != nil {
			return fmt.Errorf("bundle of %s: %w", f.plot.name, err)
		}
		if taken {
			seen[f.plot.name] = true
			w.deeds.bundles++
		}
	}
	return nil
}

// descriptors are both nodes', as the other side holds them.
func (w *World) descriptors(ctx context.Context) (map[string]wire.Keys, error) {
	out := map[string]wire.Keys{}
	for _, n := range nodeNames {
		c, err := w.as(ctx, n, founders[n][0].Login, wire.PurposeAdministration)
		if err != nil {
			return nil, err
		}
		var i struct {
			Descriptor string `json:"descriptor"`
		}
		if err := c.Get(ctx, "descriptor", &i); err != nil {
			return nil, err
		}
		d, err := wire.ReadDescriptor(i.Descriptor)
		if err != nil {
			return nil, fmt.Errorf("descriptor of %s: %w", n, err)
		}
		out[n] = wire.Keys{{Descriptor: d}}
	}
	return out, nil
}

// bundle takes and checks a case's packet; false while nothing of it was sent.
func (f *file) bundle(ctx context.Context, nodes map[string]wire.Keys) (bool, error) {
	c, err := f.w.as(ctx, f.from, f.cast().drafts, wire.PurposeProsecution)
	if err != nil {
		return false, err
	}
	var shown struct {
		Versions []struct {
			N    int       `json:"n"`
			Sent time.Time `json:"sent"`
		} `json:"versions"`
	}
	if err := c.Get(ctx, "referrals/"+f.referral, &shown); err != nil {
		return false, err
	}
	n := 0
	for _, v := range shown.Versions {
		if !v.Sent.IsZero() {
			n = v.N
		}
	}
	if n == 0 {
		return false, nil
	}
	zip, err := copied(ctx, c, f.referral, n)
	if err != nil {
		return false, err
	}
	r, err := wire.CheckBundle(bytes.NewReader(zip), int64(len(zip)), nodes)
	if err == nil && len(r.Acts[len(r.Acts)-1].Checkpoint.Cosignatures) == 0 {
		err = errors.New("the checkpoint is not cosigned")
	}
	return true, err
}

// copied takes a copy of a version out of its node as one file, for its agency's
// own file, and fetches it.
func copied(ctx context.Context, c *client.Client, referral string, n int) ([]byte, error) {
	done, err := c.Take(ctx, "referral.export", "", map[string]any{"referral": referral, "version": n, "as": "bundle", "reason": "own_file"})
	if err != nil {
		return nil, err
	}
	var got struct {
		Files []struct {
			Name string `json:"name"`
		} `json:"files"`
	}
	if err := c.Get(ctx, "copies/"+done.Facts[0], &got); err != nil {
		return nil, err
	}
	if len(got.Files) != 1 {
		return nil, fmt.Errorf("a bundle of %d files", len(got.Files))
	}
	zip, err := c.Copied(ctx, done.Facts[0], got.Files[0].Name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(zip)
	return b, errors.Join(err, zip.Close())
}
