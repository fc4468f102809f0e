package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"pronto/ivr/desk"
)

// Kinds of operators' phones.
const (
	PhoneSIP    = "sip"    // registered with the switch
	PhoneNumber = "number" // any telephone, dialled through the trunk
)

// Operator is an operator's account. A record of it replaces the one before.
type Operator struct {
	Name    string `json:"name"`
	Display string `json:"display,omitempty"`
	// Ext is the short number by which colleagues reach him with a feature code, one to four digits; "" for none.
	Ext        string    `json:"ext,omitempty"`
	Supervisor bool      `json:"supervisor,omitempty"` // may listen, whisper and join
	Skills     []string  `json:"skills,omitempty"`     // none: all
	Languages  []string  `json:"languages,omitempty"`
	Tier       int       `json:"tier,omitempty"`
	Kind       string    `json:"kind"`               // PhoneSIP, PhoneNumber
	Number     string    `json:"number,omitempty"`   // outside number, of PhoneNumber
	PINHash    string    `json:"pin_hash,omitempty"` // HashPIN's; "": his feature codes ask for none
	Enabled    bool      `json:"enabled"`
	Changed    time.Time `json:"changed"`
	Removed    bool      `json:"removed,omitempty"` // the account goes; what he did stays
}

// Duty is one step of an operator's day: From one state To another, or something that left him where he was.
type Duty struct {
	Operator string    `json:"operator"`
	At       time.Time `json:"at"`
	From     string    `json:"from"` // desk.OperatorState by name
	To       string    `json:"to"`
	Reason   string    `json:"reason,omitempty"` // desk.Reason, or what came of an offer
	Pause    string    `json:"pause,omitempty"`  // why he is paused, or will be after the call
	Login    string    `json:"login,omitempty"`  // desk.Login: what he asked for last
	Ticket   string    `json:"ticket,omitempty"`
	Call     string    `json:"call,omitempty"`
	Offer    int       `json:"offer,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// Post is where an operator stands.
type Post struct {
	Operator string
	State    string
	Reason   string
	Pause    string
	Login    string
	Since    time.Time // when he came to be in State
	Ticket   string
	// When something last happened to him; zero: never.
	Offered, Accepted, Missed, Paused time.Time
}

// pausedState is the state of an operator who takes a rest.
const pausedState = "paused"

const (
	operatorColumns = `name, display, ext, supervisor, skills, languages, tier, kind, number, pin_hash, enabled, changed`
	dutyColumns     = `operator, at, from_state, to_state, reason, pause, login, ticket, call, offer, note`
)

func (w *txWriter) operator(o Operator) error {
	if o.Removed {
		return w.later(`DELETE FROM operators WHERE name = ?`, nil, o.Name)
	}
	return w.later(`INSERT INTO operators (`+operatorColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (name) DO UPDATE SET display = excluded.display, ext = excluded.ext, supervisor = excluded.supervisor, skills = excluded.skills, languages = excluded.languages,
			tier = excluded.tier, kind = excluded.kind, number = excluded.number, pin_hash = excluded.pin_hash,
			enabled = excluded.enabled, changed = excluded.changed`,
		nil, o.Name, o.Display, o.Ext, bit(o.Supervisor), list(o.Skills), list(o.Languages), o.Tier, o.Kind, o.Number, o.PINHash, bit(o.Enabled), o.Changed.UnixMilli())
}

func (w *txWriter) duty(d Duty) error {
	err := w.later(`INSERT INTO operator_events (`+dutyColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
		nil, d.Operator, d.At.UnixMilli(), d.From, d.To, d.Reason, d.Pause, d.Login, d.Ticket, d.Call, d.Offer, d.Note)
	if err != nil {
		return err
	}
	if err := w.worked(d); err != nil {
		return err
	}
	offered, accepted, missed, paused := d.marks()
	return w.later(`INSERT INTO operator_states (operator, state, reason, pause, login, since, ticket, offered, accepted, missed, paused) VALUES (?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (operator) DO UPDATE SET
			since = CASE WHEN operator_states.state = excluded.state THEN operator_states.since ELSE excluded.since END,
			reason = CASE WHEN operator_states.state = excluded.state AND excluded.reason = '' THEN operator_states.reason ELSE excluded.reason END,
			state = excluded.state, pause = excluded.pause, login = excluded.login, ticket = excluded.ticket,
			offered = coalesce(excluded.offered, operator_states.offered), accepted = coalesce(excluded.accepted, operator_states.accepted),
			missed = coalesce(excluded.missed, operator_states.missed), paused = coalesce(excluded.paused, operator_states.paused)`,
		nil, d.Operator, d.To, d.Reason, d.Pause, d.Login, d.At.UnixMilli(), d.Ticket, offered, accepted, missed, paused)
}

