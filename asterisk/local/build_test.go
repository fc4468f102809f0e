package local

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pronto/asterisk/conf"
)

func TestRecent(t *testing.T) {
	for version, want := range map[string]bool{
		"22.10.1":                  true,
		"Asterisk 22.10.1~dfsg+~1": true,
		"22.10.1+dfsg+~cs6.17":     true,
		"22.10.0":                  false,
		"22.9.5":                   false,
		"22.11.0":                  true,
		"22.11.0-rc1":              true,
		"22.10.1-rc1":              false,
		"20.20.1":                  true,
		"20.20.0":                  false,
		"20.21.0":                  true,
		"21.12.2":                  false,
		"21.12.3":                  true,
		"23.4.1":                   true,
		"23.4":                     false,
		"24.0.0":                   true,
		"19.8.1":                   false,
		"18.26.4":                  false,
		"certified-20.7-cert5":     false,
		"GIT-master-1234":          false,
		"":                         false,
	} {
		if got := recent(version); got != want {
			t.Errorf("recent(%q) = %v", version, got)
		}
	}
}

func TestMirror(t *testing.T) {
	for targets, want := range map[string]string{
		"Debian|Debian-Security|http://a/debian-security\nDebian|Debian|http://a/debian\n": "http://a/debian",
		"Ubuntu|Ubuntu|http://archive.example/ubuntu\n":                                    "",
		"Debian|Debian|cdrom:[Debian]\nDebian|Debian|https://b/debian":                     "https://b/debian",
		"": "",
	} {
		if got := mirrorIn(targets); got != want {
			t.Errorf("%q: mirror %q, want %q", targets, got, want)
		}
	}
}

func TestMountsBelow(t *testing.T) {
	info := "22 1 254:0 / / rw - ext4 /dev/vda rw\n" +
		"30 22 0:5 / /c/asterisk-sid.building/proc rw - proc proc rw\n" +
		"31 22 0:6 / /c/asterisk-sid.buildingother/proc rw - proc proc rw\n" +
		"32 22 0:7 / /c/asterisk-sid.building/a\\040b rw - tmpfs tmpfs rw\n"
	want := []string{"/c/asterisk-sid.building/proc", "/c/asterisk-sid.building/a b"}
	if diff := cmp.Diff(want, mountsBelow(info, "/c/asterisk-sid.building")); diff != "" {
		t.Error(diff)
	}
}

func TestNoRoom(t *testing.T) {
	err := roomIn("/c", 100<<20)
	if err == nil || !strings.Contains(err.Error(), "1500 MB") || strings.Contains(err.Error(), "\n") {
		t.Errorf("want one sentence that says how much: %v", err)
	}
	if err := roomIn("/c", needBytes); err != nil {
		t.Error(err)
	}
}

func TestMissingToolsAreNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for root, want := range map[bool]string{true: "apt-get install debootstrap bubblewrap", false: "apt-get install mmdebstrap uidmap bubblewrap"} {
		if _, err := chooseBuilder(root); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("root %v: %v, want %q", root, err, want)
		}
	}
}

func TestFindNothing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(rootEnv, "")
	if _, err := Find(t.Context(), os.Stderr); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Find says %v", err)
	}
}

// An installation without its marker is the rest of an interrupted build: it is not used.
func TestFindPassesOverHalfABuild(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("PATH", t.TempDir())
	t.Setenv(rootEnv, "")
	if err := os.MkdirAll(filepath.Join(cache, "pronto", "asterisk-"+suite, "usr", "sbin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), os.Stderr); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Find says %v", err)
	}
}

// An old Asterisk of the host is passed over, with the reason.
func TestFindPassesOverAnOldAsterisk(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(rootEnv, "")
	if err := os.WriteFile(filepath.Join(bin, "asterisk"), []byte("#!/bin/sh\necho Asterisk 20.6.0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if _, err := Find(t.Context(), &said); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Find says %v", err)
	}
	if !strings.Contains(said.String(), "20.6.0") {
		t.Errorf("it does not say why: %q", said.String())
	}
}

func TestLockWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var said bytes.Buffer
	first, err := lock(t.Context(), path, &said)
	if err != nil {
		t.Fatal(err)
	}
	told := &signalWriter{told: make(chan struct{})}
	got := make(chan error, 1)
	go func() {
		second, err := lock(t.Context(), path, told)
		if err == nil {
			second()
		}
		got <- err
	}()
	<-told.told
	select {
	case err := <-got:
		t.Fatalf("the second did not wait: %v", err)
	default:
	}
	first()
	if err := <-got; err != nil {
		t.Error(err)
	}
	if said.Len() > 0 {
		t.Errorf("the first waited: %q", said.String())
	}
}

// signalWriter closes told at the first write.
type signalWriter struct {
	told chan struct{}
	once sync.Once
}

func (w *signalWriter) Write(p []byte) (int, error) {
	w.once.Do(func() { close(w.told) })
	return len(p), nil
}

func TestMeter(t *testing.T) {
	var out bytes.Buffer
	m := &meter{out: &out, lines: 20}
	for range 10 {
		m.line("I: Retrieving libc6 2.41")
	}
	m.line("W: nothing of interest")
	m.line("I: Unpacking libc6:amd64...")
	want := "   5 %  fetching packages\n  15 %  fetching packages\n  25 %  fetching packages\n  35 %  fetching packages\n  45 %  fetching packages\n  60 %  unpacking\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// A builder that fails leaves nothing behind and says what it said.
func TestBuildFails(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\nfor d in \"$@\"; do case $d in /*) mkdir -p $d/usr;; esac; done\necho 'I: Retrieving InRelease'\necho 'E: Failed getting release file' >&2\nexit 1\n"
	for _, name := range []string{"debootstrap", "mmdebstrap"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	cache := filepath.Join(t.TempDir(), "pronto")
	if err := os.Mkdir(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := chooseBuilder(os.Geteuid() == 0)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = build(t.Context(), b, filepath.Join(cache, "asterisk-"+suite), &out)
	if err == nil || !strings.Contains(err.Error(), "Failed getting release file") || !strings.Contains(err.Error(), "install Asterisk") {
		t.Errorf("want what was said and a remedy: %v", err)
	}
	if left, _ := os.ReadDir(cache); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if !strings.Contains(out.String(), "building a private Asterisk") {
		t.Errorf("it did not say what it would do: %q", out.String())
	}
}

func TestStartFault(t *testing.T) {
	site := conf.Site{SIP: "127.0.0.1:5060", HTTP: "127.0.0.1:8088"}
	for log, want := range map[string]string{
		"ERROR[1] tcptls.c: Unable to bind http server to 127.0.0.1:8088: Address already in use":             "PRONTO_ARI",
		"ERROR[1] res_pjsip/config_transport.c: Transport 'udp' could not be started: Address already in use": "PRONTO_SIP",
		"NOTICE[1] cdr.c: CDR simple logging enabled.":                                                        "",
	} {
		err := startFault(site, []byte(log))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", log, err, want)
		}
	}
}

// aLaw against the definition of G.711: the decoder's value is the nearest of the code's segment.
func TestALaw(t *testing.T) {
	for sample := -32768; sample <= 32767; sample++ {
		code := aLaw(int16(sample)) ^ 0x55
		segment, step := int(code>>4&7), int(code&0x0F)
		value := step<<4 + 8
		if segment > 0 {
			value = (value + 0x100) << (segment - 1)
		}
		if code&0x80 == 0 {
			value = -value
		}
		if limit := max(8, 8<<max(0, segment-1)); value-sample > limit || sample-value > limit {
			t.Fatalf("%d becomes %d", sample, value)
		}
	}
}

func TestMusicLevel(t *testing.T) {
	quiet := make([]int16, 8000)
	for i := range quiet {
		quiet[i] = int16(600 * (1 - 2*(i/4%2))) // a square wave: its level is its peak
	}
	level(quiet)
	if quiet[0] < 2550 || quiet[0] > 2650 { // -22 dB of 32768 is 2603
		t.Errorf("level %d", quiet[0])
	}
	silence := make([]int16, 8000)
	level(silence)
	if silence[0] != 0 {
		t.Error("silence has become sound")
	}
}
