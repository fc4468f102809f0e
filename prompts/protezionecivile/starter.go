// Package protezionecivile is the starter book: the Contact Center of the Italian Civil Protection Department,
// numero verde 800 840 840, in Italian, English, German, French and Slovene. It is a complete book, to run as it is and to copy from.
package protezionecivile

import (
	"embed"
	"io/fs"
)

//go:embed line.yaml texts
var files embed.FS

// Starter is the starter book's folder, for prompts.Load.
func Starter() fs.FS { return files }
