package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"pronto/asterisk/conf"
	"pronto/asterisk/local"
	"pronto/prompts"
)

type runCmd struct {
	Dir      string   `env:"PRONTO_DIR" default:"./var" help:"All state."`
	SIP      string   `name:"sip" env:"PRONTO_SIP" default:"127.0.0.1:5060" help:"Where SIP listens (UDP)."`
	RTP      string   `name:"rtp" env:"PRONTO_RTP" default:"10000-19999" help:"RTP ports."`
	HTTP     string   `name:"http" env:"PRONTO_HTTP" default:"127.0.0.1:8080" help:"The line's page and API."`
	Ops      string   `env:"PRONTO_OPS" default:"127.0.0.1:9090" help:"Metrics and health."`
	ARI      string   `name:"ari" env:"PRONTO_ARI" default:"127.0.0.1:8088" help:"The private Asterisk's own HTTP port."`
	Book     string   `env:"PRONTO_BOOK" help:"The book's folder. Default: the starter book."`
	DB       string   `name:"db" env:"PRONTO_DB" help:"The ledger: a file, or postgres://user@host/database. Default: ledger.db in the state folder."`
	Trunk    string   `env:"PRONTO_TRUNK" help:"host:port of the carrier. Default: any loopback address may call, nothing can be dialled."`
	Outside  []string `env:"PRONTO_OUTSIDE" help:"Operators' own telephone numbers, which may be rung through the trunk, like +393331234567. Default: none."`
	Callback []string `env:"PRONTO_CALLBACK" help:"Country codes of people who may be called back, like 39,41; only landlines and mobiles. 351:2/9 adds a country that is not known, with the prefixes of its numbers; none is nobody. Default: 39."`
	Speech   string   `env:"PRONTO_SPEECH" help:"A YAML file that says which engine speaks which language. Default: pico2wave, else espeak-ng."`
	Drain    int      `default:"60" help:"Seconds that a stop waits for calls to end."`

	speech []prompts.Speech // what the file says

	Operators int `default:"2" help:"How many operator accounts (op1, op2, ...) there are."`
}

// Run is the supervisor: it prepares, starts Asterisk and the controller, and keeps both running until a signal.
func (c *runCmd) Run(e *env) error {
	started := time.Now()
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("find the state folder: %w", err)
	}
	c.Dir = dir
	if err := c.validate(); err != nil {
		return usageError{err}
	}
	if err := c.readSpeech(); err != nil {
		return err
	}
	s := &supervisor{cmd: c, env: e, started: started}
	return s.run()
}

func (c *runCmd) validate() error {
	var faults []error
	for _, a := range []struct{ name, addr string }{
		{"PRONTO_SIP", c.SIP}, {"PRONTO_HTTP", c.HTTP}, {"PRONTO_OPS", c.Ops}, {"PRONTO_ARI", c.ARI},
	} {
		if _, _, err := net.SplitHostPort(a.addr); err != nil {
			faults = append(faults, fmt.Errorf("%s=%q is no address: write host:port, like 127.0.0.1:5060", a.name, a.addr))
		}
	}
	if c.Trunk != "" {
		if _, _, err := net.SplitHostPort(c.Trunk); err != nil {
			faults = append(faults, fmt.Errorf("PRONTO_TRUNK=%q is no address: write host:port of the carrier", c.Trunk))
		}
	}
	if _, _, err := c.rtpRange(); err != nil {
		faults = append(faults, err)
	}
	faults = append(faults, c.numbers().Validate())
	if c.Operators < 1 || c.Operators > 500 {
		faults = append(faults, errors.New("-operators: give a number from 1 to 500"))
	}
	return errors.Join(faults...)
}

func (c *runCmd) rtpRange() (low, high int, err error) {
	from, to, ok := strings.Cut(c.RTP, "-")
	low, err1 := strconv.Atoi(from)
	high, err2 := strconv.Atoi(to)
	if !ok || err1 != nil || err2 != nil || low < 1024 || high > 65535 || high-low < 3 {
		return 0, 0, fmt.Errorf("PRONTO_RTP=%q is no range of ports: write first-last, like 10000-19999", c.RTP)
	}
	return low, high, nil
}

