package ivr

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
)

// metrics are the line's own; the ledger counts outcomes, the switch its requests.
type metrics struct {
	arrived  prometheus.Counter
	resumed  prometheus.Counter
	panics   prometheus.Counter
	setup    prometheus.Histogram
	offers   *prometheus.CounterVec // result: connected, no_answer, busy, rejected, unreachable, unjoined
	verbFail prometheus.Counter

	rang      *prometheus.HistogramVec // by result: desk.Result
	waited    *prometheus.HistogramVec // by end: answered, left
	overtaken *prometheus.CounterVec   // by reason: desk.Obstacle
	followUps *prometheus.CounterVec   // by kind
	promises  *prometheus.CounterVec   // by what came of it: kept, broken, left
}

func newMetrics(reg prometheus.Registerer, l *Line) *metrics {
	m := &metrics{
		arrived: prometheus.NewCounter(prometheus.CounterOpts{Name: "pronto_calls_arrived_total", Help: "Calls that arrived."}),
		resumed: prometheus.NewCounter(prometheus.CounterOpts{Name: "pronto_calls_resumed_total", Help: "Calls found on a switch at start and gone on with."}),
		panics:  prometheus.NewCounter(prometheus.CounterOpts{Name: "pronto_call_panics_total", Help: "Calls that ended by a fault of the program."}),
		setup: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "pronto_answer_seconds", Help: "From a call's arrival to its answer.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}),
		offers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pronto_offers_total", Help: "Calls offered to operators, by what came of it.",
		}, []string{"result"}),
		verbFail: prometheus.NewCounter(prometheus.CounterOpts{Name: "pronto_switch_commands_failed_total", Help: "Commands that a switch did not carry out."}),
	}
	for _, r := range []string{"connected", string(desk.WhyNoAnswer), string(desk.WhyBusy), string(desk.WhyRejected), string(desk.WhyUnreachable), string(desk.WhyUnjoined)} {
		m.offers.WithLabelValues(r)
	}
	m.ofTheDesk()
	if reg != nil {
		reg.MustRegister(m.rang, m.waited, m.overtaken, m.promises, m.followUps)
		reg.MustRegister(m.arrived, m.resumed, m.panics, m.setup, m.offers, m.verbFail, &collector{line: l})
	}
	return m
}

// ofTheDesk makes the metrics of what the desk has written down.
func (m *metrics) ofTheDesk() {
	m.rang = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "pronto_offer_seconds", Help: "How long operators' telephones rang, by what came of it.", Buckets: []float64{1, 2, 5, 10, 15, 20, 30, 60},
	}, []string{"result"})
	m.waited = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "pronto_wait_seconds", Help: "How long callers waited in the queue, by how it ended.",
		Buckets: []float64{1, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 2400},
	}, []string{"end"})
	m.overtaken = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "pronto_overtaken_total", Help: "Tickets that were overtaken by a later one, by reason.",
	}, []string{"reason"})
	m.promises = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "pronto_wait_promises_total", Help: "Waiting times that were told and are over: kept, broken, or the caller left before it could be known.",
	}, []string{"result"})
	m.followUps = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "pronto_followups_total", Help: "Callers who have gone and whom somebody should look after: in danger, cut off, gave up after a long wait.",
	}, []string{"kind"})
	for _, kind := range []string{ledger.FollowDanger, ledger.FollowCut, ledger.FollowMissed} {
		m.followUps.WithLabelValues(kind)
	}
	for _, end := range []string{ledger.WaitAnswered, "left"} {
		m.waited.WithLabelValues(end)
	}
	for _, reason := range desk.Obstacles() {
		m.overtaken.WithLabelValues(string(reason))
	}
	for _, result := range []string{"kept", "broken", "left"} {
		m.promises.WithLabelValues(result)
	}
}

func (m *metrics) offerEnded(r desk.OfferEnded) {
	m.rang.WithLabelValues(string(r.Result)).Observe(r.Rang.Seconds())
}

func (m *metrics) promiseEnd(r desk.PromiseEnd) {
	switch {
	case !r.Kept:
		m.promises.WithLabelValues("broken").Inc()
	case r.Left:
		m.promises.WithLabelValues("left").Inc()
	default:
		m.promises.WithLabelValues("kept").Inc()
	}
}

var (
	descUp      = prometheus.NewDesc("pronto_calls_up", "Calls that are up.", nil, nil)
	descWaiting = prometheus.NewDesc("pronto_waiting", "Callers waiting for an operator.", nil, nil)
	descLongest = prometheus.NewDesc("pronto_waiting_longest_seconds", "Waiting time of the first in the queue.", nil, nil)
	descOps     = prometheus.NewDesc("pronto_operators", "Operators by state.", []string{"state"}, nil)
	descLink    = prometheus.NewDesc("pronto_switch_up", "1 if the switch is connected.", []string{"switch"}, nil)
)

// collector computes the live gauges when they are asked for.
type collector struct{ line *Line }

func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descUp, descWaiting, descLongest, descOps, descLink} {
		ch <- d
	}
}

func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s, err := c.line.State(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(descUp, err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(descUp, float64(s.CallsUp))
	gauge(descWaiting, float64(len(s.Desk.Waiting)))
	longest := 0.0
	for _, w := range s.Desk.Waiting {
		longest = max(longest, time.Since(w.Ticket.Since).Seconds())
	}
	gauge(descLongest, longest)
	states := map[desk.OperatorState]int{}
	for _, state := range desk.States() {
		states[state] = 0
	}
	for _, o := range s.Desk.Operators {
		states[o.State]++
	}
	for state, n := range states {
		gauge(descOps, float64(n), state.String())
	}
	for name, up := range s.Links {
		v := 0.0
		if up {
			v = 1
		}
		gauge(descLink, v, name)
	}
}
