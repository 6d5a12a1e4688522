package web

import (
	"encoding/json"
	"math"
	"strconv"
	"sync"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// geography is the drawing of the border that the build made (assets/map.mjs),
// with the numbers by which a place is put on it (Mercator).
type geography struct {
	Width, Height            int
	K, TX, TY                float64
	US, USLines, MX, MXLines string
	North, South             string
	Regions                  []struct {
		ID string
		D  string
		At [2]int
	}
	border [][2]float64 // the points of the line between the countries
}

// land is the geography; nil in a build without assets, whose map is its list.
var land = sync.OnceValue(func() *geography {
	a, ok := shelf()["map.json"]
	if !ok {
		return nil
	}
	var g geography
	if err := json.Unmarshal(a.body, &g); err != nil {
		return nil
	}
	g.border = points(g.North)
	return &g
})

// at is where a position stands on the drawing, and how many of its units a
// length in metres has there.
func (g *geography) at(lat, lon float64) (x, y, unit float64) {
	rad := math.Pi / 180
	x, y = g.TX+g.K*lon*rad, g.TY-g.K*math.Log(math.Tan(math.Pi/4+lat*rad/2))
	const earth = 6_371_000 // metres
	return x, y, g.K / (earth * math.Cos(lat*rad))
}

func (g *geography) holds(x, y float64) bool {
	return x >= 0 && y >= 0 && x <= float64(g.Width) && y <= float64(g.Height)
}

// maps registers the map of the border.
func (s *Server) maps(pages *doors) {
	s.page(pages, "/map", areaCases, func(q *request) (string, any, error) {
		v, err := q.borderMap()
		return "map", v, err
	})
}

// mapDays is how far back the events of the map go, and may.
var mapDays = []int{30, 365, 0}

func (q *request) borderMap() (view.Map, error) {
	ctx := q.r.Context()
	v, g := view.Map{}, land()
	days := int(q.number("days"))
	for _, d := range mapDays {
		v.Days = append(v.Days, view.Link{Text: q.t("map.days." + strconv.Itoa(d)), URL: "/map?days=" + strconv.Itoa(d), Current: d == days})
	}
	open := map[string]bool{}
	from, to := q.today()
	border, err := insight.Along(ctx, q.s.Acts, q.by, q.purpose, from, to)
	if err != nil {
		return v, err
	}
	all, err := accord.Known(ctx, q.s.Acts, q.by, q.purpose)
	if err != nil {
		return v, err
	}
	for _, a := range all {
		inForce := a.Status(q.s.Acts.Now()) == accord.StatusInForce
		for _, c := range a.Document.Corridors {
			row := q.corridor(c, a.Document.Title.In(q.lang), "/accords/"+a.ID, inForce)
			if inForce {
				row.Today = q.corridorToday(border, c.ID)
				v.Counted = v.Counted || row.Today != nil
				v.Marks = q.markOf(g, c, border.Corridors[c.ID], v.Marks)
			}
			v.Corridors = append(v.Corridors, row)
			for _, end := range c.Ends {
				for _, area := range end.Areas {
					open[area] = open[area] || inForce
				}
			}
		}
	}
	if g != nil {
		v.Shapes = q.shapes(g, open)
		v.Shut = q.without(v.Shapes.Closed)
	}
	happened, err := casefile.Places(ctx, q.s.Acts, q.by, q.purpose, days)
	if err != nil {
		return v, err
	}
	for _, h := range happened {
		v.Events = append(v.Events, q.mapEvent(g, h, len(v.Events)+1))
	}
	v.Crossings, v.Meets = q.mapCrossings(g, border), border.Meets
	return v, nil
}

// shapes is the drawing in the reader's language.
func (q *request) shapes(g *geography, open map[string]bool) *view.Shapes {
	out := &view.Shapes{Width: g.Width, Height: g.Height, US: g.US, USLines: g.USLines, MX: g.MX, MXLines: g.MXLines, North: g.North, South: g.South}
	for _, r := range g.Regions {
		known, ok := program.RegionByID(r.ID)
		if !ok {
			continue
		}
		x := view.Region{Name: known.Name(q.lang), Short: known.Name(q.lang), Country: lower(known.Country), D: r.D, X: r.At[0], Y: r.At[1], Open: open[r.ID]}
		if known.Kind == "sector" {
			x.Short = known.Code
		}
		out.Regions = append(out.Regions, x)
		if x.Open {
			out.Open = append(out.Open, x)
		} else {
			out.Closed = append(out.Closed, x)
		}
	}
	return out
}

// without says in which of the drawn sectors and states nothing can be referred.
func (q *request) without(closed []view.Region) *component.Note {
	var names []string
	for _, r := range closed {
		names = append(names, r.Name)
	}
	if len(names) == 0 {
		return nil
	}
	return &component.Note{Title: q.t("map.without", "Areas", i18n.List(q.lang, names)), Text: q.t("map.without.why")}
}

// mapEvent is an event as a point no surer than it was recorded.
func (q *request) mapEvent(g *geography, h casefile.Happened, n int) view.MapEvent {
	out := view.MapEvent{Number: h.Number, URL: "/cases/" + h.Case + "/items/" + h.Event, Place: q.placeOf(h.Place), At: h.When.At, How: q.t("map.by_name")}
	p := h.Place.Coordinates
	if p == nil {
		return out
	}
	out.How = q.t("map.within", "Metres", i18n.Number(q.lang, int64(p.Uncertainty)))
	if g == nil {
		return out
	}
	x, y, unit := g.at(p.Lat, p.Lon)
	if g.holds(x, y) {
		out.N, out.X, out.Y, out.R = n, tenth(x), tenth(y), tenth(max(unit*float64(p.Uncertainty), leastCircle))
	}
	return out
}

// leastCircle is the radius of an event that is known well, in units of the drawing.
const leastCircle = 5

func tenth(n float64) float64 { return math.Round(n*10) / 10 }

// mapCrossings are the crossings with how many suspects were handed over at
// each, for who may know of hand-overs.
func (q *request) mapCrossings(g *geography, b insight.Border) (out []view.MapCrossing) {
	for _, x := range program.Bridges() {
		n := b.Crossings[x.ID]
		c := view.MapCrossing{Name: x.Name(q.lang), Some: n.Hidden || n.N > 0}
		switch {
		case c.Some:
			c.Count = q.mapCount(n)
		case b.Meets:
			c.Count = q.t("map.none")
		}
		if g != nil {
			x, y, _ := g.at(x.Lat, x.Lon)
			c.X, c.Y = tenth(x), tenth(y)
		}
		out = append(out, c)
	}
	return out
}
