package rehearsal

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// The sections of a script.
const (
	settingsSection   = "settings"
	stepsSection      = "steps"
	transcriptSection = "transcript"
	outcomeSection    = "outcome"
)

// maxWait is the longest time that a script lets pass in one step.
const maxWait = 24 * time.Hour

// Script is a call written down, with what is expected of it. Its file is a txtar archive:
//
//	What this call shows.
//	-- settings --
//	clock: 2026-12-25T03:00
//	operators: 1
//	-- steps --
//	key 0
//	operator answers
//	wait 20s
//	hangup
//	-- transcript --
//	node welcome
//	say it: welcome
//	...
//	-- outcome --
//	outcome: served
//	path: welcome>operator
//
// Settings are those of Setting (caller, clock, language, hours, operators, full, answer, talk, booked); request, one that may be asked about (12345672 closed 2026-11-20
// 2026-11-24), on a line each; alert, the message of an
// alert in the line's first language, with alert-areas, alert-topics and h24; and words: yes, which puts the words of
// every text into the transcript. When the steps are done the caller hangs up.
type Script struct {
	Name    string
	Setting Setting
	Words   bool
	Steps   []Step
	alert   string
	about   prompts.Alert // without its message
	archive *txtar.Archive
}

// Step is one step of a script.
type Step struct {
	Line int // in the file
	Text string
	// What it is: one of the verbs' words; Keys of "key" and Time of "wait".
	Verb string
	Keys string
	Time time.Duration
}

// verbs are the steps without an argument.
var verbs = map[string]func(*Call) error{
	"listen":            func(c *Call) error { c.Listen(); return nil },
	"hangup":            func(c *Call) error { c.Hangup(); return nil },
	"operator answers":  (*Call).OperatorAnswers,
	"operator declines": (*Call).OperatorDeclines,
	"operator hangs up": (*Call).OperatorHangsUp,
	"operator drops":    (*Call).OperatorDrops,
	"operator is ready": (*Call).OperatorReady,
	"rescue answers":    (*Call).RescueAnswers,
	"rescue busy":       (*Call).RescueBusy,
	"rescue hangs up":   (*Call).RescueHangsUp,
}

// ParseScript reads a script. name stands in its faults, which come all at once; zone is where its clock hangs.
func ParseScript(name string, data []byte, zone *time.Location) (*Script, error) {
	s := &Script{Name: name, archive: txtar.Parse(data)}
	s.Setting = Setting{Caller: "0612345678", Clock: time.Date(2026, 11, 25, 10, 0, 0, 0, zone), Operators: 1}
	var faults []error
	for _, f := range s.archive.Files {
		first := lineOf(data, f.Name)
		for i, line := range strings.Split(string(f.Data), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			var err error
			switch f.Name {
			case settingsSection:
				err = s.set(line, zone)
			case stepsSection:
				err = s.addStep(line, first+i)
			}
			if err != nil {
				faults = append(faults, wording.Errorf("%s:%d: %w", name, first+i, err))
			}
		}
		switch f.Name {
		case settingsSection, stepsSection, transcriptSection, outcomeSection:
		default:
			faults = append(faults, wording.Errorf("%s:%d: nothing reads the section %q: there are settings, steps, transcript and outcome", name, first-1, f.Name))
		}
	}
	if s.section(stepsSection) == nil {
		faults = append(faults, wording.Errorf("%s:1: there are no steps: add a line -- steps -- and below it what the caller does", name))
	}
	return s, errors.Join(faults...)
}

// lineOf is the number of the line below a section's head.
func lineOf(data []byte, section string) int {
	head := []byte("-- " + section + " --")
	i := bytes.Index(data, append([]byte("\n"), head...))
	if i < 0 {
		return 2 // the file begins with it
	}
	return bytes.Count(data[:i+1], []byte("\n")) + 2
}

