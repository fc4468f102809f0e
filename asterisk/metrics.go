package asterisk

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// maxUnknown bounds the types of unknown events that get a label of their own: the names come from outside.
const maxUnknown = 20

type metrics struct {
	requests  *prometheus.HistogramVec
	failed    *prometheus.CounterVec
	lag       prometheus.Histogram
	events    prometheus.Counter
	connects  prometheus.Counter
	replaced  prometheus.Counter
	malformed prometheus.Counter
	unknown   *prometheus.CounterVec

	mu   sync.Mutex
	seen map[string]bool
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pronto_ari_request_seconds", Help: "Requests to the switch, by what they ask for.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"verb"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pronto_ari_requests_failed_total", Help: "Requests that the switch did not answer or refused with a fault of its own.",
		}, []string{"verb"}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "pronto_ari_event_lag_seconds", Help: "From an event's time stamp to its delivery.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}),
		events:    counter("pronto_ari_events_total", "Events received."),
		connects:  counter("pronto_ari_connects_total", "Connects to the switch; all but the first are reconnects."),
		replaced:  counter("pronto_ari_replaced_total", "Times that another program took our application."),
		malformed: counter("pronto_ari_events_malformed_total", "Events that could not be read, whole or in part."),
		unknown: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pronto_ari_events_unknown_total", Help: "Events of a type that the line has no use for.",
		}, []string{"type"}),
		seen: map[string]bool{},
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.failed, m.lag, m.events, m.connects, m.replaced, m.malformed, m.unknown)
	}
	return m
}

// unknownType counts the event and tells whether it is the first of its type.
func (m *metrics) unknownType(name string) bool {
	m.mu.Lock()
	first := !m.seen[name]
	if first && len(m.seen) >= maxUnknown {
		name, first = "other", !m.seen["other"]
	}
	m.seen[name] = true
	m.mu.Unlock()
	m.unknown.WithLabelValues(name).Inc()
	return first
}
