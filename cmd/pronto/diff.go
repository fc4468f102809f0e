package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pronto/prompts"
)

type diffCmd struct {
	linePlace
	A      string `arg:"" optional:"" help:"A release's number or a book's folder. Default: the release in service."`
	B      string `arg:"" optional:"" help:"What to compare it with, likewise. Default: the book of PRONTO_BOOK, or the starter book."`
	Book   string `env:"PRONTO_BOOK" hidden:""`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints what callers hear differently in B. A folder alone is compared with what is in service, and a number alone is,
// too.
func (c *diffCmd) Run(e *env) error {
	conf, err := c.paths()
	if err != nil {
		return err
	}
	journal, err := prompts.ReadJournal(conf.Switch.Sounds)
	if err != nil {
		return err
	}
	a, b := c.A, c.B
	switch {
	case a != "" && b == "" && folder(a):
		a, b = "", a
	case a != "" && b == "":
		current, _ := journal.Current()
		b = strconv.Itoa(current.Number)
	case b == "":
		b = c.Book
	}
	from, fromName, err := c.side(e, conf, journal, a, true)
	if err != nil {
		return err
	}
	to, toName, err := c.side(e, conf, journal, b, false)
	if err != nil {
		return err
	}
	differences := prompts.Diff(from, to)
	if c.Format == "json" {
		if differences == nil {
			differences = []prompts.Difference{}
		}
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(differences); err != nil {
			return fmt.Errorf("print the differences: %w", err)
		}
		return nil
	}
	_, _ = fmt.Fprintf(e.stdout, "from %s\nto   %s\n", fromName, toName)
	printDiff(e.stdout, differences)
	return nil
}

// side finds one of the two that are compared, and how to call it.
func (c *diffCmd) side(e *env, conf serveConf, journal prompts.Journal, arg string, first bool) (*prompts.Release, string, error) {
	entry, published := journal.Current()
	if arg == "" && first && !published {
		return nil, "", errors.New("nothing was published yet, so there is nothing to compare with: pronto publish BOOK -m REASON, or name two folders")
	}
	if arg == "" && !first || arg != "" && folder(arg) {
		return c.preview(e, conf, arg)
	}
	if arg != "" {
		number, err := strconv.Atoi(arg)
		if err != nil {
			return nil, "", usageError{fmt.Errorf("%q is neither the number of a release nor the folder of a book", arg)}
		}
		if entry, published = journal.Release(number); !published {
			return nil, "", fmt.Errorf("there is no release %d: pronto releases lists them", number)
		}
	}
	release, err := prompts.LoadRelease(conf.Switch.Sounds, entry.ID)
	if err != nil {
		return nil, "", fmt.Errorf("read release %d: %w (only the newest are kept)", entry.Number, err)
	}
	return release, fmt.Sprintf("release %d, by %s: %s", entry.Number, entry.Author, entry.Reason), nil
}

// preview is what a folder would be as a release; nothing in service is touched.
func (c *diffCmd) preview(e *env, conf serveConf, dir string) (*prompts.Release, string, error) {
	r := c.rendering(e.ctx, conf, dir)
	r.preview = true
	release, err := r.render(e.ctx, e.stderr)
	if dir == "" {
		dir = starterName
	}
	return release, "the book in " + dir, err
}

// titles of the parts, for people who write books.
var titles = map[string]string{
	prompts.PartTexts:  "What is said",
	prompts.PartNodes:  "Where keys and steps lead",
	prompts.PartRescue: "Rescue numbers",
	prompts.PartHours:  "Opening hours",
	prompts.PartLine:   "The rest of line.yaml",
	prompts.PartTimes:  "How long a caller listens, per node",
	prompts.PartProofs: "What was proved, before and after",
}

func printDiff(w io.Writer, differences []prompts.Difference) {
	if len(differences) == 0 {
		_, _ = fmt.Fprintln(w, "\ncallers hear no difference")
		return
	}
	part := ""
	for _, d := range differences {
		if d.Part != part {
			part = d.Part
			_, _ = fmt.Fprintf(w, "\n%s\n", titles[part])
		}
		switch part {
		case prompts.PartTexts:
			printText(w, d)
		case prompts.PartProofs:
			_, _ = fmt.Fprintf(w, "  %s  %s: %.1f s -> %.1f s\n", d.Language, d.Where, d.OldSeconds, d.NewSeconds)
			if d.Old != d.New {
				_, _ = fmt.Fprintf(w, "      - %s\n      + %s\n", d.Old, d.New)
			}
		case prompts.PartTimes:
			_, _ = fmt.Fprintf(w, "  %s  %s: %.1f s -> %.1f s\n", d.Language, d.Where, d.OldSeconds, d.NewSeconds)
		default:
			_, _ = fmt.Fprintf(w, "  %s: %s -> %s\n", strings.TrimPrefix(d.Where, part+"."), cmp.Or(d.Old, "(not there)"), cmp.Or(d.New, "(removed)"))
		}
	}
}

func printText(w io.Writer, d prompts.Difference) {
	switch {
	case d.Sound:
		_, _ = fmt.Fprintf(w, "  %s  %s: the same words, another recording or voice (%.1f s -> %.1f s)\n", d.Language, d.Where, d.OldSeconds, d.NewSeconds)
		return
	case d.OldSeconds == 0:
		_, _ = fmt.Fprintf(w, "  %s  %s: new (%.1f s)\n", d.Language, d.Where, d.NewSeconds)
	case d.NewSeconds == 0:
		_, _ = fmt.Fprintf(w, "  %s  %s: removed\n", d.Language, d.Where)
	default:
		_, _ = fmt.Fprintf(w, "  %s  %s (%.1f s -> %.1f s)\n", d.Language, d.Where, d.OldSeconds, d.NewSeconds)
	}
	for _, line := range []struct{ sign, text string }{{"-", d.Old}, {"+", d.New}} {
		if line.text != "" {
			_, _ = fmt.Fprintf(w, "      %s %s\n", line.sign, line.text)
		}
	}
}
