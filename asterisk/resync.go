package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/CyCoreSystems/ari/v5"
	"golang.org/x/sync/errgroup"

	"pronto/ivr/phone"
)

// resyncWidth is how many questions resync asks at a time.
const resyncWidth = 16

// picture is what the switch has.
type picture struct {
	channels map[string]*channel // that are in our application
	order    []string            // their ids, oldest first
	bridges  []ari.BridgeData
	phones   []ari.EndpointData
}

// resync tells what changed while nobody listened. Nothing that was begun after its first question is judged by it.
func (s *Switch) resync(ctx context.Context, h phone.Handler) error {
	known := s.knownForSure()
	p, err := s.look(ctx)
	if err != nil {
		return fmt.Errorf("compare with the switch: %w", err)
	}
	if err := s.catchUp(ctx, known, p); err != nil {
		return fmt.Errorf("compare with the switch: %w", err)
	}
	if err := s.catchUpTapes(ctx); err != nil {
		return fmt.Errorf("compare with the switch: %w", err)
	}
	if err := s.adopt(ctx, h, p); err != nil {
		return fmt.Errorf("take over what is on the switch: %w", err)
	}
	s.sweepBridges(p)
	s.tellPhones(h, p)
	return nil
}

// knownForSure are the legs that the switch has confirmed; a dial that is on its way may not be in its lists yet.
func (s *Switch) knownForSure() []*leg {
	legs := s.known()
	return slices.DeleteFunc(legs, func(l *leg) bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return !l.accepted
	})
}

func (s *Switch) look(ctx context.Context) (*picture, error) {
	var app ari.ApplicationData
	var all []*channel
	p := &picture{channels: map[string]*channel{}}
	// The application first: a channel that enters between the questions has its StasisStart waiting behind us.
	for _, ask := range []struct {
		path string
		out  any
	}{
		{path("applications", s.cfg.App), &app},
		{path("channels"), &all},
		{path("bridges"), &p.bridges},
		{path("endpoints", "PJSIP"), &p.phones},
	} {
		err := s.rest.do(ctx, request{verb: "list", method: http.MethodGet, path: ask.path, out: ask.out})
		if err != nil && status(err) != http.StatusNotFound { // 404: no phones, or the application has just been made
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b *channel) int { return strings.Compare(a.Created, b.Created) })
	for _, c := range all {
		if isFarHalf(c.Name) {
			continue
		}
		if !slices.Contains(app.ChannelIDs, c.ID) {
			if !c.inStasis(s.cfg.App) {
				continue // the fail-open branch, the trunk's side of a rescue call, another program's
			}
			if err := s.subscribe(ctx, c.ID); err != nil {
				return nil, err
			}
		}
		p.channels[c.ID] = c
		p.order = append(p.order, c.ID)
	}
	return p, nil
}

// subscribe brings back the events of a channel that stands at our application though the application has forgotten
// it, as happens when it was made anew under its channels.
func (s *Switch) subscribe(ctx context.Context, id string) error {
	err := s.rest.do(ctx, request{
		verb: "subscribe", method: http.MethodPost, path: path("applications", s.cfg.App, "subscription"),
		query: url.Values{"eventSource": {"channel:" + id}},
	})
	if code := status(err); code == http.StatusUnprocessableEntity || code == http.StatusNotFound {
		return nil // gone meanwhile
	}
	return err
}

// catchUp tells the known legs what they missed.
func (s *Switch) catchUp(ctx context.Context, known []*leg, p *picture) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(resyncWidth)
	for _, l := range known {
		c := p.channels[l.id]
		if c == nil {
			l.finish(true)
			continue
		}
		group.Go(func() error { return l.catchUp(ctx, c) })
	}
	return group.Wait()
}

