package packet

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/wire"
)

// uco are the namespaces of CASE 1.4 and UCO 1.4, and the one under which a
// packet's own things have their addresses.
var uco = map[string]string{
	"kb":                 "https://oasiss.example/kb/",
	"case-investigation": "https://ontology.caseontology.org/case/investigation/",
	"uco-action":         "https://ontology.unifiedcyberontology.org/uco/action/",
	"uco-core":           "https://ontology.unifiedcyberontology.org/uco/core/",
	"uco-identity":       "https://ontology.unifiedcyberontology.org/uco/identity/",
	"uco-observable":     "https://ontology.unifiedcyberontology.org/uco/observable/",
	"uco-types":          "https://ontology.unifiedcyberontology.org/uco/types/",
	"uco-vocabulary":     "https://ontology.unifiedcyberontology.org/uco/vocabulary/",
	"xsd":                "http://www.w3.org/2001/XMLSchema#",
}

// node is one thing of a graph in JSON-LD.
type node map[string]any

// ucoGraph gathers the evidence of a version.
type ucoGraph struct {
	nodes     []node
	officials map[string]bool
	numbers   map[string]string // exhibit → number
	files     map[string]FileBody
}

// CASE is the evidence of the version in the words of CASE/UCO, as JSON-LD: each
// exhibit, each of its files with its SHA-256, and each step of custody as an
// investigative action with its provenance record, informed by the one before.
// Only what is open to the reader is in it.
func (v VersionView) CASE(number string) ([]byte, error) {
	g := ucoGraph{officials: map[string]bool{}, numbers: map[string]string{}, files: map[string]FileBody{}}
	var exhibits []ExhibitBody
	var ids []string
	var chains []CustodyBody
	for _, s := range v.Sections {
		for _, it := range s.Items {
			if it.Body == nil || s.Name != wire.SectionExhibits && s.Name != wire.SectionCustody {
				continue
			}
			f, err := body[FileBody](it.Body)
			switch {
			case err == nil && f.Noun == nounFile:
				g.files[f.File] = f
				continue
			case s.Name == wire.SectionCustody:
				c, err := body[CustodyBody](it.Body)
				if err != nil {
					return nil, err
				}
				chains = append(chains, c)
				continue
			}
			x, err := body[ExhibitBody](it.Body)
			if err != nil {
				return nil, err
			}
			exhibits, ids, g.numbers[it.ID] = append(exhibits, x), append(ids, it.ID), x.Number
		}
	}
	for i, x := range exhibits {
		g.exhibit(ids[i], x)
	}
	for _, c := range chains {
		g.chain(c, exhibits, ids)
	}
	objects := []node{}
	for _, n := range g.nodes {
		objects = append(objects, node{"@id": n["@id"]})
	}
	whole := node{"@id": "kb:investigation-" + number + "-v" + strconv.Itoa(v.N), "@type": "case-investigation:Investigation", "uco-core:name": number}
	if len(objects) > 0 {
		whole["uco-core:object"] = objects
	}
	b, err := json.MarshalIndent(node{"@context": uco, "@graph": append([]node{whole}, g.nodes...)}, "", " ")
	if err != nil {
		return nil, fmt.Errorf("evidence in CASE: %w", err)
	}
	return append(b, '\n'), nil
}

func ref(id string) node { return node{"@id": id} }

func typed(kind, value string) node { return node{"@type": kind, "@value": value} }

func instant(t time.Time) node { return typed("xsd:dateTime", t.UTC().Format(time.RFC3339)) }

// exhibit is the thing itself. What it is called is its kind's name there.
func (g *ucoGraph) exhibit(id string, x ExhibitBody) {
	kind := "uco-core:UcoObject"
	if k, ok := evidence.KindByID(x.Kind); ok {
		kind = k.CASE
	}
	n := node{"@id": "kb:exhibit-" + id, "@type": kind, "uco-core:name": x.Number}
	if x.Detail.Description != "" {
		n["uco-core:description"] = x.Detail.Description
	}
	g.nodes = append(g.nodes, n)
}

// file is a file that a step made or found, with its digest.
func (g *ucoGraph) file(f FileBody) string {
	id := "kb:file-" + f.File
	content := node{"@id": id + "-content", "@type": "uco-observable:ContentDataFacet", "uco-observable:sizeInBytes": f.Size,
		"uco-observable:hash": []node{{"@id": id + "-sha256", "@type": "uco-types:Hash", "uco-types:hashMethod": typed("uco-vocabulary:HashNameVocab", "SHA256"),
			"uco-types:hashValue": typed("xsd:hexBinary", f.SHA256.String())}}}
	if f.Media != "" {
		content["uco-observable:mimeType"] = f.Media
	}
	facet := node{"@id": id + "-facet", "@type": "uco-observable:FileFacet", "uco-observable:sizeInBytes": f.Size}
	if f.Name != "" {
		facet["uco-observable:fileName"] = f.Name
	}
	g.nodes = append(g.nodes, node{"@id": id, "@type": "uco-observable:File", "uco-core:hasFacet": []node{facet, content}})
	return id
}

// chain tells the custody of an exhibit.
func (g *ucoGraph) chain(c CustodyBody, exhibits []ExhibitBody, ids []string) {
	root := c.Number
	for i, id := range ids {
		if id == c.Exhibit && exhibits[i].Of != "" {
			root = cmp.Or(g.numbers[exhibits[i].Of], root)
		}
	}
	before := ""
	for _, s := range c.Chain {
		id := fmt.Sprintf("%s-%d", c.Exhibit, s.Nth)
		record := node{"@id": "kb:provenance-" + id, "@type": "case-investigation:ProvenanceRecord", "case-investigation:exhibitNumber": c.Number,
			"case-investigation:rootExhibitNumber": root, "uco-core:object": []node{ref("kb:exhibit-" + c.Exhibit)}}
		results := []node{ref("kb:exhibit-" + c.Exhibit), ref("kb:provenance-" + id)}
		if s.Held != nil {
			if f, open := g.files[s.Held.File]; open && f.Exhibit == c.Exhibit && f.Step == s.Nth {
				file := ref(g.file(f))
				record["uco-core:object"], results = append(record["uco-core:object"].([]node), file), append(results, file)
			}
		}
		act := node{"@id": "kb:step-" + id, "@type": "case-investigation:InvestigativeAction", "uco-core:name": s.Step, "uco-action:startTime": instant(s.When),
			"uco-action:performer": ref(g.official(s)), "uco-action:result": results}
		if before != "" {
			act["case-investigation:wasInformedBy"] = ref(before)
		}
		before = "kb:step-" + id
		g.nodes = append(g.nodes, act, record)
	}
}

// official is whoever signed a step, once.
func (g *ucoGraph) official(s CustodyStep) string {
	sum := sum([]byte(s.Name + "\x00" + s.Office + "\x00" + s.Node))
	id := fmt.Sprintf("kb:official-%x", sum[:8])
	if !g.officials[id] {
		g.officials[id] = true
		g.nodes = append(g.nodes, node{"@id": id, "@type": "uco-identity:Identity", "uco-core:name": s.Name, "uco-core:description": s.Office + ", " + s.Node})
	}
	return id
}
