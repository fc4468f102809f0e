package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"strconv"
	"time"
)

// The chain makes evident that an outcome was changed, taken away or put in by somebody else than this program: whoever
// has the database, but not the ledger's key, can not make an entry that fits. Whoever has both can: against him, keep the
// ends of the chains elsewhere (pronto audit -chain prints them, serve logs them).
//
// The caller's number is not in it, but its seal: that of a number that was masked or erased stays, and can be opened by
// nobody, since its salt is gone. So masking and erasing break no chain.

// Kinds of entries.
const (
	chainOutcome = "outcome" // a call got its outcome
	chainAmended = "amended" // what may change of a call has changed
)

const (
	saltSize = 16
	sealSize = 16
)

// link is an entry of a chain.
type link struct {
	line string
	day  int64
	n    int64
	call string
	kind string
	salt []byte // nil: the number is gone
	seal []byte
	rest []byte
	hash []byte
}

// end is where a chain ends.
type end struct {
	n    int64
	hash []byte
}

func (k *keys) mac(parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, k.chain)
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		mac.Write(size[:])
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// sealed hides a number.
func (k *keys) sealed(salt []byte, number string) []byte {
	return k.mac([]byte("number"), salt, []byte(number))[:sealSize]
}

// hashOf is the hash of an entry behind the one with the hash before. c is the call; of an amendment only its name counts.
func (k *keys) hashOf(before []byte, l link, c Call) []byte {
	parts := [][]byte{
		[]byte("entry"), before, []byte(l.line), decimal(l.day), decimal(l.n), []byte(l.kind), []byte(l.call), l.seal, l.rest,
	}
	if l.kind == chainOutcome {
		for _, s := range []string{c.Switch, c.Language, c.Release, c.Path, c.Topic, c.Outcome, c.Detail, c.RescueNumber, c.EndedBy, c.Cause} {
			parts = append(parts, []byte(s))
		}
		wait := []byte(nil)
		if c.Queued {
			wait = decimal(c.QueueWait.Milliseconds())
		}
		parts = append(parts, instantOf(c.Started), instantOf(c.Answered), instantOf(c.Ended), wait, decimal(c.Talk.Milliseconds()))
	}
	return k.mac(parts...)
}

// restOf is a hash of what may change of a call.
func (k *keys) restOf(c Call) []byte {
	return k.mac([]byte("rest"), []byte(c.Operator), []byte(c.Disposition), []byte(c.Request), decimal(c.WrapUp.Milliseconds()))[:sealSize]
}

func (k *keys) endSeal(line string, day int64, e end) []byte {
	return k.mac([]byte("end"), []byte(line), decimal(day), decimal(e.n), e.hash)
}

func (k *keys) totalSeal(n, older int64) []byte {
	return k.mac([]byte("total"), decimal(n), decimal(older))
}