func (s *Script) section(name string) *txtar.File {
	for i := range s.archive.Files {
		if s.archive.Files[i].Name == name {
			return &s.archive.Files[i]
		}
	}
	return nil
}

// set reads a setting.
func (s *Script) set(line string, zone *time.Location) (err error) {
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		return wording.Errorf("%q is no setting: write a name, a colon and a value: operators: 1", line)
	}
	value = strings.TrimSpace(value)
	switch strings.TrimSpace(key) {
	case "caller":
		s.Setting.Caller = value
	case "clock":
		s.Setting.Clock, err = ParseClock(value, zone)
	case "language":
		s.Setting.Language = value
	case "hours":
		s.Setting.Hours = value
	case "operators":
		s.Setting.Operators, err = strconv.Atoi(value)
		if err != nil || s.Setting.Operators < 0 || s.Setting.Operators > 500 {
			err = wording.Errorf("operators: %q is not a number from 0 to 500", value)
		}
	case "full":
		s.Setting.Full, err = yes(value)
	case "booked":
		s.Setting.Booked, err = yes(value)
	case "request":
		err = s.addRequest(value, zone)
	case "alert":
		s.alert = value
	case "alert-areas":
		s.about.Areas = strings.FieldsFunc(value, separates)
	case "alert-topics":
		s.about.Topics = strings.FieldsFunc(value, separates)
	case "h24":
		s.about.H24, err = yes(value)
	case "words":
		s.Words, err = yes(value)
	case "answer":
		s.Setting.Answer, err = parseTime(value)
	case "talk":
		s.Setting.Talk, err = parseTime(value)
	default:
		err = wording.Errorf("there is no setting %q: caller, clock, language, hours, operators, full, answer, talk, booked, request, alert, alert-areas, alert-topics, h24 and words are known", key)
	}
	return err
}

func (s *Script) addRequest(value string, zone *time.Location) error {
	code, r, err := ParseRequest(value, zone)
	if err != nil {
		return wording.Errorf("request: %w", err)
	}
	if s.Setting.Requests == nil {
		s.Setting.Requests = map[string]Request{}
	}
	s.Setting.Requests[code] = r
	return nil
}

func separates(r rune) bool { return r == ' ' || r == ',' }

