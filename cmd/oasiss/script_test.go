package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/wire"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"oasiss": main}) }

// TestStories runs the stories of test/script against the real program: nodes
// as processes of their own, over TLS, on ports of the moment.
func TestStories(t *testing.T) {
	dir, err := filepath.Abs("../../test/script") // a call goes to its story's folder
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           dir,
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("OASISS_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("OASISS_LANG", "en")
			env.Values[running{}] = map[string]*exec.Cmd{}
			return os.WriteFile(filepath.Join(env.WorkDir, "password"), []byte("seven herons over the bridge\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"port": port, "serve": serveNode, "halt": stopNode, "get": get, "until": until, "call": call, "exits": exits, "open": openNode, "silent": silent,
			"proposed": proposed, "fetch": fetch, "proves": proves, "absent": absent, "figures": figures, "cosigned": cosigned, "archived": archived,
		},
	})
}

// running is the key of a story's nodes.
type running struct{}

// port NAME… puts free ports into variables.
func port(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		address, err := quietport.Address()
		ts.Check(err)
		_, number, err := net.SplitHostPort(address)
		ts.Check(err)
		ts.Setenv(name, number)
	}
}

// serveNode (serve NODE [LINKPORT]) runs the node of the folders NODE and NODE.keys
// and puts its address into $NODE; its log goes to NODE.log.
func serveNode(ts *testscript.TestScript, _ bool, args []string) {
	name := args[0]
	port(ts, false, []string{"METRICS_" + name})
	call := []string{"serve", "--data", ts.MkAbs(name), "--keys", ts.MkAbs(name + ".keys"), "--listen", "127.0.0.1:0",
		"--metrics", "127.0.0.1:" + ts.Getenv("METRICS_"+name)}
	if len(args) > 1 {
		call = append(call, "--link", "127.0.0.1:"+args[1])
	}
	log, err := os.OpenFile(ts.MkAbs(name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	cmd := exec.Command("oasiss", call...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "OASISS_HOME="+ts.Getenv("OASISS_HOME"), "OASISS_LANG="+ts.Getenv("OASISS_LANG"))
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	nodes := ts.Value(running{}).(map[string]*exec.Cmd)
	nodes[name] = cmd
	ts.Defer(func() {
		if nodes[name] == cmd {
			stopNode(ts, false, []string{name})
		}
		log.Close() //nolint:errcheck // read by path
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		ts.Fatalf("%s did not come up: %v\n%s", name, err, said)
	}
	ts.Setenv(name, strings.TrimSpace(line))
	ts.Setenv("CA_"+name, ts.MkAbs(filepath.Join(name, "web-ca.pem")))
}

// stopNode (halt NODE) ends a node as an administrator does, and waits for it.
func stopNode(ts *testscript.TestScript, _ bool, args []string) {
	nodes := ts.Value(running{}).(map[string]*exec.Cmd)
	cmd := nodes[args[0]]
	if cmd == nil {
		return
	}
	delete(nodes, args[0])
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		ts.Fatalf("stop %s: %v", args[0], err)
	}
	if err := cmd.Wait(); err != nil {
		ts.Fatalf("%s did not stop cleanly: %v", args[0], err)
	}
}

// get NAME PATH puts a value of the JSON last printed into a variable:
// "object", "0.id", "people.1.plant"; a list of words is joined.
func get(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], at(ts, ts.ReadFile("stdout"), args[1]))
}

func at(ts *testscript.TestScript, text, path string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		ts.Fatalf("not JSON: %v\n%s", err, text)
	}
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				ts.Fatalf("no %s in %s", path, text)
			}
			v = x[i]
		default:
			ts.Fatalf("no %s in %s", path, text)
		}
	}
	switch x := v.(type) {
	case nil:
		ts.Fatalf("no %s in %s", path, text)
	case []any: // words
		words := make([]string, len(x))
		for i := range x {
			words[i] = scalar(x[i])
		}
		return strings.Join(words, " ")
	}
	return scalar(v)
}

// until PATTERN CALL… repeats a call until what it prints matches, for what
// another node sends; the last answer stays.
func until(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		out, errOut, code := called(ts, args[2:]...)
		if code == exitOK && want.MatchString(out) {
			show(ts, out, errOut)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q did not come: exit code %d\n%s%s", args[0], code, out, errOut)
		}
	}
}

