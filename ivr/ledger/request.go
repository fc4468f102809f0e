package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Stage is how far a request has come.
type Stage string

// The stages.
const (
	StageOpen       Stage = "open"        // nobody has taken it up
	StageInProgress Stage = "in_progress" // somebody has
	StageClosed     Stage = "closed"
)

// Channels by which requests come.
const (
	ChannelPhone   = "phone"
	ChannelMessage = "message"
	ChannelWebForm = "web_form"
	ChannelChat    = "chat"
	ChannelEMail   = "e_mail"
	ChannelOther   = "other"
)

// Channels are all of them.
func Channels() []string {
	return []string{ChannelPhone, ChannelMessage, ChannelWebForm, ChannelChat, ChannelEMail, ChannelOther}
}

// Dispositions of closed requests. One that is not closed counts as in progress.
const (
	DispositionImmediate = "immediate" // answered at once
	DispositionInDepth   = "in_depth"  // after further work
)

// Request is the matter behind calls, messages and forms. Many calls may belong to one: their Request is its code.
type Request struct {
	Code        string    `json:"code"`
	Line        string    `json:"line"`
	Channel     string    `json:"channel"` // one of Channels
	Topic       string    `json:"topic"`
	Language    string    `json:"language,omitempty"`
	State       Stage     `json:"state"`
	Disposition string    `json:"disposition,omitempty"` // of the closed: immediate, in_depth
	Opened      time.Time `json:"opened"`
	Closed      time.Time `json:"closed,omitzero"`
	Due         time.Time `json:"due,omitzero"`
	Owner       string    `json:"owner,omitempty"`
	Contact     string    `json:"contact,omitempty"` // personal: a number, or an address
	Reopened    int       `json:"reopened,omitempty"`
}

// Change is one step in a request's life. What is nil or empty stays as it was.
type Change struct {
	Code string    `json:"code"`
	At   time.Time `json:"at"`
	By   string    `json:"by"` // an operator, an admin, or "line"

	Open        *Request   `json:"open,omitempty"`        // it begins, so; its Code and Opened are those of the change
	State       Stage      `json:"state,omitempty"`       // closed needs a Disposition; a closed one that leaves it was reopened
	Disposition string     `json:"disposition,omitempty"` // with State closed; later: a correction
	Owner       *string    `json:"owner,omitempty"`
	Topic       *string    `json:"topic,omitempty"`
	Contact     *string    `json:"contact,omitempty"`
	Due         *time.Time `json:"due,omitempty"`  // the zero time: none
	Call        string     `json:"call,omitempty"` // belongs to it from now on
	Note        string     `json:"note,omitempty"` // personal
}

// Step is what happened to a request, as its history tells. Kind: opened, in_progress, closed, reopened, disposition,
// owner, topic, contact (Text is empty), due, call, note.
type Step struct {
	At     time.Time
	Author string
	Kind   string
	Text   string
}

// Status is what anybody may know of a request who has its code: nothing personal.
type Status struct {
	State       Stage
	Disposition string
	Opened      time.Time
	Closed      time.Time
	Due         time.Time
	Reopened    int
}

// ErrNoRequest is returned for a code that no request has.
var ErrNoRequest = errors.New("there is no request with this code")

// ErrNoCodes is returned when no code can be given out: the database has been away since the first start, or for as
// long as the reserve lasted.
var ErrNoCodes = errors.New("there are no codes for requests at present: the ledger's database must be written first")

// OpenRequest opens a request and returns its code, at once: its record is on its way like all others. Without a code of
// its own it gets a new one, and it begins at r.Opened, or else now. call, if any, belongs to it.
func (l *Ledger) OpenRequest(r Request, call, by string) (code string, err error) {
	if r.Code == "" {
		if r.Code = l.NewCode(); r.Code == "" {
			return "", ErrNoCodes
		}
	}
	if r.Opened.IsZero() {
		r.Opened = time.Now()
	}
	if r.State == "" {
		r.State = StageOpen
	}
	c := Change{Code: r.Code, At: r.Opened, By: by, Open: &r, Call: call}
	return r.Code, l.ChangeRequest(c)
}

// ChangeRequest writes a change down, or says what is wrong with it. Whether there is such a request is not looked at: a
// change of none changes nothing.
func (l *Ledger) ChangeRequest(c Change) error {
	if c.At.IsZero() {
		c.At = time.Now()
	}
	if err := c.check(); err != nil {
		return err
	}
	l.Write(Record{Change: &c})
	return nil
}

