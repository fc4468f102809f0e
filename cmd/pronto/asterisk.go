package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"syscall"

	"pronto/asterisk/conf"
	"pronto/asterisk/local"
	"pronto/prompts"
)

type asteriskCmd struct {
	Conf    asteriskConfCmd    `cmd:"" help:"Print or write the configuration for a site's own Asterisk. Example: pronto asterisk conf -write /etc/asterisk -trunk 192.0.2.7:5060"`
	Install asteriskInstallCmd `cmd:"" help:"Find or build the private Asterisk that run and the tests use. Example: pronto asterisk install"`
}

type asteriskInstallCmd struct{}

// Run finds or builds the private Asterisk.
func (asteriskInstallCmd) Run(e *env) error {
	in, err := local.Ensure(e.ctx, e.stdout)
	if err != nil {
		return err
	}
	where := "on this machine"
	if in.Root != "" {
		where = "in " + in.Root
	}
	_, err = fmt.Fprintf(e.stdout, "Asterisk %s %s\n", in.Version, where)
	return err
}

type asteriskConfCmd struct {
	Write    string   `help:"Write the files into this folder instead of printing them. Existing ones that differ are kept beside as .old, .old2, and so on."`
	Book     string   `env:"PRONTO_BOOK" help:"The book's folder. Default: the starter book."`
	Dir      string   `env:"PRONTO_DIR" default:"./var" help:"The controller's state: secrets, operators.txt, and the clips that were rendered (in sounds)."`
	Name     string   `default:"pronto" help:"The switch's name."`
	SIP      string   `name:"sip" env:"PRONTO_SIP" default:"127.0.0.1:5060" help:"Where SIP listens (UDP)."`
	RTP      string   `name:"rtp" env:"PRONTO_RTP" default:"10000-19999" help:"RTP ports."`
	ARI      string   `name:"ari" env:"PRONTO_ARI" default:"127.0.0.1:8088" help:"Where ARI listens; keep it on loopback."`
	Trunk    string   `env:"PRONTO_TRUNK" help:"host:port of the carrier."`
	Outside  []string `env:"PRONTO_OUTSIDE" help:"Operators' own telephone numbers, which may be rung through the trunk, like +393331234567. Default: none."`
	Callback []string `env:"PRONTO_CALLBACK" help:"Country codes of people who may be called back, like 39,41; only landlines and mobiles. 351:2/9 adds a country that is not known, with the prefixes of its numbers; none is nobody. Default: 39."`
	Sounds   string   `default:"/var/lib/pronto/sounds" help:"The sound root, as Asterisk sees it: the folder switch.sounds of serve.yaml."`
	State    string   `default:"/var/lib/asterisk-pronto" help:"Asterisk's own state: database, logs, call records, messages."`
	Etc      string   `default:"/etc/asterisk" help:"Where the files will be."`
	Modules  string   `default:"/usr/lib/x86_64-linux-gnu/asterisk/modules" help:"Asterisk's modules."`
	Data     string   `default:"/usr/share/asterisk" help:"Asterisk's data folder."`
	User     string   `help:"The user that Asterisk runs as."`
}

// Run prints or writes the configuration.
func (c *asteriskConfCmd) Run(e *env) error {
	site, err := c.site(e)
	if err != nil {
		return err
	}
	files, err := site.Files()
	if err != nil {
		return fmt.Errorf("generate the configuration: %w", err)
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if c.Write == "" {
			_, _ = fmt.Fprintf(e.stdout, ";;;; %s\n%s\n", filepath.Join(c.Etc, name), files[name])
			continue
		}
		if err := c.writeOne(name, files[name]); err != nil {
			return err
		}
	}
	if c.Write == "" {
		return nil
	}
	kept := filepath.Join(c.Dir, "site.json")
	if err := writeSite(kept, site); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, `%d files written to %s. What is left to do:
- the ARI password, for serve.yaml, is in %s
- the operators' accounts are in %s: the controller reads them from its own folder (dir in serve.yaml) and makes their telephones
- Asterisk's folders, once, writable for the user that it runs as: %s
- the call records, switch.cdr in serve.yaml, will be in %s
- the site's values, switch.site in serve.yaml, are in %s: with them and switch.etc the fail-open text follows each release
- the clips are in %s; Asterisk must see them in %s: the same folder, or a copy
`, len(names), c.Write, filepath.Join(c.Dir, "ari.secret"), operatorsFile(c.Dir), c.mkdir(),
		filepath.Join(c.State, filepath.FromSlash(conf.CDRFile)), kept, filepath.Join(c.Dir, "sounds"), c.Sounds)
	return err
}