// exits CODE CALL… makes a call that must end with this exit code; exits CODE exec
// CALL… as a process of its own.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if args[1] == "exec" {
		err, code := ts.Exec(args[2], args[3:]...), exitOK
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
			code = failed.ExitCode()
		} else {
			ts.Check(err)
		}
		if strconv.Itoa(code) != args[0] {
			ts.Fatalf("exit code %d\n%s%s", code, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		}
		return
	}
	out, errOut, code := called(ts, args[2:]...)
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d\n%s%s", code, out, errOut)
	}
	show(ts, out, errOut)
}

// call oasiss… makes a call that must succeed.
func call(ts *testscript.TestScript, _ bool, args []string) {
	out, errOut, code := called(ts, args[1:]...)
	if code != exitOK {
		ts.Fatalf("exit code %d\n%s%s", code, out, errOut)
	}
	show(ts, out, errOut)
}

// show puts what a call printed where the story looks for it.
func show(ts *testscript.TestScript, out, errOut string) {
	fmt.Fprint(ts.Stdout(), out)
	fmt.Fprint(ts.Stderr(), errOut)
}

// calling is held by the one call that is made in this process, for folder and
// environment are the whole process's.
var calling sync.Mutex

// called makes a call as the program does, in this process: to start the program
// takes ten times as long as most calls. The nodes, and calls by exec, are
// processes of their own: what founds a node, reads from the terminal, or works
// on a stopped node's folder.
func called(ts *testscript.TestScript, args ...string) (out, errOut string, code int) {
	calling.Lock()
	defer calling.Unlock()
	for _, name := range []string{"OASISS_HOME", "OASISS_LANG", "OASISS_PASSWORD_FILE", "OASISS_PURPOSE"} {
		if v := ts.Getenv(name); v != "" {
			ts.Check(os.Setenv(name, v))
		} else {
			ts.Check(os.Unsetenv(name))
		}
	}
	before, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	defer os.Chdir(before) //nolint:errcheck // it was there
	var o, e strings.Builder
	code = run(context.Background(), args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

// oasiss makes a call that must succeed and gives what it printed.
func oasiss(ts *testscript.TestScript, args ...string) string {
	out, errOut, code := called(ts, args...)
	if code != exitOK {
		ts.Fatalf("oasiss %s: exit code %d\n%s", strings.Join(args, " "), code, errOut)
	}
	return out
}

// proposed FIRST SECOND VERB… has one person propose a change and another
// approve it; $object is what it made.
func proposed(ts *testscript.TestScript, _ bool, args []string) {
	id := at(ts, oasiss(ts, append([]string{"--json", "--as", args[0]}, args[2:]...)...), "object")
	ts.Setenv("object", at(ts, oasiss(ts, "--json", "--as", args[1], "proposal", "approve", id), "object"))
}

// official is an account of the stories: fictional, as everybody in them.
type official struct{ login, name, office, role string }

// world are the offices and officials of the stories' two nodes; the first two
// of each found it.
var world = map[string]struct {
	settings []string
	offices  map[string][3]string // id → agency, name, zone
	people   []official
}{
	"us": {
		[]string{"--country", "US", "--name-en", "United States", "--name-es", "Estados Unidos", "--zone", "America/Chicago"},
		map[string][3]string{"cbp-programme": {"cbp", "CBP programme", "America/Chicago"}, "usao-sdtx": {"usao", "USAO Southern Texas", "America/Chicago"},
			"usbp-rgv": {"usbp", "Rio Grande Valley", "America/Chicago"}},
		[]official{{"whitfield", "Avery Whitfield", "cbp-programme", ""}, {"okafor", "Miriam Okafor", "usao-sdtx", ""},
			{"kestrelle", "Dana Kestrelle", "usbp-rgv", "prosecutions"}, {"lockridge", "Marlow Lockridge", "usbp-rgv", "supervisor"},
			{"ravenel", "Sable Ravenel", "usbp-rgv", "adviser"}, {"northcutt", "Ellery Northcutt", "usao-sdtx", "us_attorney"},
			{"garnick", "Idris Garnick", "cbp-programme", "auditor"}},
	},
	"mx": {
		[]string{"--country", "MX", "--name-en", "Mexico", "--name-es", "México", "--zone", "America/Mexico_City"},
		map[string][3]string{"fgr-programa": {"fgr", "FGR coordinación", "America/Mexico_City"}, "sre-programa": {"sre", "SRE coordinación", "America/Mexico_City"},
			"fgr-tamps": {"fgr", "FGR Tamaulipas", "America/Matamoros"}},
		[]official{{"ibarrola", "Rebeca Ibarrola Quiñónez", "fgr-programa", ""}, {"cantoral", "Teodoro Cantoral Ruelas", "sre-programa", ""},
			{"escamillar", "Graciana Escamillar", "fgr-tamps", "mp"},
			{"frondosa", "Onésimo Frondosa", "fgr-tamps", "mp"}},
	},
}

// openNode (open NODE [LINKPORT]) makes a node, founds it by its two people, opens
// the offices and accounts of its world and signs everybody in, as NODE.LOGIN.
func openNode(ts *testscript.TestScript, _ bool, args []string) {
	name, w := args[0], world[args[0]]
	call := append([]string{"init", "--json", "--data", ts.MkAbs(name), "--keys", ts.MkAbs(name + ".keys"), "--node", name, "--installation", "stories.example"}, w.settings...)
	if len(args) > 1 {
		call = append(call, "--link-url", "https://127.0.0.1:"+args[1])
	}
	codes := oasiss(ts, call...)
	serveNode(ts, false, args)
	for i, p := range w.people[:2] {
		file := ts.MkAbs("code")
		ts.Check(os.WriteFile(file, []byte(at(ts, codes, fmt.Sprintf("founding.%d", i))), 0o600))
		o := w.offices[p.office]
		oasiss(ts, "found", ts.Getenv(name), "--ca", ts.Getenv("CA_"+name), "--code-file", file, "--password-file", ts.MkAbs("password"), "--login", p.login, "--name", p.name,
			"--badge", name+p.login, "--office", p.office, "--agency", o[0], "--office-name-en", o[1], "--office-name-es", o[1], "--zone", o[2])
		signIn(ts, name, p.login)
	}
	first, second := name+"."+w.people[0].login, name+"."+w.people[1].login
	for id, o := range w.offices {
		if id != w.people[0].office && id != w.people[1].office {
			proposed(ts, false, []string{first, second, "office", "create", id, "--agency", o[0], "--name-en", o[1], "--name-es", o[1], "--zone", o[2], "--kind", "case"})
		}
	}
	for _, p := range w.people[2:] {
		proposed(ts, false, []string{first, second, "user", "create", "--login", p.login, "--name", p.name, "--office", p.office, "--roles", p.role, "--badge", name + p.login, "--content-lang", "en"})
		invite(ts, name, first, second, ts.Getenv("object"))
		signIn(ts, name, p.login)
	}
}

// invite has both people draw their halves, and the third set a password.
func invite(ts *testscript.TestScript, node, first, second, user string) {
	halves := []string{ts.MkAbs("half"), ts.MkAbs("other")}
	for i, as := range []string{first, second} {
		code := at(ts, oasiss(ts, "--json", "--as", as, "user", "invite", user), "code")
		ts.Check(os.WriteFile(halves[i], []byte(code), 0o600))
	}
	oasiss(ts, "redeem", ts.Getenv(node), "--ca", ts.Getenv("CA_"+node), "--half-file", halves[0], "--other-file", halves[1], "--password-file", ts.MkAbs("password"))
}

func signIn(ts *testscript.TestScript, node, login string) {
	oasiss(ts, "--as", node+"."+login, "login", ts.Getenv(node), "--ca", ts.Getenv("CA_"+node), "--name", login, "--accept-notice", "--password-file", ts.MkAbs("password"))
	if _, err := os.Stat(filepath.Join(ts.Getenv("OASISS_HOME"), node+"."+login+".passkey")); err != nil {
		oasiss(ts, "--as", node+"."+login, "passkey", "add", "script", "--password-file", ts.MkAbs("password"))
	}
}

// silent LOG FILE fails if a log is not JSON line by line, or holds a word of
// the file: names, numbers and words that were typed in the story.
func silent(ts *testscript.TestScript, _ bool, args []string) {
	log := ts.ReadFile(args[0])
	lines := 0
	for line := range strings.Lines(log) {
		lines++
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil || m["msg"] == nil {
			ts.Fatalf("%s: not a line of the log: %s", args[0], line)
		}
	}
	if lines == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
	for word := range strings.Lines(ts.ReadFile(args[1])) {
		if word = strings.TrimSpace(word); word != "" && strings.Contains(strings.ToLower(log), strings.ToLower(word)) {
			ts.Fatalf("%s holds %q", args[0], word)
		}
	}
}

// absent FILE WORDS fails if a file, or the write-ahead log beside it, holds a
// word of WORDS in its bytes.
func absent(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range []string{args[0], args[0] + "-wal"} {
		b, err := os.ReadFile(ts.MkAbs(name))
		if errors.Is(err, fs.ErrNotExist) && name != args[0] {
			continue
		}
		ts.Check(err)
		for word := range strings.Lines(ts.ReadFile(args[1])) {
			if word = strings.TrimSpace(word); word != "" && bytes.Contains(b, []byte(word)) {
				ts.Fatalf("%s holds %q", name, word)
			}
		}
	}
}

// proves FILE NODE PEER checks a proof file with nothing but the descriptors of
// the node whose journal it is and of the peer that cosigns it.
func proves(ts *testscript.TestScript, _ bool, args []string) {
	var keys []wire.Descriptor
	for _, name := range args[1:] {
		d, err := wire.ReadDescriptor(ts.ReadFile(name))
		ts.Check(err)
		keys = append(keys, d)
	}
	p, err := wire.ParseProofFile([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	if _, _, err = p.Verify(keys[0].Journal, keys[1].Witness); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

// figures NODE FILE writes what a monitoring system reads of a node.
func figures(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(figuresOf(ts, args[0])), 0o600))
}

func figuresOf(ts *testscript.TestScript, name string) string {
	c := &http.Client{Timeout: 30 * time.Second}
	res, err := c.Get("http://127.0.0.1:" + ts.Getenv("METRICS_"+name) + "/metrics")
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("figures of %s: %d %s", name, res.StatusCode, body)
	}
	return string(body)
}

// cosigned NODE waits until the node's peer has cosigned all of its journal.
func cosigned(ts *testscript.TestScript, _ bool, args []string) {
	of := func(figures, name string) string {
		m := regexp.MustCompile(`(?m)^oasiss_` + name + `(?:\{[^}]*\})? (\S+)$`).FindStringSubmatch(figures)
		if m == nil {
			ts.Fatalf("%s has no figure %s:\n%s", args[0], name, figures)
		}
		return m[1]
	}
	for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		all := figuresOf(ts, args[0])
		entries, signed := of(all, "journal_entries"), of(all, "peer_cosigned_entries")
		if entries == signed {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s has %s entries, of which %s are cosigned", args[0], entries, signed)
		}
	}
}

// archived FILE NODE PEER reads an archive back with nothing but the descriptors
// of the node whose journal it is and of the peer that cosigns it.
func archived(ts *testscript.TestScript, _ bool, args []string) {
	var keys []wire.Descriptor
	for _, name := range args[1:] {
		d, err := wire.ReadDescriptor(ts.ReadFile(name))
		ts.Check(err)
		keys = append(keys, d)
	}
	a, err := wire.ReadArchive(strings.NewReader(ts.ReadFile(args[0])), keys[0].Journal, []string{keys[1].Witness}, nil)
	ts.Check(err)
	if a.Facts == 0 || len(a.Checkpoint.Cosignatures) == 0 {
		ts.Fatalf("%s: %d facts, checkpoint %+v", args[0], a.Facts, a.Checkpoint)
	}
}

// fetch NODE PATH asks a node without a session and prints status and body.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	c := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}}} //nolint:gosec // the story looks at the answer
	res, err := c.Get(ts.Getenv(args[0]) + args[1])
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s", res.StatusCode, body)
}
