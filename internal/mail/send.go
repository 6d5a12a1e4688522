package mail

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/store"
)

// Sender takes the queue to the mail server. A letter is marked as taken after
// the server has said so: whatever ends the process between the two has it sent
// once more, by the same Message-ID, and nothing is ever lost.
type Sender struct {
	Acts   *act.Acts
	Server *Server
	Log    *slog.Logger

	woken chan struct{}
}

// NewSender makes a sender.
func NewSender(a *act.Acts, s *Server, log *slog.Logger) *Sender {
	return &Sender{Acts: a, Server: s, Log: log, woken: make(chan struct{}, 1)}
}

// Wake has the sender look at the queue now.
func (s *Sender) Wake() {
	select {
	case s.woken <- struct{}{}:
	default: // one look finds every letter
	}
}

// looksEvery is how often the queue is looked at without being woken.
const looksEvery = 15 * time.Second

// Run sends until ctx ends. One process of a node runs it at a time.
func (s *Sender) Run(ctx context.Context) {
	t := time.NewTicker(looksEvery)
	defer t.Stop()
	for {
		for {
			more, err := s.Once(ctx)
			if err != nil && ctx.Err() == nil {
				s.Log.Warn("letters wait: the mail server did not take them", "error", err)
			}
			if !more || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-s.woken:
		}
	}
}

// post is a letter with where it goes.
type post struct {
	Letter
	to   string
	lang i18n.Lang
	void bool // its person wants none any more, or may not sign in
}

// Once takes what is due to the server, and reports whether more may be due.
// Where the server cannot be reached or breaks off, all that is due waits for a
// pause that grows; an address that it refuses waits alone.
func (s *Sender) Once(ctx context.Context) (more bool, err error) {
	posts, err := s.due(ctx)
	if err != nil || len(posts) == 0 {
		return false, err
	}
	l, err := s.Server.dial(ctx)
	if err != nil {
		return false, errors.Join(err, s.put(ctx, func(tx *store.Tx) error { return s.postpone(tx, posts) }))
	}
	defer l.Close() //nolint:errcheck // what was taken was said before
	for i, p := range posts {
		if err := s.one(ctx, l, p); err != nil {
			return false, errors.Join(err, s.put(ctx, func(tx *store.Tx) error { return s.postpone(tx, posts[i:]) }))
		}
	}
	_ = l.Quit() // politeness
	return len(posts) == atOnce, nil
}

// one hands over one letter and marks it.
func (s *Sender) one(ctx context.Context, l *line, p post) error {
	if p.void {
		return s.put(ctx, func(tx *store.Tx) error { return taken(tx, p.Number) })
	}
	err := l.give(p.to, p.written(s.Server.From, p.to, p.lang))
	if errors.Is(err, errRefused) {
		return s.put(ctx, func(tx *store.Tx) error { return later(tx, p.Letter, true, s.Acts.Now()) })
	}
	if err != nil {
		return err
	}
	return s.put(ctx, func(tx *store.Tx) error { return taken(tx, p.Number) })
}

func (s *Sender) postpone(tx *store.Tx, posts []post) error {
	for _, p := range posts {
		if err := later(tx, p.Letter, false, s.Acts.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sender) put(ctx context.Context, f func(*store.Tx) error) error {
	return s.Acts.DB.Write(ctx, f)
}

// due reads what is to be tried now, with where it goes and in which language.
func (s *Sender) due(ctx context.Context) (out []post, err error) {
	now := s.Acts.Now()
	err = s.Acts.DB.Read(ctx, func(tx *store.Tx) error {
		out = nil
		all, err := due(tx, now)
		if err != nil {
			return err
		}
		for _, l := range all {
			p, err := addressed(tx, l, now)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// addressed finds where a letter goes now: the address may be another than when
// it was queued.
func addressed(tx *store.Tx, l Letter, now time.Time) (post, error) {
	p := post{Letter: l}
	c, err := choiceOf(tx, l.user)
	if err != nil {
		return p, err
	}
	u, err := access.LoadUser(tx, l.user)
	if err != nil && !errors.Is(err, access.ErrNoUser) {
		return p, err
	}
	look, err := access.LoadLook(tx, l.user)
	if err != nil {
		return p, err
	}
	p.to, p.lang, p.void = c.Address, i18n.Lang(u.Lang), !slices.Contains(c.Events, l.Event) || !u.Usable(now)
	if chosen := i18n.Lang(look.Lang); chosen.Known() {
		p.lang = chosen
	}
	return p, nil
}