// mkdir is the command that makes the folders which Asterisk needs.
func (c *asteriskConfCmd) mkdir() string {
	command := "mkdir -p"
	for _, dir := range conf.StateDirs {
		command += " " + filepath.Join(c.State, filepath.FromSlash(dir))
	}
	if c.User != "" {
		command += " && chown -R " + c.User + ": " + c.State
	}
	return command
}

func (c *asteriskConfCmd) writeOne(name, text string) error {
	if err := os.MkdirAll(c.Write, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	path := filepath.Join(c.Write, name)
	old, err := os.ReadFile(path)
	if err == nil && string(old) == text {
		return nil
	}
	if err == nil {
		if err := keepOld(path); err != nil {
			return err
		}
	}
	if err := writeFile(path, []byte(text), 0o640); err != nil {
		return err
	}
	return c.own(path)
}

// keepOld renames a file to the first name that is free: what the site had before the first time must not be lost at
// the second.
func keepOld(path string) error {
	kept := path + ".old"
	for n := 2; ; n++ {
		if _, err := os.Lstat(kept); errors.Is(err, os.ErrNotExist) {
			break
		}
		kept = path + ".old" + strconv.Itoa(n)
	}
	if err := os.Rename(path, kept); err != nil {
		return fmt.Errorf("keep the old file: %w", err)
	}
	return nil
}

// own gives a file, which holds secrets and is not for everybody, to the user that Asterisk runs as, or else to the owner
// of its folder: Asterisk must be able to read it also when root has written it.
func (c *asteriskConfCmd) own(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(c.Write)
	if err != nil {
		return fmt.Errorf("find the folder's owner: %w", err)
	}
	folder, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	uid, gid := int(folder.Uid), int(folder.Gid)
	if c.User != "" {
		u, err := user.Lookup(c.User)
		if err != nil {
			return fmt.Errorf("-user: %w: name the user of this machine that Asterisk runs as", err)
		}
		uid, _ = strconv.Atoi(u.Uid) // numbers on every Unix
		gid, _ = strconv.Atoi(u.Gid)
	}
	if err := os.Chown(path, uid, gid); err != nil {
		return fmt.Errorf("give the file to the user that reads it: %w", err)
	}
	return nil
}

func (c *asteriskConfCmd) site(e *env) (conf.Site, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return conf.Site{}, fmt.Errorf("find the state folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return conf.Site{}, fmt.Errorf("make the state folder: %w", err)
	}
	r := runCmd{Dir: dir, RTP: c.RTP, Operators: 2, Outside: c.Outside, Callback: c.Callback}
	low, high, err := r.rtpRange()
	if err != nil {
		return conf.Site{}, usageError{err}
	}
	if err := r.operators(); err != nil {
		return conf.Site{}, err
	}
	password, err := secret(filepath.Join(dir, "ari.secret"))
	if err != nil {
		return conf.Site{}, err
	}
	books := rendering{book: c.Book, sounds: filepath.Join(dir, "sounds"), cache: cacheDir(dir), runner: speaker(e.ctx, "", e.stderr)}
	release, err := books.current(e)
	if err != nil {
		return conf.Site{}, err
	}
	return siteFor(release, conf.Site{
		Name: c.Name, App: "pronto", SIP: c.SIP, RTPLow: low, RTPHigh: high, HTTP: c.ARI, ARIUser: "pronto",
		ARIPassword: password, Trunk: c.Trunk, Numbers: r.numbers(), RunUser: c.User,
		Dirs: conf.Dirs{Etc: c.Etc, State: c.State, Modules: c.Modules, Data: c.Data, Sounds: c.Sounds},
	}), nil
}

// current is the release in service, or what the book would be where nothing was published yet.
func (r rendering) current(e *env) (*prompts.Release, error) {
	journal, err := prompts.ReadJournal(r.sounds)
	if err != nil {
		return nil, err
	}
	if entry, published := journal.Current(); published {
		release, _, err := r.load(entry)
		return release, err
	}
	return r.render(e.ctx, e.stderr)
}
