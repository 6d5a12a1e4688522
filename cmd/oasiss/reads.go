package main

import (
	"reflect"
	"strings"
)

// list and one are the flags of a query without and with an id.
type (
	list struct{}
	one  struct {
		ID string `arg:"" help:"Id of what is asked for."`
	}
)

// queries are the reads that the command line offers, by "area.name".
var queries = map[string]struct{ path, help string }{
	"office.list":     {"offices", "Offices of this node."},
	"user.list":       {"users", "People one answers for."},
	"user.sessions":   {"users/{id}/sessions", "Sessions of an account."},
	"proposal.list":   {"proposals", "Changes that wait for a second person."},
	"peer.list":       {"peers", "Nodes that this one exchanges with."},
	"peer.descriptor": {"descriptor", "This node's descriptor and the words of its fingerprint."},
}

// reads makes the verbs of queries and the other verbs that stand in an area.
func reads() map[string][]reflect.StructField {
	out := map[string][]reflect.StructField{
		"journal": {
			{Name: "Verify", Type: reflect.TypeFor[journalVerify](), Tag: tag("cmd", "", "help", "Verify a stopped or copied journal: digests, tree, checkpoints.")},
			{Name: "Replay", Type: reflect.TypeFor[journalReplay](), Tag: tag("cmd", "", "help", "Re-apply every fact of a stopped or copied store.")},
		},
	}
	for verb, q := range queries {
		area, name, _ := strings.Cut(verb, ".")
		t := reflect.TypeFor[list]()
		if strings.Contains(q.path, "{id}") {
			t = reflect.TypeFor[one]()
		}
		out[area] = append(out[area], reflect.StructField{Name: exported(name), Type: t, Tag: tag("cmd", "", "name", strings.ReplaceAll(name, "_", "-"), "help", q.help)})
	}
	return out
}

// query asks and prints.
func (e *env) query(verb string, target reflect.Value) error {
	c, err := e.client(verb)
	if err != nil {
		return err
	}
	path := queries[verb].path
	if o, ok := target.Interface().(one); ok {
		path = strings.ReplaceAll(path, "{id}", o.ID)
	}
	var out any
	if err := c.Get(e.ctx, path, &out); err != nil {
		return err
	}
	return e.print(out)
}

type searchCmd struct {
	Words []string `arg:"" help:"What to look for."`
}

// Run searches. What is sought stands in the body, never in an address.
func (s *searchCmd) Run(e *env) error {
	return e.post("search", map[string]string{"words": strings.Join(s.Words, " ")})
}

func (e *env) post(path string, in any) error {
	c, err := e.client(path)
	if err != nil {
		return err
	}
	var out any
	if err := c.Post(e.ctx, path, in, &out); err != nil {
		return err
	}
	return e.print(out)
}

type linkCmd struct{}

// Run shows the links.
func (*linkCmd) Run(e *env) error {
	c, err := e.client("link.list")
	if err != nil {
		return err
	}
	var out any
	if err := c.Get(e.ctx, "links", &out); err != nil {
		return err
	}
	return e.print(out)
}