// marks say which of an operator's lasts this step is.
func (d *Duty) marks() (offered, accepted, missed, paused sql.NullInt64) {
	mark := func(is bool) sql.NullInt64 { return sql.NullInt64{Int64: d.At.UnixMilli(), Valid: is} }
	ringing, talking := desk.Ringing.String(), desk.Talking.String()
	unanswered := slices.Contains([]desk.Why{desk.WhyNoAnswer, desk.WhyBusy, desk.WhyRejected, desk.WhyUnreachable}, desk.Why(d.Reason))
	return mark(d.To == ringing && d.From != ringing), mark(d.To == talking && d.From != talking),
		mark(d.From == ringing && d.To != talking && unanswered), mark(d.To == pausedState && d.From != pausedState)
}

// Operators are the accounts, by name.
func (l *Ledger) Operators(ctx context.Context) ([]Operator, error) {
	return gather(read(ctx, l, "the operators", scanOperator, `SELECT `+operatorColumns+` FROM operators ORDER BY name`))
}

// Posts are where the operators stood last, by name: at start, what is to be restored.
func (l *Ledger) Posts(ctx context.Context) ([]Post, error) {
	return gather(read(ctx, l, "the operators' states", scanPost,
		`SELECT operator, state, reason, pause, login, since, ticket, offered, accepted, missed, paused FROM operator_states ORDER BY operator`))
}

// Duties are the steps of an operator's day in a period, in order. The last one before it comes first, so that the
// state at its beginning is known. The operator "" is all of them, without what was before.
func (l *Ledger) Duties(ctx context.Context, operator string, f Filter) ([]Duty, error) {
	from, to := f.bounds()
	if operator == "" {
		return gather(read(ctx, l, "the operators' day", scanDuty,
			`SELECT `+dutyColumns+` FROM operator_events WHERE at >= ? AND at < ? ORDER BY at, id`, from, to))
	}
	return gather(read(ctx, l, "the operator's day", scanDuty, `SELECT `+dutyColumns+` FROM (
		SELECT * FROM (SELECT * FROM operator_events WHERE operator = ? AND at < ? ORDER BY at DESC, id DESC LIMIT 1) AS before
		UNION ALL SELECT * FROM operator_events WHERE operator = ? AND at >= ? AND at < ?) AS day ORDER BY at, id`,
		operator, from, operator, from, to))
}

func scanOperator(rows *sql.Rows) (o Operator, err error) {
	var skills, languages string
	var enabled, supervisor, changed int64
	if err = rows.Scan(&o.Name, &o.Display, &o.Ext, &supervisor, &skills, &languages, &o.Tier, &o.Kind, &o.Number, &o.PINHash, &enabled, &changed); err != nil {
		return o, err
	}
	o.Enabled, o.Supervisor, o.Changed = enabled != 0, supervisor != 0, at(changed)
	if o.Skills, err = unlist(skills); err != nil {
		return o, err
	}
	o.Languages, err = unlist(languages)
	return o, err
}

func scanPost(rows *sql.Rows) (p Post, err error) {
	var since int64
	var offered, accepted, missed, paused sql.NullInt64
	err = rows.Scan(&p.Operator, &p.State, &p.Reason, &p.Pause, &p.Login, &since, &p.Ticket, &offered, &accepted, &missed, &paused)
	p.Since = at(since)
	p.Offered, p.Accepted, p.Missed, p.Paused = instant(offered), instant(accepted), instant(missed), instant(paused)
	return p, err
}

func scanDuty(rows *sql.Rows) (d Duty, err error) {
	var when int64
	err = rows.Scan(&d.Operator, &when, &d.From, &d.To, &d.Reason, &d.Pause, &d.Login, &d.Ticket, &d.Call, &d.Offer, &d.Note)
	d.At = at(when)
	return d, err
}
