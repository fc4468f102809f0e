package conf

import (
	"errors"
	"fmt"
	"net"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// What may stand in a file. Each pattern leaves out whatever means something to Asterisk's parsers: line ends, ";", ",",
// "$", brackets, quotes.
var (
	namePattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)
	userPattern   = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)
	digitsPattern = regexp.MustCompile(`^[0-9]{2,15}$`)
	secretPattern = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]{8,128}$`)
	hostPattern   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$`)
	langPattern   = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
	pathPattern   = regexp.MustCompile(`^/[A-Za-z0-9._/@+-]*$`)
	soundPattern  = regexp.MustCompile(`^[A-Za-z0-9._@+-][A-Za-z0-9._/@+-]*$`)
)

// socketPath is the longest path of a unix socket that Linux takes.
const socketPath = 107

func (s Site) validate() error {
	return errors.Join(s.validateNames(), s.validateAddresses(), s.validateRescue(), s.Numbers.Validate(), s.validateSounds())
}

// want returns an error if value does not fit.
func want(pattern *regexp.Regexp, what, value, rule string) error {
	if pattern.MatchString(value) {
		return nil
	}
	return fmt.Errorf("%s is %q: %s", what, value, rule)
}

const (
	nameRule   = "use small letters, digits, - and _, at most 40"
	secretRule = "use 8 to 128 letters, digits and . _ ~ + / = -"
	pathRule   = "use an absolute path of letters, digits and . _ / @ + -"
)

func (s Site) validateNames() error {
	faults := []error{
		want(namePattern, "the switch's name", s.Name, nameRule),
		want(namePattern, "the application's name", s.App, nameRule),
		want(digitsPattern, "the line's number", s.Line, "use 2 to 15 digits"),
		want(namePattern, "the ARI user", s.ARIUser, nameRule),
		want(langPattern, "the language", s.Language, "use a code like it or en_GB"),
	}
	if !secretPattern.MatchString(s.ARIPassword) {
		faults = append(faults, errors.New("the ARI password can not be used: "+secretRule))
	}
	if s.ARIUser == "general" {
		faults = append(faults, errors.New(`the ARI user can not be called "general": choose another name`))
	}
	if s.RunUser != "" {
		faults = append(faults, want(userPattern, "the user that Asterisk runs as", s.RunUser, "use the name of a user of the machine"))
	}
	if s.MaxFiles < 0 {
		faults = append(faults, fmt.Errorf("the most open files are %d: use 0 for the default, or more", s.MaxFiles))
	}
	for _, d := range []struct{ what, dir string }{
		{"the configuration folder", s.Dirs.Etc},
		{"the state folder", s.Dirs.State},
		{"the modules' folder", s.Dirs.Modules},
		{"the data folder", s.Dirs.Data},
		{"the sound root", s.Dirs.Sounds},
	} {
		faults = append(faults, want(pathPattern, d.what, d.dir, pathRule))
	}
	if s.Dirs.Music != "" {
		faults = append(faults, want(pathPattern, "the music's folder", s.Dirs.Music, pathRule))
	}
	if socket := path.Join(s.Dirs.State, "run", "asterisk.ctl"); len(socket) > socketPath {
		faults = append(faults, fmt.Errorf("the state folder's path is too long (%d bytes for the control socket, %d are possible): choose a shorter one", len(socket), socketPath))
	}
	return errors.Join(faults...)
}

func (s Site) validateAddresses() error {
	faults := []error{address("the SIP address", s.SIP, true), address("the ARI address", s.HTTP, true)}
	if s.Trunk != "" {
		faults = append(faults, address("the trunk", s.Trunk, false))
	}
	if host, _, err := net.SplitHostPort(s.HTTP); err == nil {
		if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
			faults = append(faults, fmt.Errorf("the ARI address %s can be reached from outside, and ARI can do everything: use 127.0.0.1", s.HTTP))
		}
	}
	if s.RTPLow < 1024 || s.RTPHigh > 65535 || s.RTPHigh-s.RTPLow < 3 {
		faults = append(faults, fmt.Errorf("the RTP ports are %d-%d: use a range within 1024-65535 of four ports or more", s.RTPLow, s.RTPHigh))
	}
	return errors.Join(faults...)
}

// address checks host:port; numeric says that the host must be an IP address, because a socket is bound to it.
func address(what, value string, numeric bool) error {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%s is %q: write host:port, like 127.0.0.1:5060", what, value)
	}
	ip := net.ParseIP(host)
	if (numeric || strings.Contains(host, ":")) && ip == nil {
		return fmt.Errorf("%s is %q: write an IP address before the port", what, value)
	}
	if ip == nil && !hostPattern.MatchString(host) {
		return fmt.Errorf("%s is %q: %q is no host name", what, value, host)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port {
		return fmt.Errorf("%s is %q: the port must be a number from 1 to 65535", what, value)
	}
	return nil
}

func (s Site) validateRescue() error {
	var faults []error
	seen := map[string]bool{}
	for _, n := range s.Rescue {
		faults = append(faults, want(digitsPattern, "a rescue number", n, "use 2 to 15 digits"))
		if seen[n] {
			faults = append(faults, fmt.Errorf("the rescue number %s is there twice: delete one", n))
		}
		seen[n] = true
	}
	return errors.Join(faults...)
}

func (s Site) validateSounds() error {
	sounds := append([]string{}, s.FailOpen.Advice...)
	if len(sounds) == 0 {
		return errors.New("the advice for calls that nobody takes is missing: name a sound for each language")
	}
	for _, name := range []string{s.FailOpen.Wait, s.FailOpen.Message, s.FailOpen.Beep, s.FailOpen.Goodbye} {
		if name != "" {
			sounds = append(sounds, name)
		}
	}
	var faults []error
	for _, name := range sounds {
		faults = append(faults, want(soundPattern, "a sound", name, "use a path below the sound root of letters, digits and . _ / @ + -, without extension"))
		for _, part := range strings.Split(name, "/") {
			if part == ".." {
				faults = append(faults, fmt.Errorf("the sound %q leaves the sound root: leave out the two dots", name))
			}
		}
	}
	return errors.Join(faults...)
}
