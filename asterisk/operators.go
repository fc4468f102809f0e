package asterisk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/CyCoreSystems/ari/v5"
	"golang.org/x/sync/errgroup"

	"pronto/asterisk/conf"
	"pronto/ivr/phone"
)

// provisionWidth is how many operators' telephones are made at a time.
const provisionWidth = 8

// roster are the operators' telephones as this process wants them.
type roster struct {
	digests map[string]string // by name; nil: nobody has said
	made    map[string]string // what the switch is known to have
	live    bool              // it was made since the connect, and is to be kept so
}

// mark tells one roster from another, and from the same one of a version of this program that makes telephones otherwise.
func (r *roster) mark() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(r.digests)) {
		objects, _ := conf.OperatorObjects(name, r.digests[name]) // SetOperators has checked them
		_, _ = fmt.Fprintf(h, "%v\n", objects)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// SetOperators makes these the operators' telephones. They are objects in the switch's memory, made by requests: a telephone that
// registers, rings or talks does not notice that it is made again, one whose object is removed keeps its call.
func (s *Switch) SetOperators(ctx context.Context, accounts []phone.Account) error {
	digests := make(map[string]string, len(accounts))
	for _, a := range accounts {
		if _, err := conf.OperatorObjects(a.Name, a.Digest); err != nil {
			return fmt.Errorf("set the operators: %w", err)
		}
		if digests[a.Name] != "" {
			return fmt.Errorf("set the operators: %q is there twice: delete one", a.Name)
		}
		digests[a.Name] = a.Digest
	}
	select { // one at a time: the last one asked for must be the last one made
	case s.provisioning <- struct{}{}:
		defer func() { <-s.provisioning }()
	case <-ctx.Done():
		return fmt.Errorf("set the operators: %w: %w", phone.ErrUnavailable, ctx.Err())
	}
	s.mu.Lock()
	s.roster.digests = digests
	live := s.roster.live
	s.mu.Unlock()
	if !live {
		return nil // the next connect makes them
	}
	changed, removed := s.rosterChanges()
	err := s.change(ctx, changed, removed)
	s.tellProvisioned(ctx, append(changed, removed...))
	if err != nil {
		return fmt.Errorf("set the operators: %w", err)
	}
	return nil
}

// provision makes the telephones after a connect: all of them on a switch that has just started. On one that has them from us, or from a process
// before us, nothing is done: to make an endpoint again is harmless, but 22.10.1 logs a warning each time (of an option that we do not use,
// stir_shaken), and it takes three requests each. What is wrong with one telephone does not keep the line from working.
func (s *Switch) provision(ctx context.Context) error {
	select {
	case s.provisioning <- struct{}{}:
		defer func() { <-s.provisioning }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.mu.Lock()
	wanted := s.roster.digests
	s.roster.live, s.roster.made = true, map[string]string{}
	s.mu.Unlock()
	if wanted == nil {
		return nil
	}
	old, err := s.inventory(ctx)
	if err != nil {
		return err
	}
	changed, _ := s.rosterChanges()
	if len(changed)+len(old) == 0 {
		return nil
	}
	err = s.change(ctx, changed, old)
	if ctx.Err() != nil || errors.Is(err, phone.ErrUnavailable) {
		return err
	}
	if err != nil {
		s.log.Error().Err(err).Msg("not all operators' phones could be made as they should be")
	}
	return nil
}

// inventory finds out which telephones the switch has, and returns those that it should not have.
func (s *Switch) inventory(ctx context.Context) (old []string, err error) {
	var there []ari.EndpointData
	err = s.rest.do(ctx, request{verb: "list", method: http.MethodGet, path: path("endpoints", "PJSIP"), out: &there})
	if err != nil && status(err) != http.StatusNotFound {
		return nil, fmt.Errorf("list the operators' phones: %w", err)
	}
	var mark struct{ Value string }
	query := url.Values{"variable": {conf.OperatorsMark}}
	err = s.rest.do(ctx, request{verb: "read-global", method: http.MethodGet, path: path("asterisk", "variable"), query: query, out: &mark})
	if err != nil && status(err) != http.StatusNotFound {
		return nil, fmt.Errorf("read how the operators' phones were made: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	asWanted := mark.Value == s.roster.mark()
	for _, e := range there {
		digest, wanted := s.roster.digests[e.Resource]
		switch {
		case wanted && asWanted:
			s.roster.made[e.Resource] = digest
		case !wanted && e.Resource != trunkEndpoint:
			old = append(old, e.Resource)
		}
	}
	return old, nil
}

// change makes and removes telephones, tells the dialplan, and leaves the mark if all went well.
func (s *Switch) change(ctx context.Context, changed, removed []string) error {
	if err := s.setGlobal(ctx, conf.OperatorsMark, ""); err != nil {
		return err
	}
	s.mu.Lock()
	names, mark := slices.Sorted(maps.Keys(s.roster.digests)), s.roster.mark()
	s.mu.Unlock()
	err := errors.Join(
		s.makeOperators(ctx, changed),
		s.removeOperators(ctx, removed),
		s.setGlobal(ctx, conf.OperatorsVariable, conf.FailOpenList(names)),
	)
	if err != nil {
		return err
	}
	return s.setGlobal(ctx, conf.OperatorsMark, mark)
}

func (s *Switch) setGlobal(ctx context.Context, name, value string) error {
	query := url.Values{"variable": {name}, "value": {value}}
	err := s.rest.do(ctx, request{verb: "set-global", method: http.MethodPost, path: path("asterisk", "variable"), query: query})
	if err != nil {
		return fmt.Errorf("tell the dialplan the operators: %w", err)
	}
	return nil
}

// rosterChanges are the telephones to make and those to remove.
func (s *Switch) rosterChanges() (changed, removed []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.roster.digests)) {
		if s.roster.made[name] != s.roster.digests[name] {
			changed = append(changed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.roster.made)) {
		if _, ok := s.roster.digests[name]; !ok {
			removed = append(removed, name)
		}
	}
	return changed, removed
}

// each does something for each name, some at a time, and returns all that went wrong. It stops when the switch does not answer.
func each(ctx context.Context, names []string, do func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(provisionWidth)
	faults := make([]error, len(names))
	for i, name := range names {
		group.Go(func() error {
			faults[i] = do(ctx, name)
			if errors.Is(faults[i], phone.ErrUnavailable) {
				return faults[i]
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return errors.Join(faults...)
}

func (s *Switch) makeOperators(ctx context.Context, names []string) error {
	return each(ctx, names, func(ctx context.Context, name string) error {
		s.mu.Lock()
		digest, before := s.roster.digests[name], s.roster.made[name]
		s.mu.Unlock()
		objects, err := conf.OperatorObjects(name, digest)
		if err != nil {
			return err
		}
		if before != "" {
			objects = objects[:1] // only the secret can be another one
		}
		for _, o := range objects {
			err := s.rest.do(ctx, request{
				verb: "make-operator", method: http.MethodPut, path: objectPath(o), body: map[string]any{"fields": o.Fields},
			})
			if status(err) == http.StatusForbidden {
				return fmt.Errorf("operator %s is in Asterisk's pjsip.conf, where we can not change it: write the configuration anew (pronto asterisk conf), then: asterisk -rx 'module reload res_pjsip.so'", name)
			}
			if err != nil {
				return fmt.Errorf("make operator %s: %w", name, err)
			}
		}
		s.mu.Lock()
		s.roster.made[name] = digest
		s.mu.Unlock()
		return nil
	})
}

func (s *Switch) removeOperators(ctx context.Context, names []string) error {
	const anyDigest = "00000000000000000000000000000000"
	return each(ctx, names, func(ctx context.Context, name string) error {
		objects, err := conf.OperatorObjects(name, anyDigest)
		if err != nil {
			return nil //nolint:nilerr // not one of ours
		}
		for _, o := range slices.Backward(objects) {
			err := s.rest.do(ctx, request{verb: "remove-operator", method: http.MethodDelete, path: objectPath(o)})
			if code := status(err); code == http.StatusNotFound || code == http.StatusForbidden {
				continue // it is gone, or is in the site's own files
			}
			if err != nil {
				return fmt.Errorf("remove operator %s: %w", name, err)
			}
		}
		s.mu.Lock()
		delete(s.roster.made, name)
		s.mu.Unlock()
		return nil
	})
}

func objectPath(o conf.Object) string {
	return path("asterisk", "config", "dynamic", "res_pjsip", o.Type, o.ID)
}

// tellProvisioned has the handler told how phones are that were made or removed, in order with what the switch tells. Their
// making is no event, and one that was made may have been registered already.
func (s *Switch) tellProvisioned(ctx context.Context, names []string) {
	s.mu.Lock()
	in := s.in
	s.mu.Unlock()
	if in == nil {
		return // the connection was lost; the next one tells all of them
	}
	for _, name := range names {
		ev := event{Type: ari.Events.PeerStatusChange, App: s.phonesApp()}
		err := s.rest.do(ctx, request{verb: "look", method: http.MethodGet, path: path("endpoints", "PJSIP", name), out: &ev.Endpoint})
		if err != nil {
			ev.Endpoint = ari.EndpointData{State: "offline"}
		}
		ev.Endpoint.Technology, ev.Endpoint.Resource = "PJSIP", name
		in.put(ev)
	}
}
