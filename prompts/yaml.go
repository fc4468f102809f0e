package prompts

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"pronto/prompts/wording"
)

// Bounds of a file of the book. They are far above any real book; the YAML parser's time grows with the square of
// what they bound.
const (
	maxFileBytes = 256 << 10
	maxFileLines = 10_000
	maxNesting   = 50
)

// at is a place in a file of the book.
type at struct {
	file      string
	line, col int
}

// shape is what a value is, before anybody asks what it means.
type shape int

const (
	shapeBad   shape = iota // a fault has been told already
	shapeNull               // nothing there
	shapeText               // any scalar: text, number, date
	shapeTruth              // true or false
	shapeList
	shapeObject
)

func (s shape) words() wording.Sentence {
	switch s {
	case shapeNull:
		return tell("nothing")
	case shapeText:
		return tell("text")
	case shapeTruth:
		return tell("true or false")
	case shapeList:
		return tell("a list")
	case shapeObject:
		return tell("a block of keys")
	case shapeBad:
	}
	return tell("something unreadable")
}

// value is a piece of a YAML file and its place. Files are decoded from this tree, not by the library's decoder,
// because that one stops at the first fault.
type value struct {
	at
	shape shape
	text  string // shapeText, shapeTruth: as written
	items []*value
	pairs []pair
}

// pair is one key of an object. A key that cannot be one has been told and left out.
type pair struct{ key, value *value }

// get returns the first value of a key, or nil.
func (v *value) get(name string) *value {
	for _, p := range v.pairs {
		if p.key.text == name {
			return p.value
		}
	}
	return nil
}

// readYAML reads one file. It returns nil after telling a fault; an empty file is shapeNull.
func (c *checker) readYAML(name string) *value {
	data, err := fs.ReadFile(c.fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.fault(at{file: name}, tell("the file is missing"), tell("add it to the book's folder"))
		return nil
	case err != nil:
		c.fault(at{file: name}, tell("the file can not be read: %v", err), tell("look at its permissions"))
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	// The library counts a line twice that ends in \r\n within quotes.
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	if !c.parseable(name, data) {
		return nil
	}
	c.lines = plainLines(data)
	file, err := parse([]byte(strings.Join(c.lines, "\n")))
	if err != nil {
		c.syntaxFault(name, err)
		return nil
	}
	return c.root(name, file)
}

// plainLines are the file's lines without the spaces at their ends: the library moves a word right by the spaces
// behind it. Every place stays where it was.
func plainLines(data []byte) []string {
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return lines
}

// parseable keeps from the parser what it takes too long over.
func (c *checker) parseable(name string, data []byte) bool {
	if len(data) > maxFileBytes {
		c.fault(at{name, 1, 1}, tell("the file has %d kB, more than %d", len(data)>>10, maxFileBytes>>10), tell("this is not a book's file: shorten it"))
		return false
	}
	depth := 0
	for n, line := range bytes.Split(data, []byte("\n")) {
		here := at{name, n + 1, 1}
		if n >= maxFileLines {
			c.fault(here, tell("the file has more than %d lines", maxFileLines), tell("this is not a book's file: shorten it"))
			return false
		}
		for i, b := range line {
			switch b {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			case 0:
				c.fault(at{name, n + 1, i + 1}, tell("the file is not text"), tell("save it as UTF-8 text"))
				return false
			}
		}
		if depth > maxNesting || bytes.Count(line, []byte("- ")) > maxNesting && bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("- - ")) {
			c.fault(here, tell("lists or blocks are nested too deep"), tell("close the brackets"))
			return false
		}
		if bad := invalidUTF8(line); bad >= 0 {
			c.fault(at{name, n + 1, bad + 1}, tell("a character is not UTF-8"), tell("save the file as UTF-8"))
			return false
		}
	}
	return true
}

// invalidUTF8 returns how many characters precede the first invalid one, or -1.
func invalidUTF8(line []byte) int {
	for n := 0; len(line) > 0; n++ {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			return n
		}
		line = line[size:]
	}
	return -1
}

