package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pronto/asterisk/local"
	"pronto/prompts"
	"pronto/prompts/wording"
)

type checkCmd struct {
	Book   string     `arg:"" optional:"" env:"PRONTO_BOOK" help:"The book's folder. Default: the starter book."`
	Lang   string     `enum:",it,en" default:"" help:"The language of what is told: it or en. Default: that of LC_ALL, LC_MESSAGES or LANG."`
	Format string     `enum:"text,json,github" default:"text" help:"text, json, or github (annotations of a pull request)."`
	Schema schemaFlag `placeholder:"FILE" help:"Print the JSON Schema of a book's file, for editors: line (also if nothing is said), texts or audio."`
	Proofs bool       `help:"Speak the texts and print what the book does to callers: seconds to the rescue advice, to a person, to the end."`
	Graph  string     `enum:",svg,dot,text" default:"" help:"Speak the texts and draw the menu, with seconds on the arrows: svg, dot or text. Faults go to the error output."`
}

// Help shows how the drawing is kept.
func (*checkCmd) Help() string {
	return "Examples: pronto check book/    pronto check -proofs book/    pronto check -graph svg book/ > menu.svg    pronto check -schema=texts > texts.schema.json"
}

// Run prints every fault of the book; it fails if one is not a mere warning.
func (c *checkCmd) Run(e *env) error {
	if c.Lang != "" {
		e.lang = wording.Language(c.Lang)
	}
	if c.Schema != "" {
		return printSchema(e, string(c.Schema))
	}
	if c.Proofs && c.Format == "json" {
		return usageError{wording.Errorf("-proofs is a table: leave -format json away (the proofs of a release are in its release.json)")}
	}
	book, faults, err := loadBook(c.Book)
	if err != nil {
		return err
	}
	var release *prompts.Release
	if bad, _ := countFaults(faults); bad == 0 && (c.Proofs || c.Graph != "") {
		var more []prompts.Fault
		if release, more, err = c.measure(e, book); err != nil {
			return err
		}
		faults = append(faults, more...)
	}
	to := e.stdout
	if c.Graph != "" {
		to = e.stderr
	}
	if err := c.print(to, e.lang, faults); err != nil {
		return err
	}
	errors, warnings := countFaults(faults)
	if release != nil {
		if err := c.show(e, release); err != nil {
			return err
		}
	}
	if errors > 0 {
		e.tell(e.stderr, "pronto: %s, %s: this book can not be used", faultCount(errors), warningCount(warnings))
		return errReported
	}
	if c.Format == "text" {
		e.tell(to, "ok: %s, %s, %s, %s", book.Line.Name, wording.Count(len(book.Nodes), "%d node", "%d nodes"),
			wording.Count(len(book.Line.Languages), "%d language", "%d languages"), warningCount(warnings))
	}
	return nil
}

func (c *checkCmd) print(w io.Writer, lang wording.Language, faults []prompts.Fault) error {
	switch c.Format {
	case "json":
		told := make([]toldFault, 0, len(faults))
		for _, f := range faults {
			told = append(told, toldFault{f.File, f.Line, f.Col, f.Message.In(lang), f.Hint.In(lang), f.Warning, f.Message.Format})
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		if err := enc.Encode(told); err != nil {
			return wording.Errorf("print the faults: %w", err)
		}
	case "github":
		for _, f := range faults {
			_, _ = fmt.Fprintln(w, githubLine(f, lang))
		}
	default:
		for _, f := range faults {
			_, _ = fmt.Fprintln(w, f.In(lang))
		}
	}
	return nil
}

// toldFault is a fault in JSON. Key is the same in every language: what is said in English, without what it is said of.
type toldFault struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Col     int    `json:"col,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning,omitempty"`
	Key     string `json:"key"`
}

// show prints the proofs and the picture.
func (c *checkCmd) show(e *env, release *prompts.Release) error {
	if c.Graph != "" {
		if err := prompts.WriteGraph(e.stdout, release, c.Graph, e.lang); err != nil {
			return wording.Errorf("draw the menu: %w", err)
		}
	}
	if !c.Proofs {
		return nil
	}
	to := e.stdout
	if c.Graph != "" {
		to = e.stderr
	}
	if err := release.Proofs.Write(to, e.lang); err != nil {
		return wording.Errorf("print the proofs: %w", err)
	}
	return nil
}

// measure speaks the texts into the user's cache. Nothing of a line that is at work is touched.
func (c *checkCmd) measure(e *env, book *prompts.Book) (*prompts.Release, []prompts.Fault, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, nil, wording.Errorf("find a folder to keep spoken texts in: %w (set HOME)", err)
	}
	engine, err := speechEngine(e.ctx, checkEngine(e.ctx).Tool, nil)
	if err != nil {
		return nil, nil, err
	}
	release, faults, err := prompts.Preview(e.ctx, book, prompts.RenderOptions{
		Engine: engine, CacheDir: filepath.Join(cache, "pronto", "check"), Progress: progress(e.stderr, e.lang),
	})
	if err != nil {
		return nil, nil, wording.Errorf("speak the texts: %w", err)
	}
	return release, faults, nil
}

// checkEngine is where the speech engines are: in the Asterisk that a line here would use, or on this machine all the same.
func checkEngine(ctx context.Context) *local.Install {
	in, err := local.Find(ctx, io.Discard)
	if err != nil {
		return &local.Install{}
	}
	return in
}

// githubLine is a workflow command: it marks the place in a pull request.
func githubLine(f prompts.Fault, lang wording.Language) string {
	kind := "error"
	if f.Warning {
		kind = "warning"
	}
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	where := "file=" + property.Replace(filepath.ToSlash(f.File))
	if f.Line > 0 {
		where += fmt.Sprintf(",line=%d,col=%d", f.Line, f.Col)
	}
	return fmt.Sprintf("::%s %s::%s", kind, where, message.Replace(f.Text(lang)))
}

func faultCount(n int) wording.Sentence { return wording.Count(n, "%d fault", "%d faults") }

func warningCount(n int) wording.Sentence { return wording.Count(n, "%d warning", "%d warnings") }

func countFaults(faults []prompts.Fault) (errors, warnings int) {
	for _, f := range faults {
		if f.Warning {
			warnings++
		} else {
			errors++
		}
	}
	return errors, warnings
}
