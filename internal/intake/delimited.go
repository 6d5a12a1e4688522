package intake

import (
	"strings"
	"unicode/utf8"
)

// readDelimited reads text whose cells are separated by one character, in the
// manner of RFC 4180: a quoted cell may hold the separator, line ends and,
// doubled, the quote. A quote within an unquoted cell is an ordinary character,
// since sources write 5'11" without quoting.
func readDelimited(f File, raw []byte) ([]Record, error) {
	text, err := decoded(f.Encoding, raw)
	if err != nil {
		return nil, err
	}
	s := scanner{text: text, comma: oneOf(f.Delimiter, ','), quote: oneOf(f.Quote, '"'), line: 1}
	if f.Delimiter == "tab" {
		s.comma = '\t'
	}
	if f.Quote == "none" {
		s.quote = -1
	}
	for range f.Skip {
		if end := strings.IndexByte(s.text, '\n'); end >= 0 {
			s.text, s.line = s.text[end+1:], s.line+1
		}
	}
	var out []Record
	for s.text != "" {
		l := Record{Line: s.line}
		if l.Cells, err = s.record(); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func oneOf(s string, otherwise rune) rune {
	if s == "" {
		return otherwise
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// scanner reads records off the front of a text.
type scanner struct {
	text         string
	comma, quote rune
	line         int
}

func (s *scanner) record() (cells []string, err error) {
	for {
		cell, err := s.cell()
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
		if len(cells) > maxColumns {
			return nil, fault("intake.file_columns", "Max", maxColumns)
		}
		r, n := utf8.DecodeRuneInString(s.text)
		if n > 0 && r == s.comma {
			s.text = s.text[n:]
			continue
		}
		s.endOfLine()
		return cells, nil
	}
}

func (s *scanner) endOfLine() {
	switch {
	case strings.HasPrefix(s.text, "\r\n"):
		s.text = s.text[2:]
	case s.text != "": // \n, or \r of an old Macintosh
		s.text = s.text[1:]
	}
	s.line++
}

// cell reads up to the separator or the end of the line and leaves that.
func (s *scanner) cell() (string, error) {
	if r, n := utf8.DecodeRuneInString(s.text); n == 0 || r != s.quote {
		return s.plain(), nil
	}
	began := s.line
	s.text = s.text[utf8.RuneLen(s.quote):]
	mark := string(s.quote)
	var b strings.Builder
	for {
		i := strings.Index(s.text, mark)
		if i < 0 {
			return "", fault("intake.quote_open", "Line", began)
		}
		b.WriteString(s.text[:i])
		s.line += strings.Count(s.text[:i], "\n")
		s.text = s.text[i+len(mark):]
		if !strings.HasPrefix(s.text, mark) {
			break
		}
		b.WriteString(mark)
		s.text = s.text[len(mark):]
	}
	b.WriteString(s.plain()) // what follows a closing quote belongs to the cell
	return b.String(), nil
}

func (s *scanner) plain() string {
	end := strings.IndexFunc(s.text, func(r rune) bool { return r == s.comma || r == '\n' || r == '\r' })
	if end < 0 {
		end = len(s.text)
	}
	cell := s.text[:end]
	s.text = s.text[end:]
	return cell
}
