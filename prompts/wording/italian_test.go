package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speakers are the functions whose argument number n is the English format of a sentence.
var speakers = map[string][]int{
	"wording.Say": {0}, "wording.Errorf": {0}, "wording.Count": {1, 2},
	"Say": {0}, "Errorf": {0}, // in this package
	"tell":  {0}, // in prompts
	".tell": {1}, // of the command's env and rendering
}

// sentence is a format in the program's source.
type sentence struct{ at, format string }

// sentences are all that the program says, from the source of every package.
func sentences(t *testing.T) []sentence {
	t.Helper()
	var found []sentence
	files := token.NewFileSet()
	root := filepath.Join("..", "..")
	for _, top := range []string{"cmd", "ivr", "prompts", "asterisk"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				ast.Inspect(decl, func(n ast.Node) bool {
					found = append(found, spoken(t, files, file.Name.Name, forwards(decl), n)...)
					return true
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// forwards says whether a function may hand on a format that it was given: its callers are looked at.
func forwards(decl ast.Decl) bool {
	f, ok := decl.(*ast.FuncDecl)
	return ok && slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool {
		return slices.ContainsFunc(p.Names, func(name *ast.Ident) bool { return name.Name == "format" })
	})
}

func spoken(t *testing.T, files *token.FileSet, pkg string, forwards bool, n ast.Node) []sentence {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "wording" {
			name = "wording." + f.Sel.Name
		} else if f.Sel.Name == "tell" && pkg == "main" {
			name = ".tell"
		}
	case *ast.Ident:
		if f.Name == "tell" && pkg == "prompts" || pkg == "wording" {
			name = f.Name
		}
	}
	var found []sentence
	for _, i := range speakers[name] {
		at := files.Position(call.Pos()).String()
		if i >= len(call.Args) {
			continue // another function of that name
		}
		if arg, ok := call.Args[i].(*ast.Ident); ok && forwards && arg.Name == "format" {
			continue
		}
		format, ok := constant(call.Args[i])
		if !ok {
			t.Errorf("%s: the format must be a constant: this test reads it", at)
			continue
		}
		found = append(found, sentence{at, format})
	}
	return found
}

// constant is the value of a literal, or of several with + between them.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		a, first := constant(e.X)
		b, second := constant(e.Y)
		return a + b, first && second && e.Op == token.ADD
	}
	return "", false
}

// verb is a place for an argument. %% is none.
var verb = regexp.MustCompile(`%(?:%|[-+# 0]*(?:\[(\d+)\])?[-+# 0-9.]*([a-zA-Z]))`)

// arguments are the verbs of a format by argument: 1s, 2d.
func arguments(format string) []string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		out = append(out, strconv.Itoa(next)+m[2])
		next++
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wordless says whether a format has nothing to translate.
func wordless(format string) bool {
	return !regexp.MustCompile(`[A-Za-z]`).MatchString(verb.ReplaceAllString(format, ""))
}

// TestEverySentenceIsItalianToo reads the source of the whole program.
func TestEverySentenceIsItalianToo(t *testing.T) {
	said := map[string]bool{}
	all := sentences(t)
	if len(all) < 150 {
		t.Fatalf("only %d sentences found: the walk is wrong", len(all))
	}
	for _, s := range all {
		format := strings.ReplaceAll(s.format, "%w", "%v")
		said[format] = true
		if regexp.MustCompile(`%[-+# 0-9.]*[feF]`).MatchString(format) {
			t.Errorf("%s: %q: write %%s and give wording.Tenths or Fixed: the Italian decimal is a comma", s.at, format)
		}
		translated, ok := italian[format]
		switch {
		case wordless(format):
		case !ok:
			t.Errorf("%s: %q has no Italian: add it to the tables in prompts/wording", s.at, format)
		case !slices.Equal(arguments(format), arguments(translated)):
			t.Errorf("%s: %q has the arguments %v, its Italian %q has %v", s.at, format, arguments(format), translated, arguments(translated))
		}
	}
	for format := range italian {
		if !said[format] {
			t.Errorf("nothing says %q any more: remove it from the tables in prompts/wording", format)
		}
	}
}
