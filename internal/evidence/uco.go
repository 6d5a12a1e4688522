package evidence

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Brought is an exhibit as a CASE/UCO graph tells it.
type Brought struct {
	Number      string // as whoever made the graph numbers it
	Root        string // number of the exhibit that it was taken from
	Kind        string // of Kinds
	Description string
	Files       []BroughtFile
	Steps       []BroughtStep // in the order of the graph
}

// BroughtFile is a file of an exhibit, told by its name and digest.
type BroughtFile struct {
	Name   string
	SHA256 string // hexadecimal; empty where the graph has none
}

// BroughtStep is a step of custody that was taken elsewhere.
type BroughtStep struct{ Name, When, By string }

// ucoNames are the namespaces of CASE and UCO 1.4 that a graph's prefixes must
// stand for, where it has them.
var ucoNames = map[string]string{
	"case-investigation": "https://ontology.caseontology.org/case/investigation/",
	"uco-action":         "https://ontology.unifiedcyberontology.org/uco/action/",
	"uco-core":           "https://ontology.unifiedcyberontology.org/uco/core/",
	"uco-observable":     "https://ontology.unifiedcyberontology.org/uco/observable/",
}

// ucoShapes are the properties of the facets that are read; one of a known facet
// with another of UCO's properties is refused, as the shapes of UCO ask.
var ucoShapes = map[string][]string{
	"uco-observable:FileFacet":          {"uco-observable:fileName", "uco-observable:sizeInBytes", "uco-observable:filePath", "uco-observable:extension"},
	"uco-observable:RasterPictureFacet": {"uco-observable:pictureHeight", "uco-observable:pictureWidth", "uco-observable:pictureType", "uco-observable:bitsPerPixel"},
	"uco-observable:ContentDataFacet":   {"uco-observable:hash", "uco-observable:mimeType", "uco-observable:sizeInBytes"},
}

const maxGraph = 1 << 20 // bytes

type ucoNode map[string]json.RawMessage

// ucoGraph is a graph that is being read, its nodes by address.
type ucoGraph struct {
	order []string
	nodes map[string]ucoNode
}

// ReadCASE reads the exhibits of a CASE/UCO graph in JSON-LD with the prefixes
// of the published examples. It refuses exhibit.case_unread for what is no such
// graph, exhibit.case_shape with the node and the property that break a shape,
// and exhibit.case_empty for one without a provenance record. It is pure.
func ReadCASE(b []byte) ([]Brought, error) {
	var doc struct {
		Context map[string]any `json:"@context"`
		Graph   []ucoNode      `json:"@graph"`
	}
	if len(b) > maxGraph || json.Unmarshal(b, &doc) != nil || len(doc.Graph) == 0 {
		return nil, refusal.New("exhibit.case_unread")
	}
	for prefix, stands := range ucoNames {
		if given, there := doc.Context[prefix]; there && given != stands {
			return nil, refusal.New("exhibit.case_shape", "Node", "@context", "Property", prefix)
		}
	}
	g := ucoGraph{nodes: map[string]ucoNode{}}
	for _, n := range doc.Graph {
		if err := n.shaped(); err != nil {
			return nil, err
		}
		g.order, g.nodes[n.id()] = append(g.order, n.id()), n
	}
	var out []Brought
	for _, id := range g.order {
		if !g.nodes[id].is("case-investigation:ProvenanceRecord") {
			continue
		}
		if err := g.record(g.nodes[id], &out); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, refusal.New("exhibit.case_empty")
	}
	return out, nil
}

func (n ucoNode) id() string { return text(n["@id"]) }

func (n ucoNode) is(kind string) bool { return slices.Contains(n.types(), kind) }

func (n ucoNode) types() []string {
	var many []string
	if json.Unmarshal(n["@type"], &many) != nil {
		many = []string{text(n["@type"])}
	}
	return many
}

// shaped holds a node and those inside it against the shapes that are read.
func (n ucoNode) shaped() error {
	for name, raw := range n {
		for _, kind := range n.types() {
			if may, known := ucoShapes[kind]; known && strings.HasPrefix(name, "uco-observable:") && !slices.Contains(may, name) {
				return refusal.New("exhibit.case_shape", "Node", n.id(), "Property", name)
			}
		}
		if strings.HasSuffix(strings.ToLower(name), "exhibitnumber") && text(raw) == "" {
			return refusal.New("exhibit.case_shape", "Node", n.id(), "Property", name)
		}
		for _, inner := range objects(raw) {
			if err := inner.shaped(); err != nil {
				return err
			}
		}
	}
	return nil
}

// record adds what one provenance record says to its exhibit.
func (g ucoGraph) record(n ucoNode, out *[]Brought) error {
	number := text(n["case-investigation:exhibitNumber"])
	if number == "" {
		return refusal.New("exhibit.case_shape", "Node", n.id(), "Property", "case-investigation:exhibitNumber")
	}
	i := slices.IndexFunc(*out, func(b Brought) bool { return b.Number == number })
	if i < 0 {
		i = len(*out)
		*out = append(*out, Brought{Number: number, Root: text(n["case-investigation:rootExhibitNumber"])})
	}
	x := &(*out)[i]
	for _, ref := range objects(n["uco-core:object"]) {
		thing, there := g.nodes[ref.id()]
		if !there {
			return refusal.New("exhibit.case_shape", "Node", n.id(), "Property", "uco-core:object")
		}
		g.thing(x, thing)
	}
	for _, id := range g.order {
		a := g.nodes[id]
		if a.is("case-investigation:InvestigativeAction") && slices.ContainsFunc(objects(a["uco-action:result"]), func(r ucoNode) bool { return r.id() == n.id() }) {
			by := ""
			for _, p := range objects(a["uco-action:performer"]) {
				by = text(g.nodes[p.id()]["uco-core:name"])
			}
			x.Steps = append(x.Steps, BroughtStep{Name: text(a["uco-core:name"]), When: text(a["uco-action:startTime"]), By: by})
		}
	}
	return nil
}

// thing adds a thing of a record: the exhibit itself, or a file of it.
func (g ucoGraph) thing(x *Brought, n ucoNode) {
	if d := text(n["uco-core:description"]); x.Description == "" {
		x.Description = d
	}
	if !n.is("uco-observable:File") {
		for _, k := range kinds {
			if x.Kind == "" && n.is(k.CASE) && k.CASE != "uco-core:UcoObject" && k.CASE != "uco-observable:ObservableObject" {
				x.Kind = k.ID
			}
		}
		return
	}
	if x.Kind == "" && n.is("uco-observable:RasterPicture") {
		x.Kind = "photograph"
	}
	var f BroughtFile
	for _, facet := range objects(n["uco-core:hasFacet"]) {
		if name := text(facet["uco-observable:fileName"]); name != "" {
			f.Name = name
		}
		for _, h := range objects(facet["uco-observable:hash"]) {
			if sum := text(h["uco-types:hashValue"]); text(h["uco-types:hashMethod"]) == "SHA256" && len(sum) == hex.EncodedLen(32) {
				f.SHA256 = strings.ToLower(sum)
			}
		}
	}
	if !slices.Contains(x.Files, f) {
		x.Files = append(x.Files, f)
	}
}

// text is a string, plain or with its type; "" for anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var typed struct {
		Value string `json:"@value"`
	}
	if json.Unmarshal(raw, &typed) == nil {
		return typed.Value
	}
	return ""
}

// objects is one object, or several.
func objects(raw json.RawMessage) []ucoNode {
	var many []ucoNode
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	var one ucoNode
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []ucoNode{one}
	}
	return nil
}
