package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"pronto/asterisk/conf"
	"pronto/prompts"
	"pronto/prompts/wording"
)

// dialplanFile is the one file of Asterisk's configuration that changes with a release.
const dialplanFile = "extensions.conf"

// putInService makes a change while calls are up. Whatever can fail does so before the commit, which is one line in the
// journal; after it new calls get the release, and calls in progress keep theirs.
func (s *service) putInService(ctx context.Context, c prompts.Change) controlAnswer {
	began := time.Now()
	sounds := s.conf.Switch.Sounds
	refuse := func(err error) controlAnswer { return controlAnswer{Error: wording.Say("%v", err)} }
	journal, err := prompts.ReadJournal(sounds)
	if err != nil {
		return refuse(err)
	}
	id, err := journal.Resolve(c)
	if err != nil {
		return refuse(err)
	}
	release, err := prompts.LoadRelease(sounds, id)
	if err != nil {
		return refuse(err)
	}
	dialplan, err := s.dialplan(release)
	if err != nil {
		return refuse(err)
	}
	entry, err := prompts.Commit(sounds, c, nil)
	if errors.Is(err, prompts.ErrCurrent) {
		return controlAnswer{Entry: entry, Current: true}
	}
	if err != nil {
		return refuse(err)
	}
	s.inUse.Store(&entry)
	s.line.Publish(release)
	s.log.Info().Int("number", entry.Number).Str("release", entry.ID).Str("author", entry.Author).Str("reason", entry.Reason).
		Bool("rollback", entry.Back).Dur("took_ms", time.Since(began)).Msg("a release is in service")
	answer := controlAnswer{Entry: entry}
	if err := s.changeDialplan(ctx, dialplan); err != nil {
		s.log.Warn().Err(err).Msg("the fail-open text is still that of the release before; it is tried again")
		answer.Warning = wording.Say("the text that Asterisk itself speaks when nobody controls it is still the old one: %v (it is tried again until it works)", err)
	}
	return answer
}

// dialplan generates the dialplan for a release; "" where the site's Asterisk is not ours to configure.
func (s *service) dialplan(release *prompts.Release) (string, error) {
	if s.conf.Switch.Site == "" {
		return "", nil
	}
	site, err := readSite(s.conf.Switch.Site)
	if err != nil {
		return "", err
	}
	if site.Numbers, err = s.numbers(); err != nil {
		return "", err
	}
	files, err := siteFor(release, site).Files()
	if err != nil {
		return "", fmt.Errorf("generate the dialplan: %w", err)
	}
	return files[dialplanFile], nil
}

// numbers are what may be dialled beside rescue numbers.
func (s *service) numbers() (conf.Numbers, error) {
	if !s.conf.Dial.IsZero() || s.conf.Switch.Site == "" {
		return s.conf.Dial, nil
	}
	site, err := readSite(s.conf.Switch.Site)
	return site.Numbers, err
}

// dialplanJob asks for a dialplan to be loaded.
type dialplanJob struct {
	text string
	done chan error // has room for one
}

// changeDialplan loads a dialplan and waits for it.
func (s *service) changeDialplan(ctx context.Context, text string) error {
	job := dialplanJob{text: text, done: make(chan error, 1)}
	select {
	case s.dialplans <- job:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-job.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keepDialplan loads the dialplans that are asked for, one after the other, and the last one again until it works. It
// begins with the one in service: the controller before may have been killed before it had loaded it.
func (s *service) keepDialplan(ctx context.Context, text string) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	loaded := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case job := <-s.dialplans:
			text = job.text
			err := s.loadDialplan(ctx, text)
			loaded = err == nil
			s.noteDialplan(err, true)
			job.done <- err
		case <-tick.C:
			if loaded {
				continue
			}
			err := s.loadDialplan(ctx, text)
			s.noteDialplan(err, false)
			if err != nil {
				s.log.Debug().Err(err).Msg("the dialplan is not loaded yet")
			} else {
				loaded = true
			}
		}
	}
}

// unloaded is a dialplan that the switch has not read.
type unloaded struct {
	err       error
	since     time.Time
	published bool // it is that of a release which was put in service, not of the process's start
}

// noteDialplan keeps for health what came of loading a dialplan; published: for a release that was just put in service.
func (s *service) noteDialplan(err error, published bool) {
	if err == nil {
		s.unloaded.Store(nil)
		return
	}
	now := unloaded{err: err, since: time.Now(), published: published}
	if before := s.unloaded.Load(); before != nil {
		now.since, now.published = before.since, published || before.published
	}
	s.unloaded.Store(&now)
}

// loadDialplan writes a dialplan where the switch reads it, and has it read.
func (s *service) loadDialplan(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	if err := replaceKeeping(filepath.Join(s.conf.Switch.Etc, dialplanFile), []byte(text)); err != nil {
		return err
	}
	return s.sw.ReloadDialplan(ctx)
}

// replaceKeeping replaces a file whole; owner and rights stay, as far as we may.
func replaceKeeping(path string, data []byte) error {
	mode := os.FileMode(0o640)
	info, err := os.Stat(path)
	if err == nil {
		mode = info.Mode().Perm()
	}
	if err := writeFile(path, data, mode); err != nil {
		return fmt.Errorf("%w (the controller must be allowed to write there: see switch.etc)", err)
	}
	if info == nil {
		return nil
	}
	if old, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Lchown(path, int(old.Uid), int(old.Gid)) // one who may not is the owner, or in the group
	}
	return nil
}

// writeSite keeps what the configuration of Asterisk depends on beside the release.
func writeSite(path string, site conf.Site) error {
	data, err := json.MarshalIndent(withoutRelease(site), "", " ")
	if err != nil {
		return fmt.Errorf("keep the site's values: %w", err)
	}
	return writeFile(path, data, 0o600)
}

func readSite(path string) (conf.Site, error) {
	var site conf.Site
	data, err := os.ReadFile(path)
	if err != nil {
		return site, fmt.Errorf("read the site's values: %w (pronto asterisk conf -write makes the file anew)", err)
	}
	if err := json.Unmarshal(data, &site); err != nil {
		return site, fmt.Errorf("read the site's values in %s: %w (pronto asterisk conf -write makes the file anew)", path, err)
	}
	return withoutRelease(site), nil
}

// withoutRelease is a site without what siteFor adds to it.
func withoutRelease(site conf.Site) conf.Site {
	site.Rescue, site.FailOpen = nil, conf.FailOpen{}
	return site
}
