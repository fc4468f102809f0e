package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors are the layers of the program, the lowest first. A package imports packages of lower floors only; those of
// one floor do not know each other.
var floors = [][]string{
	{"prompts/wording"},
	{"ivr/phone", "ivr/ledger/ledgertest", "asterisk/conf", "asterisk/siptest", "prompts/audio"},
	{"ivr/phone/phonetest", "asterisk/local", "prompts/protezionecivile", "prompts"},
	{"ivr/flow", "ivr/desk", "asterisk"},
	{"ivr/ledger"},
	{"ivr", "ivr/ledger/audit", "ivr/ledger/report", "ivr/ledger/transcript"},
	{"ivr/console", "ivr/rehearsal"},
	{"cmd/pronto"},
}

// testOnly are packages that only tests may import.
var testOnly = map[string]bool{"asterisk/siptest": true, "ivr/phone/phonetest": true, "ivr/ledger/ledgertest": true}

type source struct {
	pkg, path string
	test      bool
	file      *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" || rel == "bin" || rel == "var") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, source{pkg: filepath.ToSlash(filepath.Dir(rel)), path: rel, test: strings.HasSuffix(path, "_test.go"), file: file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 30 {
		t.Fatalf("only %d Go files found: the walk is wrong", len(out))
	}
	return out
}

func TestFloors(t *testing.T) {
	floor := map[string]int{}
	for i, names := range floors {
		for _, name := range names {
			floor[name] = i
		}
	}
	for _, s := range sources(t) {
		from, known := floor[s.pkg]
		if !known {
			t.Errorf("%s: package %s has no floor: put it into the table of DESIGN.md section 4 and into floors", s.path, s.pkg)
			continue
		}
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			to, ours := strings.CutPrefix(path, "pronto/")
			if !ours {
				continue
			}
			if floor[to] >= from {
				t.Errorf("%s imports %s: imports go strictly down the floors", s.path, to)
			}
			if testOnly[to] && !testOnly[s.pkg] {
				t.Errorf("%s imports %s, which is for tests", s.path, to)
			}
		}
	}
}

func TestOnlyAsteriskKnowsARI(t *testing.T) {
	for _, s := range sources(t) {
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if strings.HasPrefix(path, "github.com/CyCoreSystems/ari") && s.pkg != "asterisk" {
				t.Errorf("%s imports %s: only the package asterisk knows ARI", s.path, path)
			}
			if path == "testing" && !s.test && !testOnly[s.pkg] {
				t.Errorf("%s imports testing in production code", s.path)
			}
		}
	}
}

func TestPackageComments(t *testing.T) {
	comment := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if _, seen := comment[s.pkg]; !seen {
			comment[s.pkg] = 0
		}
		if s.file.Doc != nil {
			comment[s.pkg]++
			if want := "Package " + s.file.Name.Name + " "; s.file.Name.Name != "main" && !strings.HasPrefix(s.file.Doc.Text(), want) {
				t.Errorf("%s: the package comment does not begin with %q", s.path, want)
			}
		}
	}
	for pkg, n := range comment {
		if n != 1 {
			t.Errorf("package %s has %d package comments, want one that tells its contract", pkg, n)
		}
	}
}
