package ledger

import (
	"context"
	"database/sql"
)

// Find is the call with the ID.
func (l *Ledger) Find(ctx context.Context, id string) (c Call, found bool, err error) {
	return one(read(ctx, l, "the call", scan, `SELECT `+sqlColumns+` FROM calls WHERE id = ?`, id))
}

// Journal are the steps of a call as they happened.
func (l *Ledger) Journal(ctx context.Context, call string) ([]Event, error) {
	return gather(read(ctx, l, "the journal of a call", scanEvent, `SELECT call, at, kind, text FROM events WHERE call = ? ORDER BY at, id`, call))
}

func scanEvent(rows *sql.Rows) (e Event, err error) {
	var when int64
	err = rows.Scan(&e.Call, &when, &e.Kind, &e.Text)
	e.At = at(when)
	return e, err
}
