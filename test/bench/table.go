package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// aims are what each figure is held against; the first is that of the design,
// false where less is better.
var aims = map[string]struct {
	least bool
	value float64
	ratio float64 // at least, where the figure has a limit
}{
	"exchange.single":                 {true, 350, 0.5},
	"exchange.concurrent16":           {true, 3500, 0},
	"exchange.click_to_commit_ms.p50": {false, 2.5, 0},
	"exchange.click_to_commit_ms.p99": {false, 10, 0},
	"exchange.drain5000_s":            {false, 1, 0},
	"file.mb_s":                       {true, 250, 0},
	"file.rss_mb":                     {false, 64, 0},
	"alert.under_load_ms.p99":         {false, 50, 0},
	"packet.render_ms":                {false, 500, 0},
	"verify.bundle_ms":                {false, 1000, 0},
	"read.under_load_ms":              {false, 10, 0},
	"import.rows":                     {true, 2000, 0},
	"search.100k_cases_ms":            {false, 50, 0},
	"search.page_100k_ms":             {false, 50, 0},
	"list.10k_authorised_ms":          {false, 50, 0},
	"journal.verify_1m_s":             {false, 5, 0},
	"journal.replay_1m_s":             {false, 60, 0},
	"start_ms":                        {false, 200, 0},
	"idle_rss_mb":                     {false, 60, 0},
	"live.click_to_screen_ms.p99":     {false, 100, 0},
	"page.inbox_ms":                   {false, 50, 0},
	"page.case_ms":                    {false, 50, 0},
	"page.search_ms":                  {false, 50, 0},
	"page.weight_kb":                  {false, 150, 0},
	"page.script_kb":                  {false, 80, 0},
	"postgres.concurrent16":           {true, 3000, 0},
}

// writeTable writes figures, read as the lines that this program prints, as
// the table of docs/measured.md.
func writeTable(in io.Reader, out io.Writer) error {
	fmt.Fprintln(out, "| Figure | Value | Aim | Limit, ratio | Reached | Load |") //nolint:errcheck // standard output
	fmt.Fprintln(out, "|---|---|---|---|---|---|")                                //nolint:errcheck // as above
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var f figure
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
		aim, reached, limit := "–", "–", "–"
		if f.Limit != nil && f.Ratio != nil {
			limit = fmt.Sprintf("%v, %v", *f.Limit, *f.Ratio)
		}
		if a, ok := aims[f.Bench]; ok {
			sign, met := "≤", f.Value <= a.value
			if a.least {
				sign, met = "≥", f.Value >= a.value
			}
			aim = fmt.Sprintf("%s %v", sign, a.value)
			if a.ratio > 0 && f.Ratio != nil {
				aim += fmt.Sprintf(", ratio ≥ %v", a.ratio)
				met = met && *f.Ratio >= a.ratio
			}
			if reached = "no"; met {
				reached = "yes"
			}
		}
		fmt.Fprintf(out, "| `%s` | %v %s | %s | %s | %s | %v |\n", f.Bench, f.Value, f.Unit, aim, limit, reached, f.Load) //nolint:errcheck // as above
	}
	return nil
}
