package local

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// builder makes a small Debian in a folder.
type builder struct {
	name  string
	lines int // that it prints on the way, about: what 100 % is
	run   func(ctx context.Context, dir, mirror string, m *meter) error
}

// chooseBuilder takes debootstrap for root. Any other user needs a user namespace, which mmdebstrap makes.
func chooseBuilder(root bool) (builder, error) {
	if root {
		return builder{name: "debootstrap", lines: 965, run: debootstrap}, needTools(tool{"debootstrap", "debootstrap"}, tool{"bwrap", "bubblewrap"})
	}
	return builder{name: "mmdebstrap", lines: 14, run: mmdebstrap}, needTools(tool{"mmdebstrap", "mmdebstrap"}, tool{"newuidmap", "uidmap"}, tool{"bwrap", "bubblewrap"})
}

// tool is a program and the package that it comes in.
type tool struct{ program, pkg string }

func needTools(tools ...tool) error {
	var missing, packages []string
	for _, t := range tools {
		if _, err := exec.LookPath(t.program); err != nil {
			missing, packages = append(missing, t.program), append(packages, t.pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the private Asterisk can not be built without %s: apt-get install %s",
		strings.Join(missing, " and "), strings.Join(packages, " "))
}

func debootstrap(ctx context.Context, dir, mirror string, m *meter) error {
	args := []string{"--variant=minbase", "--components=" + components, "--include=" + include, suite, dir}
	if mirror != "" {
		args = append(args, mirror)
	}
	return m.watch(group(exec.CommandContext(ctx, "debootstrap", args...)))
}

// mmdebstrap lets the namespace write an archive and unpacks it itself: so all files belong to the user, who can delete them again.
func mmdebstrap(ctx context.Context, dir, mirror string, m *meter) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	// Like debootstrap, it takes what a mirror has that has not been brought up to date for some days; signatures are checked.
	args := []string{
		"--mode=unshare", "--format=tar", "--variant=minbase", "--components=" + components, "--include=" + include,
		`--aptopt=Acquire::Check-Valid-Until "false"`, suite, "-",
	}
	if mirror != "" {
		args = append(args, mirror)
	}
	maker := group(exec.CommandContext(ctx, "mmdebstrap", args...))
	unpack := group(exec.CommandContext(ctx, "tar", "-x", "--no-same-owner", "--exclude=./dev/*", "-C", dir))
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	maker.Stdout, unpack.Stdin = w, r
	var said bytes.Buffer
	unpack.Stderr = &said
	err = unpack.Start()
	_ = r.Close()
	if err != nil {
		_ = w.Close()
		return fmt.Errorf("start tar: %w", err)
	}
	err = m.watch(maker)
	_ = w.Close()
	if unpacked := unpack.Wait(); unpacked != nil && err == nil { // of a builder that failed it got half an archive
		err = fmt.Errorf("unpack: %w: %s", unpacked, bytes.TrimSpace(said.Bytes()))
	}
	return err
}

// group makes cancelling the context end the command with all its children, politely: they unmount what they mounted.
func group(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	return cmd
}

// meter turns a builder's output into a few lines of progress.
type meter struct {
	out   io.Writer
	lines int
	seen  int
	told  int // percent
	phase string
}

// watch runs the command and tells how it goes; the error holds the end of what it said. Its Stdout is left alone if set.
func (m *meter) watch(cmd *exec.Cmd) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	defer func() { _ = r.Close() }()
	if cmd.Stdout == nil {
		cmd.Stdout = w
	}
	cmd.Stderr = w
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		return fmt.Errorf("start %s: %w", cmd.Args[0], err)
	}
	var last []string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		m.line(lines.Text())
		last = append(last[max(0, len(last)-4):], lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w; it said at last:\n%s", err, strings.Join(last, "\n"))
	}
	return nil
}

// phases are the words that a builder's line begins with, and what the user reads.
var phases = []struct{ word, say string }{
	{"Retrieving", "fetching packages"},
	{"Validating", "fetching packages"},
	{"Extracting", "unpacking"},
	{"Unpacking", "unpacking"},
	{"Configuring", "setting up"},
	{"downloading", "fetching packages"},
	{"running apt-get update", "fetching the list of packages"},
	{"extracting", "unpacking"},
	{"installing", "setting up"},
	{"creating tarball", "writing it down"},
}

func (m *meter) line(line string) {
	line = strings.TrimPrefix(line, "I: ")
	m.seen++
	percent := min(99, m.seen*100/m.lines)
	for _, p := range phases {
		if !strings.HasPrefix(line, p.word) {
			continue
		}
		if p.say != m.phase || percent >= m.told+10 {
			m.phase, m.told = p.say, percent
			_, _ = fmt.Fprintf(m.out, "  %2d %%  %s\n", percent, p.say)
		}
		return
	}
}