func (c *Change) check() error {
	state, disposition := c.State, c.Disposition
	if !ValidCode(c.Code) {
		return fmt.Errorf("%q is no code of a request: eight digits, the last of which proves the others", c.Code)
	}
	if o := c.Open; o != nil {
		state, disposition = o.State, o.Disposition
		if !slices.Contains(Channels(), o.Channel) {
			return fmt.Errorf("%q is no channel of a request: one of %s", o.Channel, strings.Join(Channels(), ", "))
		}
	}
	switch {
	case state != "" && state != StageOpen && state != StageInProgress && state != StageClosed:
		return fmt.Errorf("%q is no state of a request: open, in_progress or closed", state)
	case disposition != "" && disposition != DispositionImmediate && disposition != DispositionInDepth:
		return fmt.Errorf("%q is no disposition of a request: immediate or in_depth", disposition)
	case state == StageClosed && disposition == "":
		return errors.New("a request is closed with a disposition: immediate or in_depth")
	case disposition != "" && state != "" && state != StageClosed:
		return errors.New("only a closed request has a disposition")
	}
	return nil
}

// RequestFilter selects requests. What is zero selects nothing away.
type RequestFilter struct {
	Opened   Filter  // when they were opened
	States   []Stage // one of these
	Channel  string
	Topic    string
	Language string
	Owner    string
	Nobodys  bool // without an owner
	Contact  string
	DueBy    time.Time // due before, and not closed
	After    string    // the code of the last one of the page before
	Limit    int       // zero: all
}

// Requests are the selected ones, the oldest first.
func (l *Ledger) Requests(ctx context.Context, f RequestFilter) ([]Request, error) {
	from, to := f.Opened.bounds()
	where, args := []string{"opened >= ?", "opened < ?"}, []any{from, to}
	add := func(cond string, values ...any) { where, args = append(where, cond), append(args, values...) }
	if len(f.States) > 0 {
		add("state IN (?"+strings.Repeat(", ?", len(f.States)-1)+")", stages(f.States)...)
	}
	for _, is := range [][2]string{{"channel", f.Channel}, {"topic", f.Topic}, {"language", f.Language}, {"owner", f.Owner}, {"contact", f.Contact}} {
		if is[1] != "" {
			add(is[0]+" = ?", is[1])
		}
	}
	if f.Nobodys {
		add("owner = ''")
	}
	if !f.DueBy.IsZero() {
		add("due < ? AND state <> 'closed'", f.DueBy.UnixMilli())
	}
	if f.After != "" {
		add("(opened, code) > (SELECT opened, code FROM requests WHERE code = ?)", f.After)
	}
	query := `SELECT ` + requestColumns + ` FROM requests WHERE ` + strings.Join(where, " AND ") + ` ORDER BY opened, code`
	if f.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return gather(read(ctx, l, "the requests", scanRequest, query, args...))
}

// Request is the one with this code, or ErrNoRequest.
func (l *Ledger) Request(ctx context.Context, code string) (Request, error) {
	r, found, err := one(read(ctx, l, "a request", scanRequest, `SELECT `+requestColumns+` FROM requests WHERE code = ?`, code))
	if err == nil && !found {
		err = ErrNoRequest
	}
	return r, err
}

// RequestState is what a citizen is told who has the code, or ErrNoRequest. It does not look at what is still on its way
// to the database.
func (l *Ledger) RequestState(ctx context.Context, code string) (Status, error) {
	r, err := l.Request(ctx, code)
	return Status{State: r.State, Disposition: r.Disposition, Opened: r.Opened, Closed: r.Closed, Due: r.Due, Reopened: r.Reopened}, err
}

// RequestSteps is the history of a request, in order.
func (l *Ledger) RequestSteps(ctx context.Context, code string) ([]Step, error) {
	return gather(read(ctx, l, "a request's history", scanStep, `SELECT at, author, kind, text FROM request_steps WHERE request = ? ORDER BY id`, code))
}

// RequestCalls are the calls that belong to a request, the oldest first.
func (l *Ledger) RequestCalls(ctx context.Context, code string) ([]Call, error) {
	return gather(read(ctx, l, "a request's calls", scan, `SELECT `+sqlColumns+` FROM calls WHERE request = ? AND request <> '' ORDER BY started, id`, code))
}

func stages(of []Stage) (values []any) {
	for _, s := range of {
		values = append(values, string(s))
	}
	return values
}

func scanRequest(rows *sql.Rows) (r Request, err error) {
	var opened int64
	var closed, due sql.NullInt64
	err = rows.Scan(&r.Code, &r.Line, &r.Channel, &r.Topic, &r.Language, &r.State, &r.Disposition, &opened, &closed, &due,
		&r.Owner, &r.Contact, &r.Reopened)
	r.Opened, r.Closed, r.Due = at(opened), instant(closed), instant(due)
	return r, err
}

func scanStep(rows *sql.Rows) (s Step, err error) {
	var when int64
	err = rows.Scan(&when, &s.Author, &s.Kind, &s.Text)
	s.At = at(when)
	return s, err
}
