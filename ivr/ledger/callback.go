package ledger

import (
	"context"
	"database/sql"
	"time"
)

// CallbackState is how far a callback has come.
type CallbackState string

// The states of callbacks. The first three are open.
const (
	CallbackWaiting   CallbackState = "waiting"  // for its turn, or for the next attempt
	CallbackOffered   CallbackState = "offered"  // to an operator
	CallbackDialling  CallbackState = "dialling" // the citizen, or in conversation with him
	CallbackDone      CallbackState = "done"
	CallbackFailed    CallbackState = "failed"    // every attempt that the plan has
	CallbackExpired   CallbackState = "expired"   // too old
	CallbackCancelled CallbackState = "cancelled" // by the citizen, an operator, or as a double one
)

// BackPrefix begins the id of the call of a citizen who is called back; the callback's id and a number follow. The line
// called: the switch has no record of a call to it.
const BackPrefix = "p-back-"

// Open says that the callback is still owed.
func (s CallbackState) Open() bool {
	return s == CallbackWaiting || s == CallbackOffered || s == CallbackDialling
}

// Callback is a call that the line owes. A record of it replaces what was written of the same ID before. There is one
// open callback per number: a second one is written as cancelled, with the result "double".
type Callback struct {
	ID       string        `json:"id"` // the ticket's
	Line     string        `json:"line"`
	Switch   string        `json:"switch,omitempty"`
	Call     string        `json:"call"`   // that asked for it
	Number   string        `json:"number"` // to be dialled: personal
	Topic    string        `json:"topic"`
	Language string        `json:"language"`
	Release  string        `json:"release,omitempty"`
	Class    int           `json:"class"`
	Skills   []string      `json:"skills,omitempty"`
	Since    time.Time     `json:"since"` // when its ticket was drawn
	State    CallbackState `json:"state"`
	Attempts int           `json:"attempts,omitempty"`
	Next     time.Time     `json:"next,omitzero"`    // not before; zero: at once
	Result   string        `json:"result,omitempty"` // of the last attempt, a slug
	Led      string        `json:"led,omitempty"`    // the call that it led to
	Changed  time.Time     `json:"changed"`
}

const (
	callbackColumns = `id, line, switch, call, number, topic, language, release, class, skills, since, state, attempts, next_at, result, led, changed`
	callbackOpen    = `state IN ('waiting', 'offered', 'dialling')`
)

func (w *txWriter) callback(c Callback) error {
	if c.State.Open() && c.Number != "" {
		other, err := w.has(`SELECT 1 FROM callbacks WHERE number = ? AND id <> ? AND `+callbackOpen, c.Number, c.ID)
		if err != nil {
			return err
		}
		if other {
			c.State, c.Result = CallbackCancelled, "double"
		}
	}
	return w.later(`INSERT INTO callbacks (`+callbackColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET number = excluded.number, topic = excluded.topic, language = excluded.language,
			class = excluded.class, skills = excluded.skills, since = excluded.since, state = excluded.state,
			attempts = excluded.attempts, next_at = excluded.next_at, result = excluded.result, led = excluded.led,
			changed = excluded.changed`,
		nil, c.ID, c.Line, c.Switch, c.Call, c.Number, c.Topic, c.Language, c.Release, c.Class, list(c.Skills), c.Since.UnixMilli(),
		string(c.State), c.Attempts, millis(c.Next), c.Result, c.Led, c.Changed.UnixMilli())
}

// OpenCallbacks are the callbacks that are owed, the oldest first: at start, those of the process before.
func (l *Ledger) OpenCallbacks(ctx context.Context) ([]Callback, error) {
	return gather(read(ctx, l, "the callbacks", scanCallback,
		`SELECT `+callbackColumns+` FROM callbacks WHERE `+callbackOpen+` ORDER BY since, id`))
}

// Callbacks are those whose tickets were drawn in the period, open or not, the oldest first.
func (l *Ledger) Callbacks(ctx context.Context, f Filter) ([]Callback, error) {
	from, to := f.bounds()
	return gather(read(ctx, l, "the callbacks", scanCallback,
		`SELECT `+callbackColumns+` FROM callbacks WHERE since >= ? AND since < ? ORDER BY since, id`, from, to))
}

// CallbackFor is the open callback of a number.
func (l *Ledger) CallbackFor(ctx context.Context, number string) (c Callback, found bool, err error) {
	return one(read(ctx, l, "the callbacks", scanCallback,
		`SELECT `+callbackColumns+` FROM callbacks WHERE number = ? AND `+callbackOpen+` ORDER BY since, id LIMIT 1`, number))
}

func scanCallback(rows *sql.Rows) (c Callback, err error) {
	var skills string
	var since, changed int64
	var next sql.NullInt64
	err = rows.Scan(&c.ID, &c.Line, &c.Switch, &c.Call, &c.Number, &c.Topic, &c.Language, &c.Release, &c.Class, &skills,
		&since, &c.State, &c.Attempts, &next, &c.Result, &c.Led, &changed)
	if err != nil {
		return c, err
	}
	c.Since, c.Changed, c.Next = at(since), at(changed), instant(next)
	c.Skills, err = unlist(skills)
	return c, err
}
