package view

import "time"

// Journal is the record and whether it holds.
type Journal struct {
	Size       int64
	Peer       string // code of the country that cosigns; empty before pairing
	Cosigned   Cosigned
	WeCosigned Cosigned
	Check      *Recheck
	CheckURL   string
	Points     []Checkpoint
	Spans      []Span // the same, drawn
	Rows       []JournalRow
	Proof      *Proof
	Older      string
	Newest     string
	Tabs       []Link
}

// Recheck is what recomputing the journal found.
type Recheck struct {
	Size, Forgotten int64
	Root            string
	Faults          []string
}

// Checkpoint is one signed size of this journal.
type Checkpoint struct {
	Size     int64
	At       time.Time
	Country  string    // who cosigned
	Cosigned time.Time // zero: waiting
}

// Span is a stretch of time on which each country's line stands.
type Span struct {
	Title, Own, Peer string
	Marks            []SpanMark
	Ticks            []SpanTick
}

// SpanMark is a checkpoint of one's own, and where the other cosigned it.
type SpanMark struct {
	X, Y, X2, Y2 float64
	Size         int64
	Cosigned     bool
}

// SpanTick is a moment on the axis.
type SpanTick struct {
	X    float64
	Says string
}

// JournalRow is what was done and by whom, not what the case says.
type JournalRow struct {
	Seq       int64
	At        time.Time
	What      string
	By        string
	Office    string
	Country   string
	Digest    string // shortened
	Forgotten bool
	Damaged   bool          // the stored body is not what was recorded
	Behind    time.Duration // by how much the clock stood behind At then
	Cosigned  bool
	URL       string
	Current   bool
}

// Proof is one entry's way to a checkpoint that both countries signed.
type Proof struct {
	Seq          int64
	What         string
	Digest, Root string
	Steps        int
	Size         int64
	Signed       time.Time
	Cosigned     time.Time
	Country      string // whose journal
	Peer         string // who cosigns
	Missing      bool   // no checkpoint covers the entry yet
	URL          string // download
}

// Accesses is who looked at or did what, for which purpose.
type Accesses struct {
	Rows          []AccessRow
	Older, Newest string
	Tabs          []Link
}

// AccessRow is one request of a person.
type AccessRow struct {
	Seq      int64
	At       time.Time
	Who      string // account
	Office   string
	Did      string
	Purpose  string
	Objects  string // kinds and counts
	Withheld int
	Policies []string
	Refused  string // why, in words; empty if it was allowed
}
