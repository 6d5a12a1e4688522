package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// run is one call of the program.
type run struct {
	only    string
	times   int
	scale   int
	large   int64 // GiB of the file that crosses while both nodes are killed; 0 for none
	dir     string
	binary  string
	profile string

	out   *json.Encoder
	began time.Time
}

func newRun() *run { return &run{out: json.NewEncoder(os.Stdout), began: time.Now()} }

// wants reports whether figures whose names begin so were asked for.
func (r *run) wants(name string) bool {
	if r.only == "" {
		return true
	}
	for _, o := range strings.Split(r.only, ",") {
		if o = strings.TrimSpace(o); strings.HasPrefix(name, o) || strings.HasPrefix(o, name) {
			return true
		}
	}
	return false
}

// say tells how far it is.
func (r *run) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%6.1fs %s\n", time.Since(r.began).Seconds(), fmt.Sprintf(format, args...))
}

// scaled divides the size of a large figure, to develop.
func (r *run) scaled(n int) int { return max(n/r.scale, 1) }

// figure is one line of output.
type figure struct {
	Bench string   `json:"bench"`
	Value float64  `json:"value"`
	Unit  string   `json:"unit"`
	Limit *float64 `json:"limit,omitempty"` // what the machine could do at best, in the same run and unit
	Ratio *float64 `json:"ratio,omitempty"` // value over limit
	Load  float64  `json:"load"`            // of the machine, over the last minute, when it was printed
}

// print prints the median of what several runs gave, and the limit's where
// there is one.
func (r *run) print(name, unit string, values, limits []float64) error {
	f := figure{Bench: name, Value: rounded(median(values)), Unit: unit, Load: load()}
	if len(limits) > 0 {
		var ratios []float64
		for i, most := range limits {
			ratios = append(ratios, values[i]/most) // #nosec G602 -- each run gives a value and a limit
		}
		limit := rounded(median(limits))
		ratio := rounded(median(ratios))
		f.Limit, f.Ratio = &limit, &ratio
	}
	r.say("%s: %v", name, values)
	return r.out.Encode(f)
}

// repeat runs one measurement as often as asked and prints the median.
func (r *run) repeat(name, unit string, one func() (float64, error)) error {
	if !r.wants(name) {
		return nil
	}
	var values []float64
	for range r.times {
		v, err := one()
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	return r.print(name, unit, values, nil)
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile of values; the lower of two.
func quantile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(p*float64(len(sorted)-1))]
}

// rounded keeps three digits, or all before the point: more than the noise leaves.
func rounded(v float64) float64 {
	if math.Abs(v) >= 100 {
		return math.Round(v)
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64) //nolint:errcheck // it was just written
	return v
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// load is the machine's load average of the last minute.
func load() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var one float64
	fmt.Sscan(string(b), &one) //nolint:errcheck // a machine without it has none to tell
	return one
}
