package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// Reached is what trying a peer's address found.
type Reached struct {
	Problem string        // code, rendered as link.problem.<code>; empty if the peer answered
	Ahead   time.Duration // its clock minus this one's, to a second; 0 if it did not say
}

// Reach asks a peer for its descriptor, as this node, over a connection of its
// own: whether somebody answers at the address, whether it is the peer whose
// key was compared, and what its clock shows. Nothing is recorded here.
func Reach(ctx context.Context, cert tls.Certificate, d wire.Descriptor) Reached {
	line := dialled{client: dialler(func() *tls.Certificate { return &cert }, d, probe), url: d.URL}
	defer line.close()
	res, err := line.post(ctx, pathDescriptor, nil, nil)
	if err != nil {
		var t *trouble
		if errors.As(err, &t) {
			return Reached{Problem: t.code}
		}
		return Reached{Problem: troubleUnreachable}
	}
	var r Reached
	if theirs, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		r.Ahead = time.Until(theirs).Round(time.Second)
	}
	if res.StatusCode != http.StatusOK {
		r.Problem = "status"
	}
	return r
}
