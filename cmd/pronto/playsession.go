package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"pronto/ivr/rehearsal"
	"pronto/prompts"
	"pronto/prompts/wording"
)

// session is a call that somebody makes in the terminal, a line of input at a time.
type session struct {
	out    *screen
	words  *words
	lang   wording.Language
	player *clipPlayer
	call   *rehearsal.Call
	spoke  time.Time // with sound: when what is said began
}

// run is the call, from the first sound to its account. The end of the input and a signal are the caller's hanging up.
func (s *session) run(ctx context.Context, in io.Reader, release *prompts.Release, setting rehearsal.Setting) error {
	defer s.player.stop()
	s.out.begin(setting)
	s.call = rehearsal.New(release, setting, s.happened)
	lines := make(chan string)
	// It may be left behind in a read when the call is over: nothing can end that but the end of the process.
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	for !s.call.Over() {
		s.out.prompt(s.call)
		if err := s.next(ctx, lines); err != nil {
			return err
		}
	}
	s.out.end(s.call)
	return nil
}

// next waits for what comes first: a line, the end of what is played, the end of it all.
func (s *session) next(ctx context.Context, lines <-chan string) error {
	select {
	case <-ctx.Done():
		s.out.newline()
		s.call.Hangup()
	case line, more := <-lines:
		if !more {
			s.out.newline()
			s.call.Hangup()
			return nil
		}
		s.catchUp()
		s.typed(strings.TrimSpace(line))
	case err := <-s.player.ended():
		s.out.newline()
		if err != nil {
			return err
		}
		s.call.Listen()
	}
	return nil
}

// catchUp lets the call's clock have the time that what is played has taken.
func (s *session) catchUp() {
	if left, playing := s.call.Playing(); playing && s.player.playing() {
		s.call.Wait(min(time.Since(s.spoke), left-time.Millisecond))
	}
}

// happened shows a moment, and lets it be heard.
func (s *session) happened(m rehearsal.Moment) {
	s.out.show(m)
	switch m.Kind {
	case rehearsal.KindSay:
		s.spoke = time.Now()
		s.player.play(m.Clips)
	case rehearsal.KindCut, rehearsal.KindHangup:
		s.player.stop()
	default:
	}
}

// typed does what was typed.
func (s *session) typed(line string) {
	verb, rest, _ := strings.Cut(strings.ToLower(line), " ")
	rest = strings.TrimSpace(rest)
	var err error
	switch verb {
	case "":
		if !s.call.Listen() {
			s.out.say(s.words.nothing)
		}
	case "h", "q":
		s.call.Hangup()
	case "w":
		s.step(line, "wait "+rest)
	case "o":
		err = s.operator(rest)
	case "r":
		err = s.rescue(rest)
	case "?", "help":
		s.out.say(s.words.help)
	default:
		s.step(line, "key "+line)
	}
	if err != nil {
		s.out.say(wording.Tell(s.lang, err))
	}
}

// step does what a script would call step, and the person has typed as line.
func (s *session) step(line, step string) {
	parsed, err := rehearsal.ParseStep(step)
	if err == nil {
		err = s.call.Do(parsed)
	}
	if err != nil {
		s.out.say(fmt.Sprintf(s.words.unknown, line))
	}
}

// operator: he answers, or hangs up if he has answered.
func (s *session) operator(what string) error {
	switch what {
	case "":
		if s.call.OperatorHangsUp() == nil {
			return nil
		}
		return s.call.OperatorAnswers()
	case "no":
		return s.call.OperatorDeclines()
	case "drops":
		return s.call.OperatorDrops()
	case "ready":
		return s.call.OperatorReady()
	}
	return fmt.Errorf(s.words.unknown, "o "+what)
}

// rescue: the number answers, or hangs up if it has answered.
func (s *session) rescue(what string) error {
	switch what {
	case "":
		if s.call.RescueHangsUp() == nil {
			return nil
		}
		return s.call.RescueAnswers()
	case "busy", "no":
		return s.call.RescueBusy()
	}
	return fmt.Errorf(s.words.unknown, "r "+what)
}
