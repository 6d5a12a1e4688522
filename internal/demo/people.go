package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
)

// whole is the file that says that a demo's cases were loaded to the end.
const whole = "loaded"

// forPeople runs the demo that somebody looks at: loaded once, found again by
// the next run, open until ctx ends. One that broke off while loading begins
// anew; to stop it while it loads is no fault.
func forPeople(ctx context.Context, o Options) (err error) {
	w := newWorld(time.Now().UTC().Add(-age).Truncate(time.Hour))
	defer func() { err = errors.Join(err, w.stop()) }()
	if _, missing := os.Stat(filepath.Join(o.Dir, whole)); missing != nil {
		if err := throwAway(o.Dir); err != nil {
			return err
		}
		o.say("cli.demo.loading", map[string]any{"Done": 0, "All": o.Cases})
		if err := w.live(ctx, o); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
		if err := w.keepKeys(ctx, o.Dir); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(o.Dir, whole), nil, 0o600); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	} else {
		w.stand(time.Now().UTC())
		if err := errors.Join(w.foundKeys(o.Dir), w.raise(ctx, o)); err != nil {
			return err
		}
	}
	if err := w.advance(later(w.now, time.Now().UTC())); err != nil {
		return err
	}
	codes, err := w.drawCodes(ctx, o.Dir)
	if err != nil {
		return err
	}
	w.introduce(o, codes)
	if o.Open {
		browse(w.nodes["us"].Site())
		browse(w.nodes["mx"].Site())
	}
	<-ctx.Done()
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (o Options) say(key string, params ...map[string]any) {
	fmt.Fprintln(o.Out, i18n.T(i18n.Lang(o.Lang), key, params...)) //nolint:errcheck // nobody listens any more
}

// introduce prints where the nodes are and a sign-in per role, with a one-time
// code of each.
func (w *World) introduce(o Options, codes map[string]string) {
	o.say("cli.demo.ready")
	for _, n := range nodeNames {
		fmt.Fprintf(o.Out, "\n%s  %s\n", strings.ToUpper(n), w.nodes[n].Site()) //nolint:errcheck // as say
		for _, s := range signIns(n) {
			fmt.Fprintf(o.Out, "  %-32s %s  %s\n", s.Login, codes[n+"/"+s.Login], i18n.T(i18n.Lang(o.Lang), "role."+s.Roles[0])) //nolint:errcheck // as say
		}
	}
	o.say("cli.demo.password", map[string]any{"Password": Password, "File": filepath.Join(o.Dir, visitorCodes)})
	o.say("cli.demo.stop")
}

// signIns are one person for each role of a node, of the first corridor where
// there is a choice.
func signIns(n string) []official {
	out := []official{founders[n][0]}
	out[0].Roles = []string{access.RoleCoordinator}
	first := corridors[0]
	near := []string{first.us, first.usao, first.mx, first.ceav, first.inm}
	people := staff(n)
	for _, role := range staffed {
		has := func(s official) bool { return s.Roles[0] == role }
		i := slices.IndexFunc(people, func(s official) bool { return has(s) && slices.Contains(near, s.Office) })
		if i < 0 {
			i = slices.IndexFunc(people, has)
		}
		if i >= 0 {
			out = append(out, people[i])
		}
	}
	return out
}

// browse opens a page in the person's browser, where there is one.
func browse(url string) {
	open := map[string]string{"darwin": "open", "linux": "xdg-open"}[runtime.GOOS]
	if open == "" || runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return
	}
	if cmd := exec.Command(open, url); cmd.Start() == nil { // #nosec G204 -- the system's own opener
		go cmd.Wait() //nolint:errcheck // the browser is its own master
	}
}
