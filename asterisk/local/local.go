// Package local runs a private Asterisk: it finds or builds one, gives it a folder of its own, starts it and
// watches it, without touching the host.
package local

import (
	"context"
	"io"

	"pronto/asterisk/conf"
)

// Install is an Asterisk installation that can be started, and the speech engines beside it.
type Install struct {
	Version string // as it says
	// Root is the folder it lives in when it is a private one (run through bwrap), "" when it is the host's own.
	Root string
}

// StateInside is where a private installation sees the state folder.
const StateInside = "/pronto"

// API that the rest of the program is written against; see install.go, run.go:
//
//	Find(ctx, progress io.Writer) (*Install, error)      // the asterisk on PATH if recent enough, else the cached private one, else ErrNotInstalled
//	Ensure(ctx, progress io.Writer) (*Install, error)    // Find, or build it, with progress lines
//	(*Install).Dirs(state string) conf.Dirs              // the directories as Asterisk will see them, for the host's folder state
//	(*Install).Command(ctx, state string) *exec.Cmd      // asterisk in the foreground, state is the host's folder; conf files are in state/etc
//	(*Install).Tool(ctx, dir string, argv ...string) *exec.Cmd // a program of the installation (pico2wave, espeak-ng), dir bound read-write at the same path
//	Prepare(ctx, in *Install, state string, site conf.Site) error // writes files, folders, rights
//	WaitReady(ctx, site conf.Site) error                 // until ARI answers, with what the log says if it does not
var (
	_ context.Context
	_ io.Writer
	_ conf.Site
)
