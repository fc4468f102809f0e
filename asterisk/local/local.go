// Package local runs a private Asterisk: it finds or builds one, gives it a folder of its own, starts it and
// watches it, without touching the host.
//
// A private installation is a folder with a small Debian in it, under the user's cache directory. It is built once, beside its
// place, and renamed when it is whole; what runs in it sees it read-only, so any number of instances share it, each with its
// own state folder and ports. It sees the host's network and nothing else of the host.
//
// The functions may be called from any goroutine and by several processes at once.
package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sort"

	"pronto/asterisk/conf"
)

// ErrNotInstalled is returned by Find when there is no Asterisk that could be used.
var ErrNotInstalled = errors.New("no Asterisk is installed: pronto asterisk install builds a private one")

// Install is an Asterisk installation that can be started, and the speech engines beside it.
type Install struct {
	Version string // as it says
	// Root is the folder it lives in when it is a private one (run through bwrap), "" when it is the host's own.
	Root string
}

// StateInside is where a private installation sees the state folder.
const StateInside = "/pronto"

// Dirs returns the directories as Asterisk will see them, for the host's folder state.
func (in *Install) Dirs(state string) conf.Dirs {
	if in.Root != "" {
		state = StateInside
	}
	dirs := conf.Dirs{
		Etc:   filepath.Join(state, "etc"),
		State: state,
		Data:  in.first([]string{"/usr/share/asterisk", "/var/lib/asterisk", "/usr/local/share/asterisk", "/usr/local/var/lib/asterisk"}, "documentation"),
		Modules: in.first([]string{
			"/usr/lib/*/asterisk/modules", "/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules", "/usr/local/lib/asterisk/modules",
		}, "res_ari.so"),
		Sounds: filepath.Join(state, "sounds"),
	}
	dirs.Music = filepath.Join(state, "moh")
	return dirs
}

// first returns the first folder of the installation that matches one of the patterns and holds the entry, or "".
func (in *Install) first(patterns []string, entry string) string {
	for _, pattern := range patterns {
		found, _ := filepath.Glob(filepath.Join(in.Root+pattern, entry)) // the patterns are well-formed
		sort.Strings(found)
		if len(found) > 0 {
			return filepath.Dir(found[0][len(in.Root):])
		}
	}
	return ""
}

// Command returns the command that runs Asterisk in the foreground with the configuration that Prepare wrote. It is not tied to
// the life of this process: an Asterisk whose supervisor was killed goes on with its calls. Its output says nothing that is
// not in its log. Killing the wrapper does not end Asterisk; signal the innermost process.
func (in *Install) Command(ctx context.Context, state string) *exec.Cmd {
	if in.Root == "" {
		cmd := exec.CommandContext(ctx, "asterisk", "-C", filepath.Join(state, "etc", "asterisk.conf"), "-f")
		cmd.Dir, cmd.Env = state, environment(state)
		return cmd
	}
	args := append(in.rootArgs(), "--bind", state, StateInside, "--chdir", StateInside,
		"asterisk", "-C", StateInside+"/etc/asterisk.conf", "-f")
	cmd := exec.CommandContext(ctx, "bwrap", args...)
	cmd.Env = environment(StateInside)
	return cmd
}

// Tool returns a command that runs a program of the installation (pico2wave, espeak-ng). It can write into dir, which has the
// same path inside, and works there.
func (in *Install) Tool(ctx context.Context, dir string, argv ...string) *exec.Cmd {
	if in.Root == "" {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir = dir
		return cmd
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	args := append(in.rootArgs(), "--bind", dir, dir, "--chdir", dir, "--die-with-parent", "--")
	cmd := exec.CommandContext(ctx, "bwrap", append(args, argv...)...)
	cmd.Env = environment(dir)
	return cmd
}

// rootArgs are bwrap's arguments that make the private installation, read-only, the root. The top folders are bound one by
// one: then the root itself is a fresh one in memory, in which any folder can be mounted.
func (in *Install) rootArgs() []string {
	var args []string
	for _, name := range []string{"usr", "etc", "var", "bin", "sbin", "lib", "lib32", "lib64", "libx32"} {
		path := filepath.Join(in.Root, name)
		if target, err := os.Readlink(path); err == nil {
			args = append(args, "--symlink", target, "/"+name)
		} else if _, err := os.Stat(path); err == nil {
			args = append(args, "--ro-bind", path, "/"+name)
		}
	}
	for _, name := range []string{"etc/resolv.conf", "etc/hosts"} { // a trunk may be a host's name
		if info, err := os.Lstat(filepath.Join(in.Root, name)); err == nil && info.Mode().IsRegular() {
			args = append(args, "--ro-bind-try", "/"+name, "/"+name)
		}
	}
	return append(args, "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run")
}

// environment is what a program of the installation finds in its environment: nothing of the terminal's.
func environment(home string) []string {
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=" + home}
	if tz := os.Getenv("TZ"); tz != "" {
		env = append(env, "TZ="+tz)
	}
	return env
}

// CDRPath is the host's path of the CSV of call detail records (see "CDR format" in asterisk/conf).
func CDRPath(state string) string { return filepath.Join(state, filepath.FromSlash(conf.CDRFile)) }
