package audit

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics tell what the audits that run by themselves have found.
type Metrics struct {
	differences *prometheus.GaugeVec
	calls       prometheus.Gauge
	last        prometheus.Gauge
	failed      prometheus.Counter
}

// NewMetrics registers them; nil registers nothing.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		differences: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "pronto_audit_differences", Help: "Differences between ledger and switch that the last audit found, by kind.",
		}, []string{"kind"}),
		calls: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "pronto_audit_calls", Help: "Calls of the ledger that the last audit compared.",
		}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "pronto_audit_last_timestamp_seconds", Help: "When the last audit ended, in seconds since 1970; 0: there was none.",
		}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pronto_audit_failures_total", Help: "Audits that could not be made.",
		}),
	}
	for _, k := range kinds() {
		m.differences.WithLabelValues(string(k))
	}
	if reg != nil {
		reg.MustRegister(m.differences, m.calls, m.last, m.failed)
	}
	return m
}

// Made tells of an audit that was made at now.
func (m *Metrics) Made(r *Result, now time.Time) {
	for _, k := range kinds() {
		m.differences.WithLabelValues(string(k)).Set(float64(r.Found[k]))
	}
	m.calls.Set(float64(r.InLedger))
	m.last.Set(float64(now.Unix()))
}

// Failed tells of one that could not be made.
func (m *Metrics) Failed() { m.failed.Inc() }

func kinds() []Kind {
	return []Kind{
		MissingInLedger, MissingOnSwitch, Double, NoOutcome, Began, Answered, Ended, Caller, NotServed, Unnoticed, Operator, Rescue, FailOpen,
		Impossible, Clock,
	}
}
