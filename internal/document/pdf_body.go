package document

import "strconv"

// opening is the first page: what the document is, its facts, what must be
// known first, and the contents.
func (p *page) opening() {
	p.Ln(2)
	p.pen("sans", "", 11, grey)
	p.text(0, 5.5, p.d.Kind+" "+p.d.Number)
	p.pen("sans", "B", 19, black)
	p.Ln(0.5)
	p.text(0, 8.4, p.d.Title)
	p.Ln(3)
	p.facts(labels, p.d.Facts)
	for _, n := range p.d.Notes {
		p.Ln(2)
		p.note(0, n)
	}
	if p.d.Contents {
		p.contents()
	}
}

func (p *page) contents() {
	const gap, row, number, pages = 8.0, 5.4, 7.0, 8.0
	wide := (p.width() - gap) / 2
	rows := (len(p.d.Sections) + 1) / 2
	p.Ln(5)
	p.room(8 + row*float64(rows))
	p.pen("sans", "B", 12, black)
	p.text(0, 6, p.d.t("document.contents"))
	p.Ln(1)
	top := p.GetY()
	p.pen("sans", "", bodySize-0.5, black)
	p.SetLineWidth(0.1)
	p.SetDrawColor(hair[0], hair[1], hair[2])
	for i, s := range p.d.Sections {
		at := max(p.at[sectionNumber(i)], 1)
		link := p.AddLink()
		p.SetLink(link, 0, at)
		x, y := margin+float64(i/rows)*(wide+gap), top+float64(i%rows)*row
		p.SetXY(x, y)
		p.CellFormat(number, row, sectionNumber(i), "", 0, "L", false, link, "")
		p.CellFormat(wide-number-pages, row, p.fit(clean(s.Heading), wide-number-pages), "", 0, "L", false, link, "")
		p.CellFormat(pages, row, strconv.Itoa(at), "", 0, "R", false, link, "")
		p.Line(x, y+row, x+wide, y+row)
	}
	p.SetXY(margin, top+float64(rows)*row)
}

func (p *page) section(i int, s Section) {
	p.Ln(7)
	p.room(28)
	p.found[sectionNumber(i)] = p.PageNo()
	p.Bookmark(clean(sectionNumber(i)+"  "+s.Heading), 0, -1)
	p.SetLineWidth(0.35)
	p.SetDrawColor(0, 0, 0)
	p.Line(margin, p.GetY(), margin+p.width(), p.GetY())
	p.Ln(2)
	p.pen("sans", "B", 14, black)
	p.text(0, 6.4, sectionNumber(i)+"  "+s.Heading)
	for _, n := range s.Notes {
		p.Ln(1.5)
		p.note(0, n)
	}
	if len(s.Facts) > 0 {
		p.Ln(1.5)
		p.facts(p.column(s.Facts), s.Facts)
	}
	for j, b := range s.Blocks {
		p.block(Number(i, j), b)
	}
}

func (p *page) block(number string, b Block) {
	p.Ln(4)
	p.room(16)
	p.pen("sans", "B", 10.5, black)
	head := number
	for _, s := range []string{b.Heading, bracketed(b.Person)} {
		if s != "" {
			head += "  " + s
		}
	}
	p.text(0, 5.2, head)
	if b.Doubt != "" {
		p.pen("sans", "B", 9, black)
		p.text(0, 4.4, "! "+b.Doubt)
	}
	for _, m := range b.Marks {
		p.pen("sans", "", 8.5, grey)
		p.text(0, 4.1, m)
	}
	if len(b.Facts) > 0 {
		p.Ln(1)
		p.facts(labels, b.Facts)
	}
	for _, s := range b.Said {
		p.Ln(1.2)
		p.said(s)
	}
}

// bracketed is a pseudonym as it stands in every text.
func bracketed(person string) string {
	if person == "" {
		return ""
	}
	return "[" + person + "]"
}

// said writes somebody's words in serif beside a thin line; the programme's own in sans.
func (p *page) said(x Passage) {
	if x.Heading != "" {
		p.room(12)
		p.pen("sans", "B", 9, grey)
		p.text(0, 4.6, x.Heading)
		p.Ln(0.6)
	}
	for _, s := range x.Paragraphs {
		if x.Lang == "" {
			p.pen("sans", "", bodySize, black)
			p.text(0, line, s)
			p.Ln(1.2)
			continue
		}
		p.pen("serif", "", 11, black)
		p.SetLeftMargin(margin + 5)
		from, page := p.GetY(), p.PageNo()
		p.text(5, 5.3, s)
		p.SetLeftMargin(margin)
		if p.PageNo() == page {
			p.SetLineWidth(0.4)
			p.SetDrawColor(hair[0], hair[1], hair[2])
			p.Line(margin+1.5, from, margin+1.5, p.GetY())
		}
		p.Ln(1.2)
	}
}