// parse calls the library. A panic of the library is its opinion of the input, not a reason to die: the process that
// checks a book may be answering calls.
func parse(data []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, fmt.Errorf("the file is not YAML: %v", r)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

func (c *checker) syntaxFault(name string, err error) {
	here, message := at{name, 1, 1}, err.Error()
	if e, ok := errors.AsType[yaml.Error](err); ok {
		message = e.GetMessage()
		here = place(name, e.GetToken())
	}
	message, _, _ = strings.Cut(message, "\n")
	message = strings.ReplaceAll(message, "\t", `\t`)
	hint := tell("correct the line, or the one before it: indents are spaces, two per step; a text with : or # in it needs quotes")
	if strings.Contains(message, "tab character") || strings.Contains(message, `\t`) {
		hint = tell("indent with spaces, not tabs")
	}
	c.fault(here, tell("this is not YAML: %s", libraryWords(message)), hint)
}

func place(file string, t *token.Token) at {
	if t == nil || t.Position == nil {
		return at{file, 1, 1}
	}
	return at{file, max(1, t.Position.Line), max(1, t.Position.Column)}
}

// settle corrects the place of a word with spaces behind it within a line, as in { a: b  , c: d }.
func (c *checker) settle(here at, t *token.Token) at {
	if t.Type != token.StringType || here.line > len(c.lines) {
		return here
	}
	word, _, _ := strings.Cut(t.Value, " ")
	line := []rune(c.lines[here.line-1])
	for col := min(here.col, len(line)); col > 0; col-- {
		if strings.HasPrefix(string(line[col-1:]), word) {
			here.col = col
			break
		}
	}
	return here
}

// root is the file's one document.
func (c *checker) root(name string, file *ast.File) *value {
	var root *value
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil {
			continue
		}
		if _, ok := doc.Body.(*ast.DirectiveNode); ok {
			continue
		}
		v := c.value(name, doc.Body)
		if root != nil {
			c.fault(v.at, tell("the file has a second part after ---"), tell("remove the --- and join the parts"))
			return root
		}
		root = v
	}
	if root == nil {
		return &value{at: at{name, 1, 1}, shape: shapeNull}
	}
	return root
}

// value converts a node and what is below it.
func (c *checker) value(name string, n ast.Node) *value {
	v := &value{at: place(name, n.GetToken())}
	switch n := n.(type) {
	case *ast.NullNode:
		v.shape = shapeNull
	case *ast.BoolNode:
		v.shape, v.text = shapeTruth, n.GetToken().Value
	case *ast.StringNode:
		v.shape, v.text = shapeText, n.Value
		v.at = c.settle(v.at, n.GetToken())
	case *ast.LiteralNode:
		v.shape = shapeText
		if n.Value != nil {
			v.text = n.Value.Value
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		v.shape, v.text = shapeText, n.GetToken().Value
	case *ast.SequenceNode:
		v.shape = shapeList
		for _, item := range n.Values {
			v.items = append(v.items, c.value(name, item))
		}
	case *ast.MappingNode:
		c.object(v, n.Values)
	case *ast.MappingValueNode:
		c.object(v, []*ast.MappingValueNode{n})
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		c.fault(v.at, tell("anchors (&) and aliases (*, <<) are not possible in a book"), tell("write the value out, or put the text in quotes"))
	case *ast.TagNode:
		c.fault(v.at, tell("tags (!) are not possible in a book"), tell("remove the tag, or put the text in quotes"))
	default:
		c.fault(v.at, tell("this can not be read"), tell("write key: value, or - item"))
	}
	return v
}

func (c *checker) object(v *value, values []*ast.MappingValueNode) {
	v.shape = shapeObject
	seen := map[string]at{}
	for i, p := range values {
		key := c.value(v.file, p.Key)
		if i == 0 && (v.line != key.line || v.col > key.col) {
			v.at = key.at // a block begins at its first key; the library says its colon
		}
		switch key.shape {
		case shapeText, shapeTruth:
		case shapeBad:
			continue
		default:
			c.fault(key.at, tell("%s can not be a key", key.shape.words()), tell("write key: value"))
			continue
		}
		first, twice := seen[key.text]
		if twice {
			c.fault(key.at, tell("the key %q is here twice", key.text), tell("remove one; the other is in line %d", first.line))
			continue
		}
		seen[key.text] = key.at
		val := c.value(v.file, p.Value)
		if val.shape == shapeNull {
			val.at = key.at // there is nothing to point at
		}
		v.pairs = append(v.pairs, pair{key, val})
	}
}
