package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/wire"
)

// importRows is how many rows one run of import.rows takes.
const importRows = 4000

// importFigures take a list of people, as an office keeps it, into cases of a
// new node: read, checked, sealed, indexed, recorded.
func importFigures(ctx context.Context, r *run) error {
	n := 0
	return r.repeat("import.rows", "rows/s", func() (rate float64, err error) {
		n++
		h, err := makeNode(ctx, filepath.Join(r.dir, fmt.Sprintf("import%d", n)), "us", "")
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, h.stop()) }()
		rows := r.scaled(importRows)
		file := people(0, rows, 2)
		began := time.Now()
		if err := h.importPeople(ctx, "usbp-rgv", file, rows); err != nil {
			return 0, err
		}
		return float64(rows) / time.Since(began).Seconds(), nil
	})
}

// importPeople imports such a file and demands that every row was taken.
func (h *here) importPeople(ctx context.Context, office string, file []byte, rows int) error {
	raw, err := os.Open(filepath.Join("examples", "import", "case-people.yaml"))
	if err != nil {
		return fmt.Errorf("run it from the project's folder: %w", err)
	}
	defer raw.Close() //nolint:errcheck // only read
	m, err := intake.ReadMapping(raw)
	if err != nil {
		return err
	}
	table, err := intake.ReadTable(m, bytes.NewReader(file))
	if err != nil {
		return err
	}
	by := h.person("intake", office, access.RoleProsecutions, access.RoleIntake)
	in := intake.Run{Mapping: m, File: "people.csv", Refuse: func(rec intake.Record, why error) error { return fmt.Errorf("line %d: %w", rec.Line, why) },
		Send: func(ctx context.Context, _, key string, cmd act.Command) (json.RawMessage, error) {
			res, err := h.Acts.Do(ctx, by, key, wire.PurposeProsecution, cmd)
			return res.Told, err
		}}
	rep, err := in.Do(ctx, table)
	if err == nil && rep.Imported != rows {
		err = fmt.Errorf("%d of %d rows were taken", rep.Imported, rows)
	}
	return err
}

var (
	given  = []string{"Rutilio", "Eloína", "Celerina", "Macario", "Ursulina", "Tiburcio", "Graciana", "Fulgencio"}
	family = []string{"Barragarza", "Palomarín", "Almonacid", "Hinojal", "Tamariz", "Escamillar", "Lizarraga", "Quintanar", "Villaseñora"}
	roles  = []string{"guide,guide,seen", "migrant,,interview", "driver,driver,seen", "witness,,interview"}
)

// people writes such a file: rows people from number first on, so many in each
// case. The place of every event is the same.
func people(first, rows, each int) []byte {
	var b bytes.Buffer
	b.WriteString("Event,Event title,When,Sector,Place,Latitude,Longitude,Group size,How,Subject,Given names,First surname,Second surname,Known as,Born,Sex,Nationality,CURP,A-number,Role,Function,Basis,Report,Complexion,Outcome\n")
	for i := first; i < first+rows; i++ {
		c := i / each
		fmt.Fprintf(&b, "RGV-T-%06d,Group of %d on foot,2026-05-%02d %02d:40,RGV,Anzalduas,26.1,-98.3,%d,on foot,%d,%s,%s,%s,none,%d,M,Mexico,,,%s,R-%d,,open\n",
			c, c%13+2, c%28+1, c%24, c%13+2, i, given[i%len(given)], family[i/8%len(family)], family[i/72%len(family)], 1970+i%30, roles[i%len(roles)], i)
	}
	return b.Bytes()
}