func decimal(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

func instantOf(t time.Time) []byte {
	if t.IsZero() {
		return nil
	}
	return decimal(t.UnixMilli())
}

// chainDay is the day of the chain that a call belongs to.
func chainDay(c Call) int64 { return c.Ended.UnixMilli() / (dayHours * hourMillis) }

// chainKey names a chain.
type chainKey struct {
	line string
	day  int64
}

// seal adds to the chains what this transaction has written of calls that have an outcome.
func (w *txWriter) seal(calls []string) error {
	news := map[string]bool{} // that got their outcome in this transaction
	for _, id := range w.outcomes {
		news[id] = true
	}
	w.outcomes = nil
	ends, added := map[chainKey]end{}, int64(0)
	for some := range parts(calls) {
		links, err := w.unsealed(some, news)
		if err != nil {
			return err
		}
		for _, u := range links {
			if err := w.append(ends, u.link, u.call); err != nil {
				return err
			}
			added++
		}
	}
	for key, e := range ends {
		err := w.later(`INSERT INTO chain_ends (line, day, n, hash, key, seal) VALUES (?,?,?,?,?,?)
			ON CONFLICT (line, day) DO UPDATE SET n = excluded.n, hash = excluded.hash, key = excluded.key, seal = excluded.seal`,
			nil, key.line, key.day, e.n, e.hash, w.keys.id, w.keys.endSeal(key.line, key.day, e))
		if err != nil {
			return err
		}
	}
	return w.addTotal(added)
}

// unsealedCall is a call of which something is not in its chain.
type unsealedCall struct {
	link link
	call Call
}

// unsealed are the calls among some that need an entry, in the order of their ends.
func (w *txWriter) unsealed(some []any, news map[string]bool) (all []unsealedCall, err error) {
	err = w.rows(func(scan func(into ...any) error) error {
		var u unsealedCall
		var last []byte
		if u.call, err = scanCall(scan, &last); err != nil {
			return err
		}
		c := u.call
		u.link = link{line: c.Line, day: chainDay(c), call: c.ID, kind: chainAmended, rest: w.keys.restOf(c)}
		switch {
		case news[c.ID]:
			u.link.kind = chainOutcome
			if number := c.Caller; number != "" {
				u.link.salt = make([]byte, saltSize)
				_, _ = rand.Read(u.link.salt) // never fails: it ends the program instead (crypto/rand)
				u.link.seal = w.keys.sealed(u.link.salt, number)
			}
		case last == nil || bytes.Equal(last, u.link.rest):
			return nil // older than the chains, or nothing has changed
		}
		if u.link.seal == nil {
			u.link.seal = []byte{}
		}
		all = append(all, u)
		return nil
	}, `SELECT `+sqlColumns+`, (SELECT rest FROM chain WHERE chain.call = calls.id ORDER BY n DESC LIMIT 1)
		FROM calls WHERE id IN (`+marks(len(some))+`) AND outcome <> '' ORDER BY ended, id`, some...)
	return all, err
}

// append puts an entry at the end of its chain.
func (w *txWriter) append(ends map[chainKey]end, l link, c Call) error {
	key := chainKey{l.line, l.day}
	e, known := ends[key]
	if !known {
		if _, err := w.row([]any{&e.n, &e.hash}, `SELECT n, hash FROM chain_ends WHERE line = ? AND day = ?`, l.line, l.day); err != nil {
			return err
		}
	}
	l.n = e.n + 1
	l.hash = w.keys.hashOf(e.hash, l, c)
	ends[key] = end{l.n, l.hash}
	return w.later(`INSERT INTO chain (line, day, n, call, kind, salt, seal, rest, hash) VALUES (?,?,?,?,?,?,?,?,?)`,
		nil, l.line, l.day, l.n, l.call, l.kind, l.salt, l.seal, l.rest, l.hash)
}

func (w *txWriter) addTotal(added int64) error {
	if added == 0 {
		return nil
	}
	var n, older int64
	if _, err := w.row([]any{&n, &older}, `SELECT n, older FROM chain_total WHERE id = 1`); err != nil {
		return err
	}
	return w.later(`UPDATE chain_total SET n = ?, seal = ? WHERE id = 1`, nil, n+added, w.keys.totalSeal(n+added, older))
}

// scanCall reads sqlColumns and what follows them.
func scanCall(scan func(into ...any) error, more ...any) (c Call, err error) {
	var started int64
	var answered, ended, wait, talk, wrapup sql.NullInt64
	err = scan(append([]any{
		&c.ID, &c.Line, &c.Switch, &started, &answered, &ended, &c.Caller, &c.Language, &c.Release, &c.Path,
		&c.Topic, &c.Outcome, &c.Detail, &c.RescueNumber, &wait, &c.Operator, &talk, &wrapup, &c.Disposition, &c.Request,
		&c.EndedBy, &c.Cause, &c.State,
	}, more...)...)
	c.Started, c.Answered, c.Ended = at(started), instant(answered), instant(ended)
	c.QueueWait, c.Queued = span(wait), wait.Valid
	c.Talk, c.WrapUp = span(talk), span(wrapup)
	return c, err
}
