package desk

import (
	"fmt"
	"testing"
	"time"
)

// crowd is a desk with many waiting and all operators in conversation.
type crowd struct {
	d      *Desk
	now    time.Time
	next   int
	offers []Offer
	langs  []string
}

func newCrowd(cfg Config, operators, waiting int) *crowd {
	c := &crowd{d: New(cfg), now: t0, langs: []string{"it", "en", "de", "fr", "sl"}}
	var roster []OperatorSpec
	for i := range operators {
		roster = append(roster, OperatorSpec{
			Name: fmt.Sprintf("op%d", i), Auto: true, Tier: 1 + i%3, Languages: []string{"it", c.langs[i%5], c.langs[i/5%5]},
			Skills: []string{"information", []string{"report", "help"}[i%2]},
		})
	}
	c.handle(Staff{roster})
	for _, o := range roster {
		c.handle(OperatorOn{o.Name})
	}
	for range operators + waiting {
		c.join()
		c.answer()
	}
	return c
}

func (c *crowd) handle(ev Event) {
	for _, a := range c.d.Handle(ev, c.now) {
		if o, ok := a.(Offer); ok {
			c.offers = append(c.offers, o)
		}
	}
}

func (c *crowd) join() {
	c.next++
	topic := []string{"information", "information", "report", "help"}[c.next%4]
	c.handle(Join{Ticket: Ticket{
		ID: fmt.Sprintf("t%d", c.next), Class: 1 + c.next%2, Topic: topic, Skills: []string{topic}, Language: c.langs[c.next*c.next%5], Since: c.now,
	}})
}

// answer has the newest offer answered.
func (c *crowd) answer() {
	for len(c.offers) > 0 {
		o := c.offers[len(c.offers)-1]
		c.offers = c.offers[:len(c.offers)-1]
		c.handle(Accept(o))
	}
}

// over ends the conversation of the n-th operator.
func (c *crowd) over(n int) {
	for i := range c.d.order {
		o := c.d.order[(n+i)%len(c.d.order)]
		if o.state == Talking {
			c.handle(Over{Ticket: o.ticket.ID, Operator: o.name})
			return
		}
	}
}

// BenchmarkOver: a conversation's end with 2,000 waiting for 200 operators, and the next one's offer.
func BenchmarkOver(b *testing.B) {
	for _, s := range []Strategy{LongestIdle, RingAll, RoundRobin, Tiers} {
		b.Run(string(s), func(b *testing.B) {
			c := newCrowd(Config{
				Ring: 15 * time.Second, Strategy: s, TierAfter: time.Minute, Ageing: 5 * time.Minute,
				Relax: []Relax{{2 * time.Minute, WithoutLanguage}, {5 * time.Minute, WithoutTopic}},
			}, 200, 2000)
			n := 0
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				b.StopTimer()
				c.now = c.now.Add(50 * time.Millisecond)
				n++
				c.answer()
				c.join()
				b.StartTimer()
				c.over(n)
				c.d.Next()
			}
			b.StopTimer()
			if got := c.d.queue.count; got < 1900 || got > 2100 {
				b.Fatalf("%d wait", got)
			}
		})
	}
}

// BenchmarkAnnounce: one announcement with a time, 2,000 waiting for 200 operators.
func BenchmarkAnnounce(b *testing.B) {
	c := newCrowd(Config{Ring: 15 * time.Second, Announce: 30 * time.Second, Bands: []Band{{0, time.Hour}}}, 200, 2000)
	for i := range 400 {
		c.now = c.now.Add(time.Second)
		c.over(i)
		c.answer()
		c.join()
	}
	all := c.d.queue.all()
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		t := all[i%len(all)]
		t.guesses = nil
		c.d.promise(t)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	c := newCrowd(Config{Ring: 15 * time.Second}, 200, 2000)
	b.ReportAllocs()
	for b.Loop() {
		c.d.Snapshot(c.now)
	}
}
