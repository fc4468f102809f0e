package ledger

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pronto/ivr/flow"
)

// Outcomes are the closed set (DESIGN.md section 8).
func Outcomes() []flow.Outcome {
	return []flow.Outcome{
		flow.Served, flow.Informed, flow.Redirected, flow.Message, flow.Callback,
		flow.AbandonedMenu, flow.AbandonedQueue, flow.TurnedAway, flow.Failed,
	}
}

// metrics count what is in the database. nil counts nothing.
type metrics struct {
	calls      *prometheus.CounterVec // outcome: the closed set
	double     prometheus.Counter
	writes     prometheus.Histogram
	spooled    prometheus.Counter
	dropped    prometheus.Counter
	writable   prometheus.Gauge
	unreadable prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pronto_calls_total", Help: "Calls that ended, by outcome.",
		}, []string{"outcome"}),
		double: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pronto_ledger_double_outcomes_total", Help: "Outcomes of calls that had one already; the first one counts.",
		}),
		writes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "pronto_ledger_write_seconds", Help: "Time of one transaction of the ledger.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}),
		spooled: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pronto_ledger_spooled_total", Help: "Records spooled because the database could not be written.",
		}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pronto_ledger_dropped_total", Help: "Records lost because nothing could be written.",
		}),
		writable: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "pronto_ledger_writable", Help: "1 if the database can be written.",
		}),
		unreadable: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pronto_cdr_unreadable_total", Help: "Lines of the switch's call records that could not be read.",
		}),
	}
	for _, o := range Outcomes() {
		m.calls.WithLabelValues(string(o))
	}
	m.writable.Set(1)
	if reg != nil {
		reg.MustRegister(m.calls, m.double, m.writes, m.spooled, m.dropped, m.writable, m.unreadable)
	}
	return m
}

func (m *metrics) committed(r result, took time.Duration) {
	for outcome, n := range r.ended {
		m.calls.WithLabelValues(outcome).Add(float64(n))
	}
	m.double.Add(float64(r.double))
	m.writes.Observe(took.Seconds())
}

func (m *metrics) spool(n int) { m.spooled.Add(float64(n)) }

func (m *metrics) drop(n int) {
	if m != nil {
		m.dropped.Add(float64(n))
	}
}

func (m *metrics) setWritable(ok bool) {
	m.writable.Set(0)
	if ok {
		m.writable.Set(1)
	}
}
