package prompts

import (
	"io/fs"
	"path"
	"path/filepath"
	_ "time/tzdata" // a line's timezone must be known on any machine

	"pronto/prompts/wording"
)

// The files of a book's folder.
const (
	lineFile  = "line.yaml"
	textsDir  = "texts"
	audioDir  = "audio"
	indexFile = "audio/index.yaml"
)

// maxFaults bounds what is told at once; nobody reads more.
const maxFaults = 300

// Load reads and checks the book in fsys. dir is how the folder is called in faults and in Book.Dir; it may be "".
//
// It returns all faults at once, in the order of files and lines. The book may be used if none of them is more than a
// warning; it is never nil.
func Load(fsys fs.FS, dir string) (*Book, []Fault) {
	c := newChecker(fsys, dir)
	if root := c.readYAML(lineFile); root != nil {
		c.readLine(root)
		c.lineRead = true
	}
	c.readTexts()
	c.book.addBuiltin()
	c.readAudio()
	if c.lineRead {
		c.checkReferences()
		c.checkTexts()
		c.checkWays()
	}
	c.keepPlaces(dir)
	return c.book, c.done(dir)
}

func newChecker(fsys fs.FS, dir string) *checker {
	return &checker{
		fsys:  fsys,
		book:  &Book{Dir: dir, FS: fsys, Desk: desk()},
		nodes: map[string]*nodeSource{},
		used:  map[string]at{}, own: map[string]map[string]at{}, guesses: map[string]string{}, texts: map[string]*value{},
	}
}

// checker reads a book, keeps where things were written and collects faults.
type checker struct {
	fsys   fs.FS
	book   *Book
	faults []Fault
	beyond int      // faults not told
	lines  []string // of the file that is being read

	lineRead bool                   // line.yaml is YAML
	unread   bool                   // some of it could not be read: what looks unused may be used there
	nodes    map[string]*nodeSource // where each node was written
	order    []string               // nodes in the order of the file
	refs     []reference            // every name of something defined elsewhere
	start    at

	texts     map[string]*value        // language -> its texts file, if it is YAML
	used      map[string]at            // text keys that are spoken -> the first place
	spoken    []string                 // the keys of used, in order
	own       map[string]map[string]at // language -> text keys spoken in that language only, see OwnVoice
	guesses   map[string]string        // an unknown name -> what it is probably a slip of
	languages []*value                 // the line's languages, where written
	variables []string                 // that callers are asked for
	limits    *value                   // as written
}

// nodeSource is where a node was written.
type nodeSource struct {
	name   *value
	fields map[string]*value
}

// reference is the use of a name.
type reference struct {
	at
	name string
	what string // "node", "text", "topic", "hours", "rescue number", "language", "area", "office", "variable"
}

func (c *checker) add(f Fault) {
	if len(c.faults) >= maxFaults {
		c.beyond++
		return
	}
	c.faults = append(c.faults, f)
}

func (c *checker) fault(where at, message, hint wording.Sentence) {
	c.add(Fault{File: where.file, Line: where.line, Col: where.col, Message: message, Hint: hint})
}

func (c *checker) warn(where at, message, hint wording.Sentence) {
	c.add(Fault{File: where.file, Line: where.line, Col: where.col, Message: message, Hint: hint, Warning: true})
}

// nearest is nearest, but it stops guessing when the book is so wrong that guesses cost more than they help.
func (c *checker) nearest(name string, known []string) string {
	if len(c.faults) >= maxFaults || len(known) > 2000 {
		return ""
	}
	return nearest(name, known)
}

// done returns the faults in order, their files named with the folder.
func (c *checker) done(dir string) []Fault {
	sortFaults(c.faults)
	if c.beyond > 0 {
		c.faults = append(c.faults, Fault{
			File: lineFile, Line: 1, Col: 1,
			Message: tell("there are %d faults more", c.beyond), Hint: tell("correct those above first"),
		})
	}
	if dir != "" {
		for i := range c.faults {
			c.faults[i].File = filepath.Join(dir, filepath.FromSlash(c.faults[i].File))
		}
	}
	return c.faults
}

func textsFile(lang string) string { return path.Join(textsDir, lang+".yaml") }
