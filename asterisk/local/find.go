package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// rootEnv names the folder of a private installation that is to be used instead of all others.
const rootEnv = "PRONTO_ASTERISK_ROOT"

// marker is a file in the private installation's root that is written when it is whole; it holds the version.
const marker = ".pronto-complete"

// Find returns the Asterisk to use: the one of PRONTO_ASTERISK_ROOT, or that on PATH if it is recent enough, or the private one
// that Ensure built before, or ErrNotInstalled. What it passes over, and why, it writes to progress.
func Find(ctx context.Context, progress io.Writer) (*Install, error) {
	if root := os.Getenv(rootEnv); root != "" {
		return named(ctx, root)
	}
	if in := onPath(ctx, progress); in != nil {
		return in, nil
	}
	root, err := cachedRoot()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, marker)); err != nil {
		return nil, ErrNotInstalled
	}
	if err := needBwrap(); err != nil {
		return nil, err
	}
	// Asking it, rather than reading the marker, tells at once where bwrap is not allowed to work.
	in := &Install{Root: root}
	if in.Version, err = in.version(ctx); err != nil {
		return nil, fmt.Errorf("the private Asterisk in %s does not run: %w (bwrap needs user namespaces, which some systems deny: "+
			"allow them, start pronto as root, or delete the folder to have it built anew)", root, err)
	}
	return in, nil
}

// named is the installation that the environment names.
func named(ctx context.Context, root string) (*Install, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find %s=%s: %w", rootEnv, root, err)
	}
	if err := needBwrap(); err != nil {
		return nil, err
	}
	in := &Install{Root: abs}
	if in.Version, err = in.version(ctx); err != nil {
		return nil, fmt.Errorf("%s=%s holds no Asterisk that runs: %w (unset it, or name a folder that pronto asterisk install has built)", rootEnv, root, err)
	}
	return in, nil
}

// onPath is the host's own Asterisk, nil if there is none or it can not be used.
func onPath(ctx context.Context, progress io.Writer) *Install {
	path, err := exec.LookPath("asterisk")
	if err != nil {
		return nil
	}
	pass := func(why string) *Install {
		_, _ = fmt.Fprintf(progress, "passing over %s: %s\n", path, why)
		return nil
	}
	in := &Install{}
	if in.Version, err = in.version(ctx); err != nil {
		return pass(err.Error())
	}
	if !recent(in.Version) {
		return pass("it is version " + in.Version + ", and older ones than " + wanted + " have known holes in ARI")
	}
	dirs := in.Dirs("/")
	if dirs.Data == "" {
		return pass("its data folder (with documentation/) is not in a usual place")
	}
	for _, module := range []string{"res_ari.so", "res_ari_channels.so", "chan_pjsip.so", "cdr_custom.so"} {
		if _, err := os.Stat(filepath.Join(dirs.Modules, module)); err != nil {
			return pass("it has no " + module)
		}
	}
	return in
}

// version asks the installation for its version.
func (in *Install) version(ctx context.Context) (string, error) {
	out, err := in.Tool(ctx, os.TempDir(), "asterisk", "-V").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("ask Asterisk for its version: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "Asterisk "), nil
}

// cachedRoot is where the private installation is or will be.
func cachedRoot() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w (set HOME or XDG_CACHE_HOME)", err)
	}
	if cache, err = filepath.Abs(cache); err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w", err)
	}
	return filepath.Join(cache, "pronto", "asterisk-"+suite), nil
}

func needBwrap() error {
	if _, err := exec.LookPath("bwrap"); err != nil {
		return fmt.Errorf("bwrap is missing, which the private Asterisk runs in: apt-get install bubblewrap")
	}
	return nil
}
