package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"

	"pronto/ivr/rehearsal"
	"pronto/prompts/wording"
)

// clipPlayer plays clips on this machine. The zero value is mute.
type clipPlayer struct {
	root    string
	program string
	format  []string // arguments before each file
	once    bool     // the arguments stand before the first file only

	cmd  *exec.Cmd
	done chan error    // how it ended
	gone chan struct{} // closed when it has
}

// newClipPlayer finds a program that plays the clips below root.
func newClipPlayer(root string) (*clipPlayer, error) {
	for _, p := range []clipPlayer{
		{program: "play", format: strings.Fields("-t raw -r 16000 -e signed-integer -b 16 -c 1")},
		{program: "aplay", format: strings.Fields("-t raw -r 16000 -f S16_LE -c 1"), once: true},
	} {
		if _, err := exec.LookPath(p.program); err == nil {
			p.root = root
			return &p, nil
		}
	}
	return nil, wording.Errorf("-audio needs the program play (apt-get install sox) or aplay (apt-get install alsa-utils)")
}

// play begins to play clips, instead of what is played now.
func (p *clipPlayer) play(clips []rehearsal.Clip) {
	p.stop()
	if p.program == "" || len(clips) == 0 {
		return
	}
	args := []string{"-q"}
	for i, clip := range clips {
		if i == 0 || !p.once {
			args = append(args, p.format...)
		}
		args = append(args, filepath.Join(p.root, filepath.FromSlash(clip.File)+".sln16"))
	}
	cmd := exec.Command(p.program, args...) //nolint:noctx // it is ended by stop, which the session defers
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	done, gone := make(chan error, 1), make(chan struct{})
	p.cmd, p.done, p.gone = cmd, done, gone
	if err := cmd.Start(); err != nil {
		done <- wording.Errorf("play the clips with %s: %w", p.program, err)
		close(gone)
		return
	}
	go func() {
		defer close(gone)
		if err := cmd.Wait(); err != nil {
			done <- wording.Errorf("play the clips with %s: %w: %s (without -audio the texts are shown)", p.program, err, firstLine(said.String()))
			return
		}
		done <- nil
	}()
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return first
}

// ended tells when what is played has ended; it is for one reader. Mute, it never does.
func (p *clipPlayer) ended() <-chan error { return p.done }

func (p *clipPlayer) playing() bool { return p.cmd != nil }

// stop ends what is played, and waits until it is silent.
func (p *clipPlayer) stop() {
	if p.cmd == nil {
		return
	}
	if p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
	}
	<-p.gone
	p.cmd, p.done, p.gone = nil, nil, nil
}
