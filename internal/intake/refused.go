package intake

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/oasiss/oasiss/internal/i18n"
)

// RefusedRows writes refused rows as CSV, each as the file has it, with the
// line where it stands and the reason. Columns that the mapping does not take
// are left out, so that what was dropped is not copied.
type RefusedRows struct {
	w       *csv.Writer
	lang    i18n.Lang
	columns []int
}

// NewRefusedRows writes the header: UTF-8 with a byte-order mark, by which
// spreadsheets know it.
func NewRefusedRows(w io.Writer, l i18n.Lang, t *Table, m *Mapping) (*RefusedRows, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, fmt.Errorf("refused rows: %w", err)
	}
	r := &RefusedRows{w: csv.NewWriter(w), lang: l}
	dropped := t.Dropped(m)
	var header []string
	for i, c := range t.Columns {
		if c != "" && !slices.Contains(dropped, c) {
			r.columns, header = append(r.columns, i), append(header, c)
		}
	}
	return r, r.write(append(header, i18n.T(l, "intake.refused.line"), i18n.T(l, "intake.refused.reason")))
}

// Refuse writes one row.
func (r *RefusedRows) Refuse(rec Record, why error) error {
	cells := make([]string, 0, len(r.columns)+2)
	for _, i := range r.columns {
		cell := ""
		if i < len(rec.Cells) {
			cell = rec.Cells[i]
		}
		cells = append(cells, cell)
	}
	return r.write(append(cells, strconv.Itoa(rec.Line), Says(why, r.lang)))
}

func (r *RefusedRows) write(cells []string) error {
	if err := r.w.Write(cells); err != nil {
		return fmt.Errorf("refused rows: %w", err)
	}
	r.w.Flush()
	if err := r.w.Error(); err != nil {
		return fmt.Errorf("refused rows: %w", err)
	}
	return nil
}
