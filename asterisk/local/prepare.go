package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"pronto/asterisk/conf"
)

// stateDirs are the folders of a state folder.
var stateDirs = []string{
	"etc", "lib", "lib/agi-bin", "log", filepath.Dir(conf.CDRFile), "run", "spool", conf.RecordingDir, "cache", "sounds", "moh",
}

// bigLog is the size over which a log is put aside at a start.
const bigLog = 64 << 20

// Prepare makes the state folder ready for a start: folders, configuration, rights, music, nothing stale. It does no harm to an
// Asterisk that runs in the folder already.
func Prepare(ctx context.Context, in *Install, state string, site conf.Site) error {
	site.MaxFiles = openFiles(site.MaxFiles)
	files, err := site.Files()
	if err != nil {
		return fmt.Errorf("configure Asterisk: %w", err)
	}
	for _, dir := range stateDirs {
		if err := os.MkdirAll(filepath.Join(state, filepath.FromSlash(dir)), 0o750); err != nil {
			return fmt.Errorf("make Asterisk's folders: %w (name a state folder that you may write to)", err)
		}
	}
	for name, text := range files {
		if err := replace(filepath.Join(state, "etc", name), []byte(text), 0o640); err != nil {
			return err
		}
	}
	if !running(ctx, state) {
		if err := tidy(state); err != nil {
			return err
		}
	}
	if err := prepareMusic(in, state); err != nil {
		return err
	}
	return own(state, site.RunUser)
}

// openFiles is the most open files to ask for: no more than may be had, or Asterisk complains.
func openFiles(wish int) int {
	if wish == 0 {
		wish = 65536
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err == nil && limit.Max < uint64(wish) {
		return int(limit.Max)
	}
	return wish
}

// running says whether an Asterisk works in the state folder. It must answer: the socket of one that is just dying still takes
// connections.
func running(ctx context.Context, state string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	answer, err := Control(ctx, state, "core show uptime seconds")
	return err == nil && answer != ""
}

// tidy removes what a killed Asterisk left and puts big logs aside.
func tidy(state string) error {
	for _, name := range []string{"asterisk.ctl", "asterisk.pid"} {
		if err := os.Remove(filepath.Join(state, "run", name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove what an Asterisk that was killed has left: %w", err)
		}
	}
	for _, name := range []string{conf.LogFile, conf.SecurityLog} {
		path := filepath.Join(state, filepath.FromSlash(name))
		if info, err := os.Stat(path); err == nil && info.Size() > bigLog {
			if err := os.Rename(path, path+".1"); err != nil {
				return fmt.Errorf("put a big log aside: %w", err)
			}
		}
	}
	return nil
}

// own gives the state folder to the user that Asterisk will run as: it drops the right to write into other users' folders even
// when it was started by root.
func own(state, name string) error {
	if name == "" {
		return nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return fmt.Errorf("find the user that Asterisk runs as: %w", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("find the user that Asterisk runs as: %w", err)
	}
	if uid == os.Geteuid() {
		return nil
	}
	for _, top := range []string{"etc", "lib", "log", "run", "spool", "cache", "moh"} {
		err := filepath.WalkDir(filepath.Join(state, top), func(path string, _ os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, uid, gid)
		})
		if err != nil {
			return fmt.Errorf("give Asterisk's folders to %s: %w", name, err)
		}
	}
	return nil
}

// replace writes a file whole: a reader sees the old or the new one.
func replace(path string, data []byte, mode os.FileMode) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, mode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
