package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
)

// write makes the files of a list, in a reader's language.
func (l List) write(lang i18n.Lang) ([]File, error) {
	return filesOf(l.Mark.Export, i18n.T(lang, "export.sheet"), l.table(lang))
}

// filesOf writes a table that an act took out, in both forms.
func filesOf(act, sheet string, table [][]any) ([]File, error) {
	text, err := commaSeparated(table)
	if err != nil {
		return nil, err
	}
	book, err := workbook(sheet, table)
	if err != nil {
		return nil, err
	}
	return []File{{Name: FileName(act, "csv"), Media: "text/csv; charset=utf-8", Content: text},
		{Name: FileName(act, "xlsx"), Media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Content: book}}, nil
}

// FileName is what a file of a list is called: by the act that took it, and by
// nothing that was searched for.
func FileName(act, form string) string {
	return "oasiss-" + act[strings.LastIndex(act, "-")+1:] + "." + form
}

// table is a list as rows of cells: the mark first, then a heading, then what
// was found. A cell is text or a number.
func (l List) table(lang i18n.Lang) [][]any {
	t := func(key string) string { return i18n.T(lang, key) }
	word := func(prefix, code string) string {
		if i18n.Has(prefix + code) {
			return t(prefix + code)
		}
		return code
	}
	out := [][]any{{l.Mark.Words}, {i18n.T(lang, "export.act", map[string]any{"Fact": l.Mark.Export, "Node": l.Mark.Node})}}
	if l.LeftOut > 0 {
		out = append(out, []any{i18n.T(lang, "export.left_out", map[string]any{"Count": l.LeftOut})})
	}
	out = append(out, []any{}, []any{t("export.col.kind"), t("export.col.what"), t("export.col.case"), t("export.col.status"), t("export.col.office"),
		t("export.col.handling"), t("export.col.opened"), t("export.col.protected")})
	for _, r := range l.Rows {
		out = append(out, []any{word("noun.", r.Noun), r.Called(lang), r.Number, word("casefile.status.", r.Status), r.Office, r.Handling, r.Opened.UTC().Format("2006-01-02"), r.Protected})
	}
	return out
}

// commaSeparated writes rows as RFC 4180 in UTF-8, with the mark by which
// spreadsheets know that it is.
func commaSeparated(table [][]any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range table {
		cells := make([]string, max(len(row), 1))
		for i, c := range row {
			if n, ok := c.(int); ok {
				cells[i] = strconv.Itoa(n)
				continue
			}
			cells[i] = document.Inert(fmt.Sprint(c))
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("csv: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// workbook writes rows as one sheet. Text is written as text, never as a
// formula, and is inert if it is copied elsewhere.
func workbook(sheet string, table [][]any) (raw []byte, err error) {
	book := excelize.NewFile()
	defer func() {
		if cerr := book.Close(); cerr != nil && err == nil {
			err = fmt.Errorf("workbook: %w", cerr)
		}
	}()
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	for y, row := range table {
		for x, c := range row {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return nil, fmt.Errorf("workbook: %w", err)
			}
			if n, ok := c.(int); ok {
				err = book.SetCellInt(sheet, cell, int64(n))
			} else {
				err = book.SetCellStr(sheet, cell, document.Inert(fmt.Sprint(c)))
			}
			if err != nil {
				return nil, fmt.Errorf("workbook: %w", err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return b.Bytes(), nil
}
