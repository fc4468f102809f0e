package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Promise is a waiting time that a caller was told. Until and How are filled in by a Waited; not in a record.
type Promise struct {
	Call     string        `json:"call"`
	At       time.Time     `json:"at"`
	Low      time.Duration `json:"low"`
	High     time.Duration `json:"high"`
	Position int           `json:"position,omitempty"`
	Method   string        `json:"method,omitempty"` // of the estimate
	Until    time.Time     `json:"-"`                // when the wait ended
	How      string        `json:"-"`                // with what; "" while it goes on
}

// WaitAnswered is the How of a wait that ended with an operator. All other waits were at least as long as they lasted.
const WaitAnswered = "answered"

// Waited says how the wait of a call ended. It settles what was promised in it; the first one counts.
type Waited struct {
	Call string    `json:"call"`
	At   time.Time `json:"at"`
	How  string    `json:"how"` // WaitAnswered, abandoned, callback, message, ...
}

// Overtake says that a ticket was overtaken: the fairness ledger.
type Overtake struct {
	At     time.Time `json:"at"`
	Ticket string    `json:"ticket"`
	By     string    `json:"by"`     // the ticket that was served before it
	Reason string    `json:"reason"` // a slug: class, skill, language, ...
}

func (w *txWriter) promise(p Promise) error {
	return w.later(`INSERT INTO promises (call, at, low, high, position, method, until, how) VALUES (?,?,?,?,?,?,NULL,'')`,
		nil, p.Call, p.At.UnixMilli(), p.Low.Milliseconds(), p.High.Milliseconds(), p.Position, p.Method)
}

func (w *txWriter) waited(e Waited) error {
	return w.later(`UPDATE promises SET until = ?, how = ? WHERE call = ? AND how = ''`, nil, e.At.UnixMilli(), e.How, e.Call)
}

func (w *txWriter) overtaken(o Overtake) error {
	return w.later(`INSERT INTO overtakes (at, ticket, other, reason) VALUES (?,?,?,?)`, nil, o.At.UnixMilli(), o.Ticket, o.By, o.Reason)
}

// Promises are those made in the period, in order.
func (l *Ledger) Promises(ctx context.Context, f Filter) ([]Promise, error) {
	from, to := f.bounds()
	return gather(read(ctx, l, "the promises", scanPromise,
		`SELECT call, at, low, high, position, method, until, how FROM promises WHERE at >= ? AND at < ? ORDER BY at, id`, from, to))
}

// Overtakes are those of the period, in order.
func (l *Ledger) Overtakes(ctx context.Context, f Filter) ([]Overtake, error) {
	from, to := f.bounds()
	return gather(read(ctx, l, "who was overtaken", scanOvertake,
		`SELECT at, ticket, other, reason FROM overtakes WHERE at >= ? AND at < ? ORDER BY at, id`, from, to))
}

// OvertakesOf are those of one ticket, in order.
func (l *Ledger) OvertakesOf(ctx context.Context, ticket string) ([]Overtake, error) {
	return gather(read(ctx, l, "who was overtaken", scanOvertake,
		`SELECT at, ticket, other, reason FROM overtakes WHERE ticket = ? ORDER BY id`, ticket))
}

func scanPromise(rows *sql.Rows) (p Promise, err error) {
	var when, low, high int64
	var until sql.NullInt64
	err = rows.Scan(&p.Call, &when, &low, &high, &p.Position, &p.Method, &until, &p.How)
	p.At, p.Until = at(when), instant(until)
	p.Low, p.High = time.Duration(low)*time.Millisecond, time.Duration(high)*time.Millisecond
	return p, err
}

func scanOvertake(rows *sql.Rows) (o Overtake, err error) {
	var when int64
	err = rows.Scan(&when, &o.Ticket, &o.By, &o.Reason)
	o.At = at(when)
	return o, err
}
