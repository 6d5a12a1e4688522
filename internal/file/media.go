package file

import (
	"mime"
	"net/http"
	"strings"
)

// sniffed is how many bytes of a file its type is told from.
const sniffed = 512

// unknownMedia is the type of what is not known, and of what a browser would
// run: markup, styles, scripts.
const unknownMedia = "application/octet-stream"

// shownMedia are the types that a viewer shows: nothing in them is run.
var shownMedia = map[string]bool{
	"application/pdf": true, "text/plain": true,
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/bmp": true,
	"audio/mpeg": true, "audio/wave": true, "audio/ogg": true, "audio/aiff": true, "audio/basic": true, "audio/midi": true,
	"video/mp4": true, "video/webm": true, "video/avi": true, "application/ogg": true,
}

// sniff tells the type of a file from its first bytes (WHATWG MIME Sniffing, as
// net/http has it); what a sender claimed is not asked. Text is plain whatever
// it says it is.
func sniff(head []byte) string {
	media, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil || media == "" {
		return unknownMedia
	}
	if strings.HasPrefix(media, "text/") {
		return "text/plain"
	}
	return media
}

// Showable reports whether a viewer may show files of a type; all others are
// downloaded, as bytes.
func Showable(media string) bool { return shownMedia[media] }

// extensions are how names of files of a type end, of those that a viewer shows.
var extensions = map[string]string{
	"application/pdf": ".pdf", "text/plain": ".txt", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
	"audio/mpeg": ".mp3", "audio/wave": ".wav", "audio/ogg": ".ogg", "audio/aiff": ".aiff", "audio/basic": ".au", "audio/midi": ".mid",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/avi": ".avi", "application/ogg": ".ogg",
}

// Extension is how this node ends the name of a file of a type, whatever whoever
// sent it called it.
func Extension(media string) string {
	if e, ok := extensions[media]; ok {
		return e
	}
	return ".bin"
}
