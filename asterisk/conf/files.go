package conf

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"net"
	"path"
	"strings"
	"text/template"
)

//go:embed files/*.conf
var sources embed.FS

var templates = template.Must(template.ParseFS(sources, "files/*.conf"))

// defaultMaxFiles lets some thousand calls have their sockets.
const defaultMaxFiles = 65536

// Files returns the configuration files by name. An error names every value that can not stand in a file.
func (s Site) Files() (map[string]string, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	v := view{Site: s}
	files := make(map[string]string)
	for _, t := range templates.Templates() {
		var text bytes.Buffer
		if err := t.Execute(&text, v); err != nil {
			return nil, fmt.Errorf("write %s: %w", t.Name(), err)
		}
		files[t.Name()] = text.String()
	}
	return files, nil
}

// view is what the templates see of a site: the values and those that follow from them.
type view struct{ Site }

// EntityID is the switch's fixed identity in the form of a hardware address; without one Asterisk takes that of a network
// card and complains where there is none.
func (v view) EntityID() string {
	h := sha256.Sum256([]byte(v.Name))
	return fmt.Sprintf("02:%02x:%02x:%02x:%02x:%02x", h[0], h[1], h[2], h[3], h[4])
}

// Realm is the SIP realm.
func (v view) Realm() string { return Realm }

// OperatorsVariable is the name of the variable with operators' names.
func (v view) OperatorsVariable() string { return OperatorsVariable }

// OpenFiles is the most open files.
func (v view) OpenFiles() int {
	if v.MaxFiles > 0 {
		return v.MaxFiles
	}
	return defaultMaxFiles
}

// TrunkMatch is the address that calls of the public come from.
func (v view) TrunkMatch() string {
	if v.Trunk == "" {
		return "127.0.0.0/8"
	}
	host, _, _ := net.SplitHostPort(v.Trunk)
	return host
}

// Aliases are the other ways in which a carrier may write an Italian line's number.
func (v view) Aliases() []string {
	return []string{"+39" + v.Line, "39" + v.Line, "0039" + v.Line}
}

// Outside are the operators' own telephones.
func (v view) Outside() []string { return v.Numbers.outside() }

// Callback are the patterns of numbers that can be called back.
func (v view) Callback() []string {
	patterns, _ := v.Numbers.callback() // an error is among validate's
	return patterns
}

// HTTPHost and HTTPPort are the two halves of HTTP.
func (v view) HTTPHost() string { host, _, _ := net.SplitHostPort(v.HTTP); return host }

// HTTPPort is the port of HTTP.
func (v view) HTTPPort() string { _, port, _ := net.SplitHostPort(v.HTTP); return port }

// Sound is a sound's path as the dialplan plays it.
func (v view) Sound(name string) string { return path.Join(v.Dirs.Sounds, name) }

// Music is the folder of the music on hold.
func (v view) Music() string {
	if v.Dirs.Music != "" {
		return v.Dirs.Music
	}
	return path.Join(v.Dirs.Data, "moh")
}

// Recordings is the folder of recordings.
func (v view) Recordings() string { return path.Join(v.Dirs.State, RecordingDir) }

// CDRMapping is the line of values that cdr_custom writes, see CDRColumns.
func (v view) CDRMapping() string {
	values := make([]string, 0, len(CDRColumns))
	for _, column := range CDRColumns {
		option := ""
		switch column {
		case "dst":
			column = "dialled" // set by the dialplan: dst would be the extension that ran last
		case "start", "answer", "end":
			option = ",u" // seconds since 1970 with the fraction
		case "duration", "billsec":
			option = ",f" // with the fraction
		}
		values = append(values, "${CSV_QUOTE(${CDR("+column+option+")})}")
	}
	return strings.Join(values, ",")
}

// Modules are the modules that are loaded, and no others.
func (v view) Modules() []string { return modules }
