package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// piece is how much of a file goes in one request, in bytes: what a cut costs
// at most, besides what the node has kept of it.
const piece = 32 << 20

// Upload sends the bytes of a file that the act file.begin has begun, from
// where the node says that it stands, and says after each piece how far it is.
// Called again after any failure it goes on (tus 1.0.0).
func (c *Client) Upload(ctx context.Context, id string, from io.ReadSeeker, size int64, progress func(done int64)) error {
	path := "/api/v1/uploads/" + url.PathEscape(id)
	head, err := c.bytes(ctx, http.MethodHead, path, nil, http.Header{"Tus-Resumable": {"1.0.0"}})
	if err != nil {
		return err
	}
	head.Body.Close() //nolint:errcheck,gosec // it has none
	at, err := offset(head)
	if err != nil {
		return err
	}
	for at < size {
		if _, err := from.Seek(at, io.SeekStart); err != nil {
			return fmt.Errorf("client: read the file: %w", err)
		}
		h := http.Header{"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.FormatInt(at, 10)}, "Content-Type": {"application/offset+octet-stream"}}
		if head.Header.Get("Upload-Length") == "" {
			h.Set("Upload-Length", strconv.FormatInt(size, 10))
			head.Header.Set("Upload-Length", "told")
		}
		res, err := c.bytes(ctx, http.MethodPatch, path, io.LimitReader(from, min(piece, size-at)), h)
		if err != nil {
			return err
		}
		res.Body.Close() //nolint:errcheck,gosec // it has none
		next, err := offset(res)
		if err != nil || next <= at {
			return errors.Join(err, errors.New("client: the node does not take it on"))
		}
		if at = next; progress != nil {
			progress(at)
		}
	}
	return nil
}

func offset(res *http.Response) (int64, error) {
	n, err := strconv.ParseInt(res.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("client: where the upload stands: %w", err)
	}
	return n, nil
}

// Download reads a file's bytes from a place on. The caller closes them.
func (c *Client) Download(ctx context.Context, id string, from int64) (io.ReadCloser, error) {
	h := http.Header{}
	if from > 0 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	res, err := c.bytes(ctx, http.MethodGet, "/api/v1/files/"+url.PathEscape(id)+"/content", nil, h)
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// Copied reads a file of a copy that was taken of a packet, by the name that the
// copy gives it. The caller closes it; an error while it is read says that what
// came is not whole.
func (c *Client) Copied(ctx context.Context, id, name string) (io.ReadCloser, error) {
	res, err := c.bytes(ctx, http.MethodGet, "/api/v1/copies/"+url.PathEscape(id)+"/"+url.PathEscape(name), nil, http.Header{})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// bytes asks what is not JSON; a refusal is read as everywhere.
func (c *Client) bytes(ctx context.Context, method, path string, body io.Reader, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	req.Header = h
	for name, value := range map[string]string{"Authorization": bearer(c.Token), "Accept-Language": c.Lang, "Oasiss-Purpose": c.Purpose} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	asks := *c.HTTP
	asks.Timeout = 0 // as long as it takes: the context ends it
	res, err := asks.Do(req)
	if err != nil {
		return nil, fmt.Errorf("client: the node cannot be reached: %w", err)
	}
	if res.StatusCode < 400 {
		return res, nil
	}
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") { // tus has no problems in JSON
		b, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		code, said, _ := bytes.Cut(bytes.TrimSpace(b), []byte(": "))
		return nil, &Refused{Status: res.StatusCode, Code: string(code), Title: string(said)}
	}
	return nil, answer(res, nil)
}