func yes(value string) (bool, error) {
	switch value {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, wording.Errorf("%q is neither yes nor no", value)
}

// ParseClock reads an instant, or a day and a time of day at zone.
func ParseClock(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.In(zone), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, wording.Errorf("%q is no time: write 2026-12-25T03:00", text)
}

// parseTime reads a length of time; a number alone is seconds.
func parseTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, plain := strconv.ParseFloat(text, 64); plain == nil {
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil || d < 0 || d > maxWait {
		return 0, wording.Errorf("%q is no length of time up to 24h: write 5s or 2m", text)
	}
	return d, nil
}

func (s *Script) addStep(line string, at int) error {
	step, err := ParseStep(line)
	step.Line = at
	s.Steps = append(s.Steps, step)
	return err
}

// ParseStep reads a step as scripts have it.
func ParseStep(line string) (Step, error) {
	line = strings.Join(strings.Fields(line), " ")
	step := Step{Text: line, Verb: line}
	if verbs[line] != nil {
		return step, nil
	}
	verb, rest, _ := strings.Cut(line, " ")
	var err error
	switch verb {
	case "key":
		step.Verb, step.Keys = verb, strings.ReplaceAll(rest, " ", "")
		if step.Keys == "" || strings.Trim(step.Keys, Keypad) != "" {
			err = wording.Errorf("%q are no keys of a telephone: 0-9, * and #", rest)
		}
	case "wait":
		step.Verb = verb
		step.Time, err = parseTime(rest)
	default:
		err = wording.Errorf("there is no step %q: key 1, wait 5s, listen, hangup, operator answers|declines|hangs up|drops|is ready, rescue answers|busy|hangs up", line)
	}
	return step, err
}

// Keypad is the keys of a telephone.
const Keypad = "0123456789*#"

// Do carries a step out.
func (c *Call) Do(s Step) error {
	switch s.Verb {
	case "key":
		for i := range len(s.Keys) {
			c.Key(s.Keys[i])
		}
	case "wait":
		c.Wait(s.Time)
	default:
		return verbs[s.Verb](c)
	}
	return nil
}

// Run is what came of a script.
type Run struct {
	Result  Result
	Moments []Moment
	Took    []time.Duration // by each step
}

// Run plays the script on a release. The error is a step that could not be done, as file:line: message.
func (s *Script) Run(r *prompts.Release) (Run, error) {
	var run Run
	if h := s.Setting.Hours; h != "" {
		if _, known := r.Book.Hours[h]; !known {
			return run, wording.Errorf("%s: the book has no hours named %q", s.Name, h)
		}
	}
	if l := s.Setting.Language; l != "" && r.Clips[l] == nil {
		return run, wording.Errorf("%s: the line does not speak %q", s.Name, l)
	}
	setting := s.Setting
	if s.alert != "" {
		alert := s.about
		alert.Messages = map[string]string{r.Book.Line.Languages[0]: s.alert}
		if err := alert.Check(r.Book); err != nil {
			return run, wording.Errorf("%s: the alert: %w", s.Name, err)
		}
		setting.Alert = prompts.EstimateAlert(r.Book, alert)
	}
	c := New(r, setting, func(m Moment) { run.Moments = append(run.Moments, m) })
	for _, step := range s.Steps {
		before := c.At()
		if c.Over() {
			return run, wording.Errorf("%s:%d: %s: %w", s.Name, step.Line, step.Text, errOver)
		}
		if err := c.Do(step); err != nil {
			return run, wording.Errorf("%s:%d: %s: %w", s.Name, step.Line, step.Text, err)
		}
		run.Took = append(run.Took, c.At()-before)
	}
	c.Hangup()
	run.Result = c.Result()
	return run, nil
}

// Updated is the script's file with what came of it as what is expected.
func (s *Script) Updated(run Run) []byte {
	files := []txtar.File{}
	for _, f := range s.archive.Files {
		if f.Name != transcriptSection && f.Name != outcomeSection {
			files = append(files, f)
		}
	}
	files = append(files,
		txtar.File{Name: transcriptSection, Data: []byte(Transcript(run.Moments, s.Words))},
		txtar.File{Name: outcomeSection, Data: []byte(run.Result.String())})
	return txtar.Format(&txtar.Archive{Comment: s.archive.Comment, Files: files})
}

// Diff compares what came of the script with what is expected; empty if they agree. A section that the file does not
// have is not compared.
func (s *Script) Diff(run Run) []byte {
	var out []byte
	for _, sec := range []struct{ name, got string }{
		{transcriptSection, Transcript(run.Moments, s.Words)}, {outcomeSection, run.Result.String()},
	} {
		if want := s.section(sec.name); want != nil {
			wanted := append(bytes.TrimRight(want.Data, "\n"), '\n') // blank lines before the next section mean nothing
			out = append(out, diff.Diff(s.Name+" ("+sec.name+" expected)", wanted, s.Name+" ("+sec.name+" now)", []byte(sec.got))...)
		}
	}
	return out
}

// Expects says whether the script expects anything.
func (s *Script) Expects() bool {
	return s.section(transcriptSection) != nil || s.section(outcomeSection) != nil
}

// String is the result as a script's outcome section has it.
func (r Result) String() string {
	var b strings.Builder
	for _, line := range [][2]string{
		{"outcome", r.Outcome},
		{"detail", r.Detail},
		{"path", r.Path},
		{"language", r.Language},
		{"topic", r.Topic},
		{"rescue", r.Rescue},
		{"ended by", r.EndedBy},
	} {
		if line[1] != "" {
			b.WriteString(line[0] + ": " + line[1] + "\n")
		}
	}
	return b.String()
}
