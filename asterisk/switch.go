package asterisk

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"pronto/asterisk/conf"
	"pronto/ivr/phone"
)

const (
	// ours begins the ids of the channels and bridges that this program makes.
	ours = "p-"
	// tagVariable holds a call's state on its channel.
	tagVariable = "PRONTO"
	// trunkEndpoint is the carrier's endpoint; asterisk/conf writes it so. It is no operator.
	trunkEndpoint = "trunk"
	// The ways out through the trunk; asterisk/conf writes them. Each holds the numbers that may be dialled by it and no others.
	rescueContext   = "pronto-rescue"
	outsideContext  = "pronto-outside"
	callbackContext = "pronto-callback"
	// tidyTime bounds a clean-up that nobody waits for.
	tidyTime = 10 * time.Second
	// linkGrace is how long a dial waits for a connection that was just lost.
	linkGrace = 3 * time.Second
)

// Config says where a switch is and who we are to it.
type Config struct {
	Name      string // the switch's name, in ids and the ledger
	URL       string // http://host:port of its HTTP server
	User      string
	Password  string
	App       string       // the Stasis application the dialplan sends calls to
	SoundRoot string       // the folder below which sounds are, as Asterisk sees it
	Numbers   conf.Numbers // what may be dialled beside rescue numbers; the dialplan has the last word
	Log       zerolog.Logger
	Reg       prometheus.Registerer // nil: no metrics
}

// Switch is one Asterisk.
type Switch struct {
	cfg     Config
	log     zerolog.Logger
	rest    *client
	metrics *metrics
	pace    pace
	work    sync.WaitGroup // clean-ups under way; Run waits for them

	mu     sync.Mutex
	legs   map[string]*leg
	rooms  map[string][]string // by the id of a bridge that this process made or took over, and has not removed: the legs in it, some of which may be gone
	tapes  map[string]*tape    // bridges' recordings under way, by name
	epoch  uint64              // counts connects
	up     bool
	isUp   chan struct{}   // closed while up
	phones map[string]bool // operator's phone: online
	roster roster
	in     *inlet // of the connection that stands, nil if none does

	provisioning chan struct{} // full while operators' phones are being made or removed
}

var _ phone.Switch = (*Switch)(nil)

// New returns a switch; nothing happens before Run or the first verb.
func New(cfg Config) *Switch {
	m := newMetrics(cfg.Reg)
	return &Switch{
		cfg: cfg, log: cfg.Log.With().Str("switch", cfg.Name).Logger(), rest: newClient(cfg, m), metrics: m, pace: steady,
		legs: map[string]*leg{}, rooms: map[string][]string{}, tapes: map[string]*tape{}, phones: map[string]bool{},
		isUp: make(chan struct{}), provisioning: make(chan struct{}, 1),
	}
}

// Name returns the switch's name.
func (s *Switch) Name() string { return s.cfg.Name }

func (s *Switch) phonesApp() string { return s.cfg.App + "-phones" }

func (s *Switch) leg(id string) *leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.legs[id]
}

// enter registers a leg; it returns false if the id is taken.
func (s *Switch) enter(l *leg) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.legs[l.id] != nil {
		return false
	}
	s.legs[l.id] = l
	return true
}

func (s *Switch) leave(l *leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.legs[l.id] == l {
		delete(s.legs, l.id)
	}
}

func (s *Switch) known() []*leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	legs := make([]*leg, 0, len(s.legs))
	for _, l := range s.legs {
		legs = append(legs, l)
	}
	return legs
}

// link returns the number of the connect and whether it stands.
func (s *Switch) link() (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch, s.up
}

// waitLink waits a moment for the connection, for most losses last a tenth of a second.
func (s *Switch) waitLink(ctx context.Context) (uint64, error) {
	s.mu.Lock()
	isUp := s.isUp
	s.mu.Unlock()
	limit := time.NewTimer(linkGrace)
	defer limit.Stop()
	select {
	case <-isUp:
		epoch, _ := s.link()
		return epoch, nil
	case <-limit.C:
		return 0, fmt.Errorf("%w: not connected", phone.ErrUnavailable)
	case <-ctx.Done():
		return 0, fmt.Errorf("%w: %w", phone.ErrUnavailable, ctx.Err())
	}
}

func (s *Switch) setUp(up bool, in *inlet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in = in
	s.roster.live = s.roster.live && up
	if up {
		s.epoch++
		close(s.isUp)
	} else {
		s.isUp = make(chan struct{})
	}
	s.up = up
}

// tidy does what nobody waits for: it outlives its cause, but not for long, and not Run.
func (s *Switch) tidy(what string, do func(context.Context) error) {
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		ctx, stop := context.WithTimeout(context.Background(), tidyTime)
		defer stop()
		if err := do(ctx); err != nil {
			s.log.Warn().Err(err).Str("what", what).Msg("a clean-up on the switch failed")
		}
	}()
}

// dropChannel hangs up a channel that nobody wants.
func (s *Switch) dropChannel(id, why string) {
	s.log.Info().Str("channel", id).Str("why", why).Msg("hanging up a channel that nobody wants")
	s.tidy("hang up", func(ctx context.Context) error {
		_, err := s.hangup(ctx, id, phone.CauseNormal)
		return err
	})
}

// isFarHalf tells the half of a Local channel that runs the dialplan towards the trunk. It is in the application's
// list because we made it, but it is never in Stasis.
func isFarHalf(name string) bool {
	return strings.HasPrefix(name, "Local/") && strings.HasSuffix(name, ";2")
}
