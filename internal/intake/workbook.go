package intake

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// readWorkbook reads one sheet of an XLSX file. Cells come as they are stored,
// not as they are shown: dates are numbers of days, which the layout "excel"
// reads, and no number loses digits to its format. since1904 tells from when
// the workbook counts its days.
func readWorkbook(f File, raw []byte, most int64) (out []Record, since1904 bool, err error) {
	book, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: most, UnzipXMLSizeLimit: most})
	if err != nil {
		return nil, false, fault("intake.workbook_unreadable")
	}
	defer func() {
		if cerr := book.Close(); cerr != nil && err == nil {
			err = fmt.Errorf("close workbook: %w", cerr)
		}
	}()
	props, err := book.GetWorkbookProps()
	if err != nil {
		return nil, false, fault("intake.workbook_unreadable")
	}
	sheet := f.Sheet
	if sheet == "" {
		sheet = book.GetSheetName(0)
	}
	if i, err := book.GetSheetIndex(sheet); err != nil || i < 0 {
		return nil, false, fault("intake.sheet_unknown", "Sheet", f.Sheet)
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, false, fault("intake.workbook_unreadable")
	}
	defer rows.Close() //nolint:errcheck // only read
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, false, fault("intake.workbook_unreadable")
		}
		if len(cells) > maxColumns {
			return nil, false, fault("intake.file_columns", "Max", maxColumns)
		}
		out = append(out, Record{Line: n, Cells: cells})
	}
	if err := rows.Error(); err != nil {
		return nil, false, fault("intake.workbook_unreadable")
	}
	return out[min(f.Skip, len(out)):], props.Date1904 != nil && *props.Date1904, nil
}
