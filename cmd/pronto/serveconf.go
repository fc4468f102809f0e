package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"

	"github.com/goccy/go-yaml"

	"pronto/asterisk/conf"
	"pronto/prompts"
)

// serveConf is the file of `pronto serve -config`. `pronto run` writes one for its own child.
type serveConf struct {
	// Dir holds the ledger, the cache, the spool, and operators.txt: the accounts of operators' SIP telephones, one in a line (user, space,
	// secret). A change of that file takes effect within seconds.
	Dir string `yaml:"dir"`
	// Book is the book's folder; empty: the starter book. It is published as release 1 when nothing was ever published, and not
	// looked at again: pronto publish makes the next releases.
	Book string `yaml:"book,omitempty"`
	// DB is the ledger: a file (SQLite), or an address, postgres://user:password@host:port/database, of a PostgreSQL database
	// that exists. Empty: ledger.db in Dir. The password may be in PGPASSWORD or ~/.pgpass instead.
	DB string `yaml:"db,omitempty"`
	// HTTP is where the line's page and the API listen.
	HTTP string `yaml:"http"`
	// Ops is where metrics and health listen.
	Ops string `yaml:"ops"`
	// Drain is how long a stop waits for calls to end, in seconds. Default 60.
	Drain int `yaml:"drain,omitempty"`
	// HangUp: calls that are up when the drain is over are hung up. Otherwise they stay on the switch for the next start.
	HangUp bool `yaml:"hang-up,omitempty"`
	// Log is "json" or "console". Default json.
	Log string `yaml:"log,omitempty"`
	// Speech says which engine speaks which language. Default: pico2wave for it, en, de, fr, es, espeak-ng for the others.
	Speech []prompts.Speech `yaml:"speech,omitempty"`
	// Dial says which numbers may be dialled through the trunk beside the book's rescue numbers: outside (operators' own telephones) and
	// callback (country codes of people who may be called back, only landlines and mobiles: "39", or "351:2/9" with the
	// prefixes of a country that is not known; "none": nobody). Default: what switch.site has, else nobody's telephone
	// and callbacks in Italy. The dialplan must allow them too: it follows this with switch.site and switch.etc; without, give
	// pronto asterisk conf the same with -outside and -callback.
	Dial conf.Numbers `yaml:"dial,omitempty"`
	// Switch is the Asterisk.
	Switch switchConf `yaml:"switch"`
}

// switchConf is one Asterisk as the controller reaches it.
type switchConf struct {
	Name     string `yaml:"name"`     // systemname in asterisk.conf
	ARI      string `yaml:"ari"`      // http://host:port
	App      string `yaml:"app"`      // the Stasis application
	User     string `yaml:"user"`     //
	Password string `yaml:"password"` //
	Sounds   string `yaml:"sounds"`   // the sound root as this process sees it: clips are written there
	SeenAs   string `yaml:"seen-as"`  // the same folder as Asterisk sees it
	CDR      string `yaml:"cdr"`      // the CSV of call records, as this process sees it; empty: fail-open calls are not accounted for
	// Site is the file with the site's values that pronto asterisk conf -write makes, and Etc the folder of Asterisk's configuration
	// as this process sees it. With both, the fail-open text follows each release: extensions.conf is written there and
	// loaded. Without, run pronto asterisk conf again after a release that changes it.
	Site string `yaml:"site,omitempty"`
	Etc  string `yaml:"etc,omitempty"`
	Root string `yaml:"tool-root"` // the private installation with the speech engines; empty: the one that `pronto asterisk install` built, or else this machine's
}

func readServeConf(path string) (serveConf, error) {
	var c serveConf
	data, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read the configuration: %w (pronto asterisk conf -h tells how to make one)", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	if err := c.validate(); err != nil {
		return c, fmt.Errorf("%s:\n%w", path, err)
	}
	return c, nil
}

func (c *serveConf) validate() error {
	var faults []error
	for _, need := range []struct{ key, value string }{
		{"dir", c.Dir},
		{"http", c.HTTP},
		{"ops", c.Ops},
		{"switch.name", c.Switch.Name},
		{"switch.ari", c.Switch.ARI},
		{"switch.app", c.Switch.App},
		{"switch.user", c.Switch.User},
		{"switch.password", c.Switch.Password},
		{"switch.sounds", c.Switch.Sounds},
		{"switch.seen-as", c.Switch.SeenAs},
	} {
		if need.value == "" {
			faults = append(faults, fmt.Errorf("%s is missing: give it a value", need.key))
		}
	}
	if (c.Switch.Site == "") != (c.Switch.Etc == "") {
		faults = append(faults, errors.New("switch.site and switch.etc belong together: give both, or neither"))
	}
	if err := prompts.CheckSpeech(c.Speech); err != nil {
		faults = append(faults, err)
	}
	faults = append(faults, c.validateValues(), c.Dial.Validate())
	if c.Drain == 0 {
		c.Drain = 60
	}
	return errors.Join(faults...)
}

// validateValues checks the values that are there.
func (c *serveConf) validateValues() error {
	var faults []error
	for _, a := range []struct{ key, value string }{{"http", c.HTTP}, {"ops", c.Ops}} {
		if _, _, err := net.SplitHostPort(a.value); a.value != "" && err != nil {
			faults = append(faults, fmt.Errorf("%s is %q: write host:port, like 127.0.0.1:8080", a.key, a.value))
		}
	}
	if u, err := url.Parse(c.Switch.ARI); c.Switch.ARI != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		faults = append(faults, fmt.Errorf("switch.ari is %q: write http://host:port, like http://127.0.0.1:8088", c.Switch.ARI))
	}
	if c.Log != "" && c.Log != "json" && c.Log != "console" {
		faults = append(faults, fmt.Errorf("log is %q: write json or console", c.Log))
	}
	if c.Drain < 0 {
		faults = append(faults, fmt.Errorf("drain is %d: write the seconds that a stop waits for calls, like 60", c.Drain))
	}
	return errors.Join(faults...)
}

func (c *serveConf) write(path string) error {
	data, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the controller's configuration: %w", err)
	}
	return writeFile(path, data, 0o600)
}

// writeFile replaces a file whole.
func writeFile(path string, data []byte, mode os.FileMode) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, mode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
