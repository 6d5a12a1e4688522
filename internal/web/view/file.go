package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Files are the files of a case, what of them is still on its way, and the form
// that sends one.
type Files struct {
	Head    Head
	Rows    []FileRow
	Pending []Sending
	// Send is the form; its address takes the bytes. Empty for who sends none.
	Send *Sender
}

// FileRow is one file in a list.
type FileRow struct {
	URL, Name, Media, Size string
	Digest                 string // SHA-256, or of the list of its sealed chunks where it is closed
	At                     time.Time
	Person                 *component.Person
	Exhibits               []Link
	Sent                   string // to the other country, and whether it has come there
}

// Sending is a file that its sender has not sent whole.
type Sending struct {
	ID, Name, Size, Stands string
	Match                  string // name by which the same file is known again; empty where it is not told
	Bytes, Offset          int64
	Add                    *Act // everything is here, and only adding it is left
}

// Sender is the form that sends a file.
type Sender struct {
	Form component.Form
	Asks []Ask
	// BeginURL and AddURL are where a script begins and ends what it sends by
	// pieces, UploadURL what the id of an upload follows.
	BeginURL, AddURL, UploadURL string
	CaseID                      string
}

// File is the page of one file: what it holds, with its digest and custody in
// sight whatever is read of it.
type File struct {
	Head  Head
	Title string
	Shows string // pages, image, audio, video, text; empty where it is not shown
	URL   string // of its content, or of the page that is shown
	// Of a document that is shown page by page.
	Page, Pages   int
	Before, After string
	RedactURL     string
	// Of a redacted copy: what it was made of, what is black and why.
	MadeOf  *Link
	Blacked []string
	More    string // that there is text beyond what is shown
	Text    string
	Closed  *component.Note // why it is not shown
	Save    string          // where it is downloaded
	Facts   []Fact
	Digest  string
	// Checked says what was found when every byte was read again; CheckURL does it.
	Checked  *component.Note
	CheckURL string
	Custody  []HeldBy
	Acts     []Act
}

// HeldBy is an exhibit whose chain names the file.
type HeldBy struct {
	Number, URL, Kind, Step string
	At                      time.Time
	Country, Name, Office   string // who signed the step
	Holder                  string // who has it now
	Gaps                    int
	Same                    bool
}

// Redact is a file's pages, and the form that says what of them is black in a
// copy.
type Redact struct {
	Head        Head
	Form        component.Form
	Reasons     []component.Option
	Pages       []PageImage
	AboutPerson bool
	BackURL     string
}

// PageImage is one page of a document as a picture.
type PageImage struct {
	N   int // from 1
	URL string
}