// numbers are what may be dialled beside rescue numbers.
func (c *runCmd) numbers() conf.Numbers {
	return conf.Numbers{Outside: c.Outside, Callback: c.Callback}
}

// asteriskDir is the private Asterisk's state folder.
func (c *runCmd) asteriskDir() string { return filepath.Join(c.Dir, "asterisk") }

// site is the configuration of the private Asterisk for a release.
func (c *runCmd) site(in *local.Install, release *prompts.Release, password string) conf.Site {
	low, high, _ := c.rtpRange()
	return siteFor(release, conf.Site{
		Name: "pronto", App: "pronto", SIP: c.SIP, RTPLow: low, RTPHigh: high, HTTP: c.ARI,
		ARIUser: "pronto", ARIPassword: password, Trunk: c.Trunk, Numbers: c.numbers(), Dirs: in.Dirs(c.asteriskDir()),
	})
}

// siteFor fills in what a site takes from the book: number, language, rescue numbers, fail-open sounds.
func siteFor(release *prompts.Release, site conf.Site) conf.Site {
	book := release.Book
	first := book.Line.Languages[0]
	site.Line, site.Language = book.Line.Number, first
	site.Rescue = append(site.Rescue, book.RescueNumbers()...)
	file := func(key string) string {
		clip, _ := release.Clip(first, key)
		return clip.File
	}
	for _, lang := range book.Line.Languages {
		if clip, ok := release.Clips[lang][prompts.KeyFailOpenAdvice]; ok {
			site.FailOpen.Advice = append(site.FailOpen.Advice, clip.File)
		}
	}
	site.FailOpen.Wait = file(prompts.KeyFailOpenWait)
	site.FailOpen.Message = file(prompts.KeyFailOpenMessage)
	site.FailOpen.Beep = file(prompts.KeyBeep)
	site.FailOpen.Goodbye = file(prompts.KeyGoodbye)
	return site
}

// operators makes the accounts op1, op2, ... that are missing.
func (c *runCmd) operators() error {
	path := operatorsFile(c.Dir)
	accounts, err := readOperators(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var text strings.Builder
	have := map[string]bool{}
	line := func(name, secret string) {
		have[name] = true
		text.WriteString(name + " " + secret + "\n")
	}
	for _, a := range accounts {
		line(a.name, a.secret)
	}
	for i := 1; i <= c.Operators; i++ {
		if name := "op" + strconv.Itoa(i); !have[name] {
			line(name, newSecret())
		}
	}
	if len(have) == len(accounts) {
		return nil
	}
	return writeFile(path, []byte(text.String()), 0o600)
}

// secret reads the one-line secret in path, making it if it is not there.
func secret(path string) (string, error) {
	data, err := os.ReadFile(path)
	if s := strings.TrimSpace(string(data)); err == nil && s != "" {
		return s, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	s := newSecret()
	return s, writeFile(path, []byte(s+"\n"), 0o600)
}

// newSecret is 120 random bits, in letters and digits that a SIP phone's keypad can type.
func newSecret() string {
	b := make([]byte, 15)
	_, _ = rand.Read(b) // never fails: it ends the program instead (crypto/rand)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b))
}

// prepareRelease finds the release in service where the private Asterisk will find it, or publishes the book there: the first
// time, and when PRONTO_BOOK's content has changed.
func (c *runCmd) prepareRelease(ctx context.Context, e *env, in *local.Install) (*prompts.Release, prompts.Entry, error) {
	return rendering{
		book: c.Book, sounds: soundsDir(c.Dir), cache: cacheDir(c.Dir), runner: in.Tool, speech: c.speech, lang: e.lang,
	}.inService(ctx, e.stdout, "pronto run", c.Book != "")
}

// soundsDir is the sound root of the private Asterisk.
func soundsDir(dir string) string { return filepath.Join(dir, "asterisk", "sounds") }
