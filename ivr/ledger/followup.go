package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Kinds of follow-ups.
const (
	FollowDanger = "danger" // chose danger or reported one, then fell silent or hung up waiting
	FollowCut    = "cut"    // was cut off by us or the network
	FollowMissed = "missed" // waited long and gave up
)

// States of follow-ups.
const (
	FollowOpen    = "open"
	FollowDone    = "done"
	FollowDropped = "dropped" // needed no more
)

// FollowUp is a citizen whom somebody must look after. The first record of an ID opens it, one with State done or dropped
// settles it; a settled one stays as it is. Of kind missed there is one open follow-up per number: one more is counted
// in Times of the first. A record without ID settles all open ones of its Kind and Number.
type FollowUp struct {
	ID       string    `json:"id,omitempty"`
	Line     string    `json:"line,omitempty"`
	Kind     string    `json:"kind"`
	Call     string    `json:"call,omitempty"`
	Number   string    `json:"number,omitempty"` // personal
	Topic    string    `json:"topic,omitempty"`
	Language string    `json:"language,omitempty"`
	Why      string    `json:"why,omitempty"` // a slug: silent, hung_up_in_queue, cut, ...
	Since    time.Time `json:"since,omitzero"`
	Deadline time.Time `json:"deadline,omitzero"`
	State    string    `json:"state"`
	By       string    `json:"by,omitempty"`     // who settled it
	Result   string    `json:"result,omitempty"` // what came of it
	At       time.Time `json:"at,omitzero"`      // when it was settled
	Times    int       `json:"times,omitempty"`  // how often it happened; filled in by the ledger
}

const followColumns = `id, line, kind, call, number, topic, language, why, since, deadline, state, settler, result, settled, times`

func (w *txWriter) followUp(f FollowUp) error {
	if f.State == FollowOpen {
		return w.openFollowUp(f)
	}
	which, key := `id = ?`, []any{f.ID}
	if f.ID == "" {
		which, key = `kind = ? AND number = ? AND number <> ''`, []any{f.Kind, f.Number}
	}
	_, err := w.exec(`UPDATE followups SET state = ?, settler = ?, result = ?, settled = ? WHERE state = 'open' AND `+which,
		append([]any{f.State, f.By, f.Result, millis(f.At)}, key...)...)
	return err
}

func (w *txWriter) openFollowUp(f FollowUp) error {
	if f.Kind == FollowMissed && f.Number != "" {
		n, err := w.exec(`UPDATE followups SET times = times + 1 WHERE state = 'open' AND kind = ? AND number = ? AND id <> ?`, f.Kind, f.Number, f.ID)
		if err != nil || n > 0 {
			return err
		}
	}
	_, err := w.exec(`INSERT INTO followups (`+followColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,'','',NULL,1) ON CONFLICT (id) DO NOTHING`,
		f.ID, f.Line, f.Kind, f.Call, f.Number, f.Topic, f.Language, f.Why, f.Since.UnixMilli(), millis(f.Deadline), f.State)
	return err
}

// OpenFollowUps are those that nobody has settled, the one with the nearest deadline first, those without one last.
func (l *Ledger) OpenFollowUps(ctx context.Context) ([]FollowUp, error) {
	return gather(read(ctx, l, "the follow-ups", scanFollowUp, `SELECT `+followColumns+` FROM followups WHERE state = 'open'
		ORDER BY CASE WHEN deadline IS NULL THEN 1 ELSE 0 END, deadline, since, id`))
}

// FollowUps are those that began in the period, settled or not, the oldest first.
func (l *Ledger) FollowUps(ctx context.Context, f Filter) ([]FollowUp, error) {
	from, to := f.bounds()
	return gather(read(ctx, l, "the follow-ups", scanFollowUp,
		`SELECT `+followColumns+` FROM followups WHERE since >= ? AND since < ? ORDER BY since, id`, from, to))
}

func scanFollowUp(rows *sql.Rows) (f FollowUp, err error) {
	var since int64
	var deadline, settled sql.NullInt64
	err = rows.Scan(&f.ID, &f.Line, &f.Kind, &f.Call, &f.Number, &f.Topic, &f.Language, &f.Why, &since, &deadline, &f.State,
		&f.By, &f.Result, &settled, &f.Times)
	f.Since, f.Deadline, f.At = at(since), instant(deadline), instant(settled)
	return f, err
}
