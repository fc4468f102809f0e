package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// view has do ask what it wants of one state of the database, whatever is written meanwhile. what is read is told in
// errors.
func (l *Ledger) view(ctx context.Context, what string, do func(q querier) error) error {
	db, done, err := l.db.reader(ctx)
	if err != nil {
		return fmt.Errorf("read the ledger %s: %w", l.db, err)
	}
	defer done()
	options := &sql.TxOptions{ReadOnly: true}
	if OnServer(l.opts.Path) {
		options.Isolation = sql.LevelRepeatableRead // SQLite has no other
	}
	t, err := db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	defer func() { _ = t.Rollback() }()
	if err := do(viewTx{ctx, t, l.db.bind}); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// viewTx is a transaction that only reads.
type viewTx struct {
	ctx  context.Context
	tx   *sql.Tx
	bind func(string) string
}

func (v viewTx) rows(scan func(scan func(into ...any) error) error, query string, args ...any) error {
	rows, err := v.tx.QueryContext(v.ctx, v.bind(query), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