func (l *leg) catchUp(ctx context.Context, c *channel) error {
	if l.dialled && c.State == stateUp && c.Dialplan.App == "Stasis" {
		l.started()
	} else {
		l.state(c.State)
	}
	l.mu.Lock()
	plays := slices.DeleteFunc(slices.Clone(l.plays), func(p *play) bool { return !p.accepted })
	recording := ""
	if l.taping {
		recording = l.recording
	}
	l.mu.Unlock()
	for _, p := range plays {
		here, err := l.sw.exists(ctx, "playbacks", p.id)
		if err != nil {
			return err
		}
		if !here {
			l.playDone(p.id, false)
		}
	}
	if recording != "" {
		if err := l.lookForRecording(ctx, recording); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.tell(phone.Resynced{})
	}
	return nil
}

// adopt offers the handler the legs that this process did not know.
func (s *Switch) adopt(ctx context.Context, h phone.Handler, p *picture) error {
	in := map[string]string{}
	for _, b := range p.bridges {
		for _, id := range b.ChannelIDs {
			in[id] = b.ID
		}
	}
	found := []phone.Adopted{}
	var legs []*leg
	for _, id := range p.order {
		c := p.channels[id]
		l := &leg{
			sw: s, id: id, info: c.info(c.args()), dialled: strings.HasPrefix(id, ours), accepted: true,
			up: c.State == stateUp, answered: c.State == stateUp,
		}
		if s.leg(id) != nil {
			continue
		}
		if l.dialled {
			l.info.Entry, l.info.Operator = "", ""
		}
		legs = append(legs, l)
		found = append(found, phone.Adopted{Leg: l, Tag: c.Vars[tagVariable], Bridge: in[id], Up: c.State == stateUp})
	}
	if err := s.readTags(ctx, found); err != nil {
		return err
	}
	for _, l := range legs {
		s.enter(l)
	}
	sinks := h.Adopt(found)
	for i, l := range legs {
		var sink phone.Sink
		if i < len(sinks) {
			sink = sinks[i]
		}
		l.take(sink, "nobody adopts it")
	}
	return nil
}

// readTags asks for the tags that did not ride in the list: those written at a dial, and all of a switch before 22.10.
func (s *Switch) readTags(ctx context.Context, found []phone.Adopted) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(resyncWidth)
	for i := range found {
		if found[i].Tag != "" {
			continue
		}
		group.Go(func() error {
			var answer struct{ Value string }
			err := s.rest.do(ctx, request{
				verb: "read-variable", method: http.MethodGet, path: path("channels", found[i].Leg.ID(), "variable"),
				query: url.Values{"variable": {tagVariable}}, out: &answer,
			})
			if code := status(err); code == http.StatusNotFound || code == http.StatusConflict {
				return nil // never written, or gone meanwhile
			}
			found[i].Tag = answer.Value
			return err
		})
	}
	return group.Wait()
}

// sweepBridges takes over the bridges of a process before this one, and removes the empty ones.
func (s *Switch) sweepBridges(p *picture) {
	for _, b := range p.bridges {
		s.mu.Lock()
		_, owned := s.rooms[b.ID]
		if !owned && len(b.ChannelIDs) > 0 && strings.HasPrefix(b.ID, ours) {
			s.rooms[b.ID], owned = b.ChannelIDs, true
		}
		s.mu.Unlock()
		if owned || len(b.ChannelIDs) > 0 || !strings.HasPrefix(b.ID, ours) {
			continue
		}
		s.tidy("remove an empty bridge", func(ctx context.Context) error { return s.Unbridge(ctx, b.ID) })
	}
}

// tellPhones tells every phone's state anew: the desk may be another than the one that was told before.
func (s *Switch) tellPhones(h phone.Handler, p *picture) {
	s.mu.Lock()
	gone := s.phones
	s.phones = map[string]bool{}
	s.mu.Unlock()
	for _, e := range p.phones {
		delete(gone, e.Resource)
		s.presence(h, e.Technology, e.Resource, e.State == "online")
	}
	for name := range gone {
		h.Operator(name, false)
	}
}
