package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// speechFileVar names the file of a machine that has no serve.yaml: check, play, run.
const speechFileVar = "PRONTO_SPEECH"

// readSpeech reads a file that says which engine speaks which language, as the key speech of serve.yaml does.
func readSpeech(path string) ([]prompts.Speech, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, wording.Errorf("read which engines speak: %w (%s names that file)", err, speechFileVar)
	}
	var file struct {
		Speech []prompts.Speech `yaml:"speech"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&file); err != nil {
		return nil, wording.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	if err := prompts.CheckSpeech(file.Speech); err != nil {
		return nil, wording.Errorf("%s: %w", path, err)
	}
	return file.Speech, nil
}

// speechEngine is who speaks: as the list says, or else the file that PRONTO_SPEECH names, or else what is found.
func speechEngine(ctx context.Context, runner prompts.Runner, list []prompts.Speech) (prompts.Engine, error) {
	if path := os.Getenv(speechFileVar); len(list) == 0 && path != "" {
		var err error
		if list, err = readSpeech(path); err != nil {
			return nil, err
		}
	}
	engine, err := prompts.OpenEngine(ctx, runner, list)
	if err != nil {
		return nil, wording.Errorf("find a speech engine: %w", err)
	}
	return engine, nil
}

// readSpeech puts what the file says into the command, for the controller and for who publishes later.
func (c *runCmd) readSpeech() error {
	if c.Speech == "" {
		return nil
	}
	path, err := filepath.Abs(c.Speech)
	if err == nil {
		c.speech, err = readSpeech(path)
	}
	return err
}

// progress draws a bar on a terminal; elsewhere it prints a line at each tenth of a rendering.
func progress(w io.Writer, lang wording.Language) func(done, total int, key string) {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return bar(w, lang)
		}
	}
	last := -1
	return func(done, total int, _ string) {
		if tenth := done * 10 / max(total, 1); tenth != last {
			last = tenth
			_, _ = fmt.Fprintln(w, "  "+wording.Say("speaking the texts: %d of %d", done, total).In(lang))
		}
	}
}

const (
	barWidth = 30
	barPause = 100 * time.Millisecond // between two drawings
)

// bar draws one line over itself.
func bar(w io.Writer, lang wording.Language) func(done, total int, key string) {
	var drawn time.Time
	return func(done, total int, key string) {
		now := time.Now()
		if done < total && now.Sub(drawn) < barPause {
			return
		}
		drawn = now
		full := done * barWidth / max(total, 1)
		line := "  " + wording.Say("speaking the texts [%s%s] %d/%d %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, total, key).In(lang)
		end := ""
		if done == total {
			line, end = strings.TrimSuffix(line, " "+key), "\n"
		}
		_, _ = fmt.Fprintf(w, "\r\x1b[K%s%s", line, end)
	}
}
