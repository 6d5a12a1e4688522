package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// picture is a photograph of nothing: a river bank at night, drawn by number.
func picture(n int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 480, 320))
	for y := range 320 {
		for x := range 480 {
			shade := uint8((x*7 + y*13 + x*y%31 + n*17) % 64) // #nosec G115 -- below 64
			c := color.RGBA{shade, shade + 20, shade + 60, 255}
			if bank := 190 + (x*x/900+n*5)%40; y > bank {
				c = color.RGBA{shade + 40, shade + 32, shade / 2, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return b.Bytes(), nil
}

// photographed: a photograph is sent into the case and taken into custody; whoever
// signs for it signs its digest.
func (f *file) photographed(ctx context.Context) error {
	b, err := picture(f.n)
	if err != nil {
		return err
	}
	c, err := f.w.as(ctx, f.from, f.cast().drafts, wire.PurposeProsecution)
	if err != nil {
		return err
	}
	upload, err := f.here(ctx, "file.begin", map[string]any{"case": f.id, "name": fmt.Sprintf("IMG_%04d.png", 1000+f.n), "size": len(b)})
	if err != nil {
		return err
	}
	if err := c.Upload(ctx, upload, bytes.NewReader(b), int64(len(b)), nil); err != nil {
		return fmt.Errorf("demo: bytes of a file: %w", err)
	}
	if f.photo, err = f.here(ctx, "file.add", map[string]any{"upload": upload}); err != nil {
		return err
	}
	words := map[string][2]string{"us": {"Photograph of the landing, taken on arrest", "River bank"}, "mx": {"Fotografía del embarcadero, tomada en la detención", "Ribera del río"}}[f.from]
	_, err = f.here(ctx, "exhibit.collect", map[string]any{"case": f.id, "kind": "photograph", "description": words[0], "when": local(f.w.now.Add(-2 * time.Hour)), "zone": "UTC", "place": words[1],
		"basis": "plain_view", "source": "A", "information": "1", "seal": fmt.Sprintf("F-%d", 100+f.n), "file": f.photo})
	return err
}

// photographSent: the photograph goes to the other country, by the file lane.
func (f *file) photographSent(ctx context.Context) error {
	return f.step(ctx, f.cast().drafts, "referral.send_file", map[string]any{"file": f.photo})
}

// photographThere: it has arrived, and opens for whoever signed for the analysis.
func (f *file) photographThere(ctx context.Context) error {
	c, err := f.w.as(ctx, f.to, f.cast().answers, wire.PurposeProsecution)
	if err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var seen files.View
		err := c.Get(ctx, "files/"+f.photo, &seen)
		if err == nil && !seen.Closed {
			from, derr := c.Download(ctx, f.photo, 0)
			if derr == nil {
				return from.Close()
			}
			err = derr
		}
		if ctx.Err() != nil || time.Now().After(end) {
			return errors.Join(fmt.Errorf("demo: case %d (%s): the photograph did not arrive", f.n, f.plot.name), err, ctx.Err())
		}
	}
}

// Carried is what both stores say of the files of the run.
type Carried struct {
	Sent     int64 `json:"sent"`     // named to the other node
	Bytes    int64 `json:"bytes"`    // of all of them
	Verified int64 `json:"verified"` // every chunk is there, under the digest that was signed for
}

// files counts what a node named to the other, and reads every chunk of it there.
func (c *checker) files(tx *store.Tx, n string) error {
	there := chunk.In(c.nodes[otherNode(n)].Folders.Files())
	out := &c.out.Files
	var broken error
	err := clears(tx, (files.Sent{}).Kind(), n, func(f files.Sent) {
		out.Sent++
		out.Bytes += f.Size
		if err := verified(there, f); err != nil {
			broken = errors.Join(broken, fmt.Errorf("file %s: %w", f.ID, err))
			return
		}
		out.Verified++
	})
	if broken != nil {
		c.fault("%d of %d files are there and whole: %v", out.Verified, out.Sent, broken)
	}
	return err
}

func verified(there chunk.Folder, f files.Sent) error {
	b, err := there.Get(f.ID, f.Manifest, wire.ManifestLen(f.Size), nil)
	if err != nil {
		return err
	}
	list, err := wire.ReadFileManifest(b, f.Size, f.Manifest)
	for i, d := range list {
		_, gerr := there.Get(f.ID, d, wire.ChunkLen(f.Size, int64(i)), nil)
		err = errors.Join(err, gerr)
	}
	return err
}
