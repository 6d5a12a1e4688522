package mail

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// written is a letter as it goes to a mail server: the same bytes at every try,
// with the same Message-ID, so that a reader's program shows one that came twice
// as one. Its number is all that it says.
func (l Letter) written(from, to string, lang i18n.Lang) []byte {
	said := map[string]any{"Number": l.Number}
	_, domain, _ := strings.Cut(from, "@")
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", "<" + from + ">"}, {"To", "<" + to + ">"},
		{"Date", l.At.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + l.Number + "@" + domain + ">"},
		{"Subject", mime.QEncoding.Encode("utf-8", i18n.T(lang, "mail.subject", said))},
		{"Auto-Submitted", "auto-generated"}, // nobody's absence answers it (RFC 3834)
		{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"},
		{"Content-Language", string(lang)},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	text := quotedprintable.NewWriter(&b)
	_, _ = text.Write([]byte(strings.ReplaceAll(i18n.T(lang, "mail.text", said), "\n", "\r\n") + "\r\n")) // into memory
	_ = text.Close()
	return b.Bytes()
}
