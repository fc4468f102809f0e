package ledger

import (
	"context"
	"time"
)

// tidyFor is how long the writer may be kept from records by what can wait.
const tidyFor = 250 * time.Millisecond

// tidy does what can wait: it adds hours up, and hides the numbers of calls that an older version of the program wrote.
// The caller holds work.
func (l *Ledger) tidy() {
	if l.over || l.spooling || len(l.backlog) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	began := time.Now()
	for time.Since(began) < tidyFor {
		did := false
		err := l.store.inTx(ctx, func(t tx) (err error) {
			w := &txWriter{tx: t, keys: &l.keys}
			if did, err = w.addUp(time.Now()); err != nil || did {
				return err
			}
			did, err = w.keyCalls(time.Now())
			return err
		})
		if err != nil {
			if time.Since(l.toldTidy) >= tellEvery {
				l.toldTidy = time.Now()
				l.log.Error().Err(err).Msg("calls could not be added up; reports are right but slow")
			}
			return
		}
		if !did {
			return
		}
	}
}

// keyCalls gives some calls that have none their key and district, and says whether there were any.
func (w *txWriter) keyCalls(now time.Time) (did bool, err error) {
	numbers := map[string]string{}
	err = w.rows(func(scan func(into ...any) error) error {
		var id, number string
		err := scan(&id, &number)
		numbers[id] = number
		return err
	}, `SELECT id, caller FROM calls WHERE caller_key IS NULL LIMIT 500`)
	if err != nil || len(numbers) == 0 {
		return false, err
	}
	for id, number := range numbers {
		key, district := w.keys.hidden(number)
		if err := w.later(`UPDATE calls SET caller_key = ?, district = ? WHERE id = ?`, nil, key, district, id); err != nil {
			return false, err
		}
		w.touched = append(w.touched, id)
	}
	return true, w.touch(now)
}
