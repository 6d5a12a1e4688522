// Package maps holds the mappings that the program ships: files that anybody may
// copy and change, and those of people and events that are offered where an event
// is captured from a file.
package maps

import "embed"

// Files are the mappings of files of people and events.
//
//go:embed case-people.yaml htcds.yaml
var Files embed.FS
