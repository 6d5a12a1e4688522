package raster

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"io"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// What the sandbox is given.
const (
	maxOpen   = 2           // documents at a time
	maxMemory = 4096        // pages of 64 KiB: 256 MiB
	maxTime   = time.Minute // for one page, or to open
	pageWide  = 1654        // pixels of a page, at most: 200 a inch of A4
	pageHigh  = 2339
	unload    = 2 * time.Minute // after which the sandbox is given back unused
)

// sandbox is PDFium, loaded when the first PDF is opened and unloaded when none
// has been open for a while. Few documents are open at a time: what a node spends
// on drawing is bounded whatever is asked of it.
var sandbox struct {
	sync.Mutex
	pool pdfium.Pool
	used int
	idle *time.Timer
}

func enter() (pdfium.Pdfium, error) {
	sandbox.Lock()
	if sandbox.idle != nil {
		sandbox.idle.Stop()
	}
	if sandbox.pool == nil {
		pool, err := webassembly.Init(webassembly.Config{MaxIdle: 1, MaxTotal: maxOpen, Stdout: io.Discard, Stderr: io.Discard, FSConfig: wazero.NewFSConfig(),
			RuntimeConfig: wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
				WithMemoryLimitPages(maxMemory).WithCloseOnContextDone(true)})
		if err != nil {
			sandbox.Unlock()
			return nil, fmt.Errorf("raster: load PDFium: %w", err)
		}
		sandbox.pool = pool
	}
	sandbox.used++
	pool := sandbox.pool
	sandbox.Unlock()
	one, err := pool.GetInstance(maxTime)
	if err != nil {
		leave()
		return nil, fmt.Errorf("%w: %w", ErrTooMuch, err)
	}
	return one, nil
}

func leave() {
	sandbox.Lock()
	defer sandbox.Unlock()
	if sandbox.used--; sandbox.used == 0 {
		sandbox.idle = time.AfterFunc(unload, func() {
			sandbox.Lock()
			defer sandbox.Unlock()
			if sandbox.used == 0 && sandbox.pool != nil {
				sandbox.pool.Close() //nolint:errcheck // nothing is open
				sandbox.pool = nil
			}
		})
	}
}

// pdf is a PDF in the sandbox.
type pdf struct {
	in    pdfium.Pdfium
	doc   references.FPDF_DOCUMENT
	pages int
	dead  bool // it took too long and was ended
}

func openPDF(r io.ReadSeeker, size int64) (Document, error) {
	in, err := enter()
	if err != nil {
		return nil, err
	}
	d := &pdf{in: in}
	err = d.within(func() error {
		opened, err := in.OpenDocument(&requests.OpenDocument{FileReader: r, FileReaderSize: size})
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		d.doc = opened.Document
		count, err := in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.doc})
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		d.pages = count.PageCount
		return nil
	})
	switch {
	case err == nil && d.pages < 1:
		err = ErrBroken
	case err == nil && d.pages > maxPages:
		err = ErrTooMuch
	}
	if err != nil {
		d.Close() //nolint:errcheck // told already
		return nil, err
	}
	return d, nil
}

// within lets the sandbox work for so long, and ends it after that.
func (d *pdf) within(f func() error) error {
	if d.dead {
		return ErrTooMuch
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil { // a trap inside the sandbox
				done <- fmt.Errorf("%w: %v", ErrBroken, p)
			}
		}()
		done <- f()
	}()
	ctx, cancel := context.WithTimeout(context.Background(), maxTime)
	defer cancel()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		d.dead = true
		d.in.Kill() //nolint:errcheck // it is given up
		<-done
		return ErrTooMuch
	}
}

// Pages implements Document.
func (d *pdf) Pages() int { return d.pages }

func (d *pdf) at(n int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: d.doc, Index: n}}
}

// Page implements Document.
func (d *pdf) Page(n int) (out image.Image, err error) {
	if n < 0 || n >= d.pages {
		return nil, ErrBroken
	}
	err = d.within(func() error {
		drawn, err := d.in.RenderPageInPixels(&requests.RenderPageInPixels{Page: d.at(n), Width: pageWide, Height: pageHigh})
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		defer drawn.Cleanup()
		img := drawn.Result.RenderedImage
		page := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
		draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(page, page.Bounds(), img, img.Bounds().Min, draw.Over)
		out = page
		return nil
	})
	return out, err
}

// Text implements Document.
func (d *pdf) Text(n int) (text string, err error) {
	err = d.within(func() error {
		got, err := d.in.GetPageText(&requests.GetPageText{Page: d.at(n)})
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		text = got.Text
		return nil
	})
	return text, err
}

// Close implements Document.
func (d *pdf) Close() error {
	defer leave()
	if d.dead {
		return nil
	}
	return d.in.Close()
}
