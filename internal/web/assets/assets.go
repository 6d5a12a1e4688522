// Package assets embeds what build.mjs took from npm: fonts, icons and
// scripts. In a clone where that has not run yet the folder is empty and the
// pages still work, in the reader's own fonts and without icons.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is the content of dist.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is named in the embed line above
	}
	return sub
}
