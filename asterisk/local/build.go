package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The private installation: Debian 12 and 13 carry no Asterisk, the unstable suite does.
const (
	suite      = "sid"
	components = "main,non-free" // pico, the better of the two speech engines, is in non-free
	include    = "asterisk,asterisk-modules,libttspico-utils,espeak-ng,asterisk-core-sounds-it,asterisk-core-sounds-it-wav,asterisk-moh-opsound-wav"
)

// needBytes is the room that a build takes, packages and their unpacked files together, with some to spare.
const needBytes = 1500 << 20

// Ensure returns what Find finds; if there is nothing it says what it will do, and builds the private Asterisk: packages of about
// 160 MB are fetched and 640 MB written, which takes a minute or two. It is built beside its place and renamed when it is whole, so an
// interrupted build does no harm; of two that build at once the second waits for the first. progress gets a line at each step.
func Ensure(ctx context.Context, progress io.Writer) (*Install, error) {
	in, err := Find(ctx, progress)
	if !errors.Is(err, ErrNotInstalled) {
		return in, err
	}
	root, err := cachedRoot()
	if err != nil {
		return nil, err
	}
	builder, err := chooseBuilder(os.Geteuid() == 0)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o755); err != nil {
		return nil, fmt.Errorf("make the cache folder: %w", err)
	}
	unlock, err := lock(ctx, root+".lock", progress)
	if err != nil {
		return nil, err
	}
	defer unlock()
	// Another process may have built it while this one waited for the lock.
	if in, err := Find(ctx, io.Discard); !errors.Is(err, ErrNotInstalled) {
		return in, err
	}
	return build(ctx, builder, root, progress)
}

// build makes the installation; the lock is held.
func build(ctx context.Context, b builder, root string, progress io.Writer) (*Install, error) {
	temp := root + ".building"
	for _, left := range []string{temp, root} { // neither is whole: a whole one has been found before
		if err := remove(left); err != nil {
			return nil, err
		}
	}
	if err := roomFor(filepath.Dir(root)); err != nil {
		return nil, err
	}
	mirror := mirror(ctx)
	from := mirror
	if from == "" {
		from = "Debian's default mirror"
	}
	_, _ = fmt.Fprintf(progress, "building a private Asterisk in %s (once): %s, Debian %s from %s, about 160 MB to fetch and 640 MB to write; nothing else of this machine is changed\n",
		root, b.name, suite, from)
	began := time.Now()
	if err := b.run(ctx, temp, mirror, &meter{out: progress, lines: b.lines}); err != nil {
		if left := remove(temp); left != nil {
			err = errors.Join(err, left)
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("building the private Asterisk was interrupted: %w (the next time begins anew)", context.Cause(ctx))
		}
		return nil, fmt.Errorf("build the private Asterisk with %s: %w\nIf Debian %s can not be had today, install Asterisk %s on this machine instead, "+
			"or name the folder of an installation with %s", b.name, err, suite, wanted, rootEnv)
	}
	return finish(ctx, temp, root, began, progress)
}

// finish checks what has been built, marks it whole, and moves it to its place.
func finish(ctx context.Context, temp, root string, began time.Time, progress io.Writer) (*Install, error) {
	for _, cache := range []string{"var/cache/apt", "var/lib/apt/lists"} {
		if err := os.RemoveAll(filepath.Join(temp, cache)); err != nil {
			return nil, fmt.Errorf("delete the package cache: %w", err)
		}
	}
	in := &Install{Root: temp}
	var err error
	if in.Version, err = in.version(ctx); err != nil {
		return nil, fmt.Errorf("try the private Asterisk: %w", err)
	}
	if !recent(in.Version) {
		return nil, fmt.Errorf("debian %s carries Asterisk %s today, and older ones than %s have known holes in ARI: install one of those on this machine instead, "+
			"or name the folder of an installation with %s", suite, in.Version, wanted, rootEnv)
	}
	if err := os.WriteFile(filepath.Join(temp, marker), []byte(in.Version+"\n"), 0o644); err != nil {
		return nil, fmt.Errorf("mark the private Asterisk whole: %w", err)
	}
	if err := os.Rename(temp, root); err != nil {
		return nil, fmt.Errorf("put the private Asterisk into its place: %w", err)
	}
	in.Root = root
	_, _ = fmt.Fprintf(progress, "built Asterisk %s in %.0f s\n", in.Version, time.Since(began).Seconds())
	return in, nil
}

// lock takes the lock file, waiting for another process that holds it. The kernel frees the lock of one that was killed.
func lock(ctx context.Context, path string, progress io.Writer) (func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the cache folder: %w", err)
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for told := false; ; {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if !told {
			told = true
			_, _ = fmt.Fprintln(progress, "another pronto builds the private Asterisk: waiting for it")
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("waiting for another build of the private Asterisk was interrupted: %w", context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// roomFor checks that a build fits on the disk.
func roomFor(dir string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("look for room in %s: %w", dir, err)
	}
	return roomIn(dir, fs.Bavail*uint64(fs.Bsize))
}

func roomIn(dir string, free uint64) error {
	if free >= needBytes {
		return nil
	}
	return fmt.Errorf("the private Asterisk needs %d MB in %s and %d MB are free: make room, or name a folder on another disk with XDG_CACHE_HOME",
		needBytes>>20, dir, free>>20)
}

// remove deletes the rest of a build. A builder that was killed may have left file systems mounted in it: what is mounted is
// not ours to delete, so it is unmounted first, and nothing is deleted while something is.
func remove(dir string) error {
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return fmt.Errorf("look for mounted file systems: %w", err)
	}
	points := mountsBelow(string(mounts), dir)
	for i := len(points) - 1; i >= 0; i-- { // the newest first
		if err := unix.Unmount(points[i], unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
			return fmt.Errorf("%s is left mounted from an interrupted build: %w (unmount it)", points[i], err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("delete the rest of an interrupted build: %w (delete %s)", err, dir)
	}
	return nil
}

// mountsBelow are the mount points below dir, in the order of /proc/self/mountinfo.
func mountsBelow(mountinfo, dir string) []string {
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	var points []string
	for _, line := range strings.Split(mountinfo, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		if point := unescape.Replace(fields[4]); strings.HasPrefix(point, dir+"/") {
			points = append(points, point)
		}
	}
	return points
}

// mirror is the Debian mirror that this machine uses, "" if that can not be told (another distribution, no apt).
func mirror(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(SITE)").Output()
	if err != nil {
		return ""
	}
	return mirrorIn(string(out))
}

// mirrorIn picks the main archive, which carries all suites; the security archive does not.
func mirrorIn(targets string) string {
	for _, line := range strings.Split(targets, "\n") {
		if site, ok := strings.CutPrefix(strings.TrimSpace(line), "Debian|Debian|"); ok {
			if strings.HasPrefix(site, "http://") || strings.HasPrefix(site, "https://") {
				return site
			}
		}
	}
	return ""
}
