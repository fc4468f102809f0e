package main

import (
	"fmt"
	"os"
	"path/filepath"

	"pronto/ivr/rehearsal"
	"pronto/prompts"
	"pronto/prompts/wording"
)

// scripts plays the scripts named on the command line. Texts have their estimated lengths, so that a script gives the same
// everywhere, whatever voice speaks there.
func (c *playCmd) scripts(e *env, book *prompts.Book) error {
	files, err := scriptFiles(c.Script)
	if err != nil {
		return err
	}
	zone, err := bookZone(book)
	if err != nil {
		return err
	}
	release := prompts.Estimate(book)
	failed := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return wording.Errorf("read a script: %w", err)
		}
		verdict := wording.Name("ok")
		script, err := rehearsal.ParseScript(file, data, zone)
		if err == nil {
			verdict, err = c.script(script, release, data)
		}
		switch {
		case err != nil:
			failed++
			e.tell(e.stdout, "FAILED  %s\n%v", file, err)
		default:
			_, _ = fmt.Fprintf(e.stdout, "%-7s %s\n", verdict.In(e.lang), file)
		}
	}
	if failed > 0 {
		e.tell(e.stderr, "pronto: %d of %d scripts do not go as written; if the book is right, -update writes them anew", failed, len(files))
		return errReported
	}
	return nil
}

// script plays one script; the error is how it differs from what is expected.
func (c *playCmd) script(s *rehearsal.Script, r *prompts.Release, data []byte) (verdict wording.Sentence, err error) {
	run, err := s.Run(r)
	if err != nil {
		return verdict, err
	}
	if c.Update {
		now := s.Updated(run)
		if string(now) == string(data) {
			return wording.Name("ok"), nil
		}
		return wording.Say("written"), writeFile(s.Name, now, 0o644)
	}
	if !s.Expects() {
		return verdict, wording.Errorf("it expects nothing: -update writes down what happens now")
	}
	if diff := s.Diff(run); len(diff) > 0 {
		return verdict, wording.Errorf("%s", diff)
	}
	return wording.Name("ok"), nil
}

// scriptFiles are the scripts of files and folders.
func scriptFiles(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, wording.Errorf("find a script: %w", err)
		}
		if !info.IsDir() {
			files = append(files, name)
			continue
		}
		found, err := filepath.Glob(filepath.Join(name, "*.txtar"))
		if err != nil || len(found) == 0 {
			return nil, wording.Errorf("there is no script (*.txtar) in %s", name)
		}
		files = append(files, found...)
	}
	return files, nil
}
