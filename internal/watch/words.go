package watch

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Bytes is an amount of data as a person reads it: 1.8 GiB.
type Bytes uint64

// In writes it in a language.
func (b Bytes) In(l i18n.Lang) string {
	const step = 1024
	unit, v := 0, float64(b)
	for ; v >= step && unit < len(units)-1; unit++ {
		v /= step
	}
	return i18n.Decimal(l, v, 1) + " " + units[unit]
}

var units = []string{"B", "KiB", "MiB", "GiB", "TiB"}

// Span is a length of time as a person reads it: 2 days 4 h. Less than a
// minute is said in seconds, which is what clocks differ by.
type Span time.Duration

// In writes it in a language.
func (s Span) In(l i18n.Lang) string {
	d := time.Duration(s).Abs()
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Round(time.Second)/time.Second))
	}
	return i18n.Span(l, d)
}

// MarshalJSON writes seconds.
func (s Span) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.0f", time.Duration(s).Seconds()), nil
}

// Count is a number with the language's grouping.
type Count int64

// In writes it in a language.
func (n Count) In(l i18n.Lang) string { return i18n.Number(l, int64(n)) }

// Values are the parameters of an alarm's words.
func (a Alarm) Values(now time.Time) map[string]any {
	v := map[string]any{}
	if a.Peer != "" {
		v["Peer"] = a.Peer
	}
	switch a.Code {
	case DiskLow:
		v["Free"] = Bytes(a.Free)
	case FilesLow:
		v["Free"] = Count(a.Free) // #nosec G115 -- a few files
	case ClockApart:
		v["Span"] = Span(a.Apart)
	case BackupBad:
	default:
		v["Span"] = Span(now.Sub(a.Since))
	}
	return v
}

// Words say what is wrong and what to do, in a language; peer is what the peer
// that it is about is called in it.
func (a Alarm) Words(l i18n.Lang, now time.Time, peer string) (says, next string) {
	v := a.Values(now)
	if a.Peer != "" {
		v["Peer"] = peer
	}
	return i18n.T(l, "watch."+a.Code, v), i18n.T(l, "watch."+a.Code+".next", v)
}
