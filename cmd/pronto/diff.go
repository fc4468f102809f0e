package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"pronto/prompts"
	"pronto/prompts/wording"
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
			return wording.Errorf("print the differences: %w", err)
		}
		return nil
	}
	e.tell(e.stdout, "from %s\nto   %s", fromName, toName)
	printDiff(e, differences)
	return nil
}

// side finds one of the two that are compared, and how to call it.
func (c *diffCmd) side(e *env, conf serveConf, journal prompts.Journal, arg string, first bool) (*prompts.Release, wording.Sentence, error) {
	entry, published := journal.Current()
	if arg == "" && first && !published {
		return nil, wording.Sentence{}, wording.Errorf("nothing was published yet, so there is nothing to compare with: pronto publish BOOK -m REASON, or name two folders")
	}
	if arg == "" && !first || arg != "" && folder(arg) {
		return c.preview(e, conf, arg)
	}
	if arg != "" {
		number, err := strconv.Atoi(arg)
		if err != nil {
			return nil, wording.Sentence{}, usageError{wording.Errorf("%q is neither the number of a release nor the folder of a book", arg)}
		}
		if entry, published = journal.Release(number); !published {
			return nil, wording.Sentence{}, wording.Errorf("there is no release %d: pronto releases lists them", number)
		}
	}
	release, err := prompts.LoadRelease(conf.Switch.Sounds, entry.ID)
	if err != nil {
		return nil, wording.Sentence{}, wording.Errorf("read release %d: %w (only the newest are kept)", entry.Number, err)
	}
	return release, wording.Say("release %d, by %s: %s", entry.Number, entry.Author, entry.Reason), nil
}

// preview is what a folder would be as a release; nothing in service is touched.
func (c *diffCmd) preview(e *env, conf serveConf, dir string) (*prompts.Release, wording.Sentence, error) {
	r := c.rendering(e, conf, dir)
	r.preview = true
	release, err := r.render(e.ctx, e.stderr)
	if dir == "" {
		return release, wording.Say("the starter book"), err
	}
	return release, wording.Say("the book in %s", dir), err
}

// title of a part, for people who write books.
func title(part string) wording.Sentence {
	switch part {
	case prompts.PartTexts:
		return wording.Say("What is said")
	case prompts.PartNodes:
		return wording.Say("Where keys and steps lead")
	case prompts.PartRescue:
		return wording.Say("Rescue numbers")
	case prompts.PartHours:
		return wording.Say("Opening hours")
	case prompts.PartTimes:
		return wording.Say("How long a caller listens, per node")
	case prompts.PartProofs:
		return wording.Say("What was proved, before and after")
	}
	return wording.Say("The rest of line.yaml")
}

func printDiff(e *env, differences []prompts.Difference) {
	if len(differences) == 0 {
		e.tell(e.stdout, "\ncallers hear no difference")
		return
	}
	part := ""
	for _, d := range differences {
		if d.Part != part {
			part = d.Part
			_, _ = fmt.Fprintf(e.stdout, "\n%s\n", title(part).In(e.lang))
		}
		switch part {
		case prompts.PartTexts:
			printText(e, d)
		case prompts.PartProofs:
			e.tell(e.stdout, "  %s  %s: %s", d.Language, d.Title(), lengths(d))
			if d.Old != d.New {
				e.tell(e.stdout, "      - %s\n      + %s", prompts.Route(d.Old), prompts.Route(d.New))
			}
		case prompts.PartTimes:
			e.tell(e.stdout, "  %s  %s: %s", d.Language, d.Where, lengths(d))
		default:
			e.tell(e.stdout, "  %s: %s -> %s", strings.TrimPrefix(d.Where, part+"."), orElse(d.Old, wording.Say("(not there)")), orElse(d.New, wording.Say("(removed)")))
		}
	}
}

func orElse(value string, none wording.Sentence) wording.Sentence {
	if value == "" {
		return none
	}
	return wording.Name(value)
}

// lengths are those before and after.
func lengths(d prompts.Difference) wording.Sentence {
	return wording.Say("%s s -> %s s", wording.Tenths(d.OldSeconds), wording.Tenths(d.NewSeconds))
}

func printText(e *env, d prompts.Difference) {
	switch {
	case d.Sound:
		e.tell(e.stdout, "  %s  %s: the same words, another recording or voice (%s)", d.Language, d.Where, lengths(d))
		return
	case d.OldSeconds == 0:
		e.tell(e.stdout, "  %s  %s: new (%s s)", d.Language, d.Where, wording.Tenths(d.NewSeconds))
	case d.NewSeconds == 0:
		e.tell(e.stdout, "  %s  %s: removed", d.Language, d.Where)
	default:
		e.tell(e.stdout, "  %s  %s (%s)", d.Language, d.Where, lengths(d))
	}
	for _, line := range []struct{ sign, text string }{{"-", d.Old}, {"+", d.New}} {
		if line.text != "" {
			_, _ = fmt.Fprintf(e.stdout, "      %s %s\n", line.sign, line.text)
		}
	}
}
