package ivr

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pronto/ivr/desk"
)

// metrics are the line's own; the ledger counts outcomes, the switch its requests.
type metrics struct {
	arrived  prometheus.Counter
	resumed  prometheus.Counter
	panics   prometheus.Counter
	setup    prometheus.Histogram
	offers   *prometheus.CounterVec // result: connected, no_answer, busy, rejected, unreachable, unjoined
	verbFail prometheus.Counter
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
	if reg != nil {
		reg.MustRegister(m.arrived, m.resumed, m.panics, m.setup, m.offers, m.verbFail, &collector{line: l})
	}
	return m
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
	states := map[desk.OperatorState]int{desk.Offline: 0, desk.Ready: 0, desk.Ringing: 0, desk.Talking: 0, desk.WrapUp: 0}
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