// facts are lines of a label and what it says: a value that goes over the page goes on in its own column.
func (p *page) facts(labels float64, facts []Fact) {
	for _, f := range facts {
		p.pen("sans", "", 9, grey)
		p.room(max(6, line*float64(len(p.SplitText(clean(f.Label), labels-3))))) // a label stands on one page, its value beside it
		y := p.GetY()
		p.pen("sans", "", 9, grey)
		p.SetX(margin)
		p.MultiCell(labels-3, line, clean(f.Label), "", "L", false)
		under := p.GetY()
		p.SetXY(margin+labels, y)
		if f.Mono {
			p.pen("mono", "", 9, black)
		} else {
			p.pen("sans", "", bodySize, black)
		}
		p.SetLeftMargin(margin + labels)
		page := p.PageNo()
		p.MultiCell(p.width()-labels, line, clean(f.Value), "", "L", false)
		p.SetLeftMargin(margin)
		if p.PageNo() == page {
			p.SetY(max(under, p.GetY()))
		}
		p.Ln(0.7)
	}
}

// column is how wide the labels of a list stand: as wide as they need, within
// reason.
func (p *page) column(facts []Fact) float64 {
	p.pen("sans", "", 9, grey)
	wide := labels
	for _, f := range facts {
		wide = max(wide, p.GetStringWidth(clean(f.Label))+4)
	}
	return min(wide, 90)
}

// note is a sentence that must not be overlooked; a strong one stands in a frame.
func (p *page) note(indent float64, n Note) {
	inset := 0.0
	if n.Strong {
		inset = 3
	}
	p.room(16)
	from, page := p.GetY(), p.PageNo()
	p.Ln(inset * 0.7)
	if n.Title != "" {
		p.pen("sans", "B", bodySize, black)
		p.noted(indent+inset, inset, n.Title)
	}
	if n.Text != "" {
		p.pen("sans", "", 9.5, black)
		p.noted(indent+inset, inset, n.Text)
	}
	p.Ln(inset * 0.7)
	if n.Strong && p.PageNo() == page {
		p.SetLineWidth(0.5)
		p.SetDrawColor(0, 0, 0)
		p.Rect(margin+indent, from, p.width()-indent, p.GetY()-from, "D")
	}
}

func (p *page) noted(indent, inset float64, s string) {
	p.SetX(margin + indent)
	p.MultiCell(p.width()-indent-inset, line, clean(s), "", "L", false)
}

// signatures are two columns of places to sign, never parted from each other
// and never alone on the last page.
func (p *page) signatures() {
	if len(p.d.Signed) == 0 {
		return
	}
	rows := (len(p.d.Signed) + 1) / 2
	p.room(float64(rows)*34 + 8)
	p.Ln(8)
	wide := (p.width() - 10) / 2
	top := p.GetY()
	for i, s := range p.d.Signed {
		x, y := margin+float64(i%2)*(wide+10), top+float64(i/2)*34
		p.SetXY(x, y)
		p.pen("sans", "", 9, grey)
		p.CellFormat(wide, 4.5, clean(s.Role), "", 2, "L", false, 0, "")
		p.pen("sans", "", 9, black)
		if s.At == "" {
			p.SetXY(x, y+14)
		}
		p.SetLineWidth(0.3)
		p.SetDrawColor(0, 0, 0)
		p.Line(x, y+18, x+wide, y+18)
		p.SetXY(x, y+5.5)
		p.MultiCell(wide, 4.4, clean(s.At), "", "L", false)
		p.SetXY(x, y+19)
		p.pen("serif", "", 12, black)
		p.CellFormat(wide, 5.4, p.fit(clean(s.Name), wide), "", 2, "L", false, 0, "")
		p.pen("sans", "", 9, grey)
		p.MultiCell(wide, 4.2, clean(s.Office), "", "L", false)
	}
	p.SetXY(margin, top+float64(rows)*34)
}
