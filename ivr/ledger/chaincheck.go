package ledger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"time"
)

// ChainEnd is where the chain of a line's day ends: kept elsewhere, it proves that nothing of what it covers was changed
// since, whoever did it.
type ChainEnd struct {
	Line string `json:"line"`
	Day  string `json:"day"` // UTC: 2026-11-25
	N    int64  `json:"n"`   // entries
	Hash string `json:"hash"`
}

// ChainFault is something that does not fit.
type ChainFault struct {
	Line string `json:"line"`
	Day  string `json:"day"`
	N    int64  `json:"n,omitempty"`
	Call string `json:"call,omitempty"`
	What string `json:"what"` // in words
}

// ChainCheck is what came of a check of the chains.
type ChainCheck struct {
	Entries int64        `json:"entries"`
	Older   int64        `json:"older"` // outcomes from before there were chains, which nothing proves
	Ends    []ChainEnd   `json:"chains"`
	Faults  []ChainFault `json:"faults"` // the first ones
	Total   int64        `json:"total"`  // of faults
}

// mostFaults is how many faults of the chains are listed.
const mostFaults = 1000

// CheckChain checks the chains of the days (UTC) that a period touches; without bounds also that no chain is missing.
// anchors are ends that were kept elsewhere. Everything it looks at is one state of the database; memory does not grow.
func (l *Ledger) CheckChain(ctx context.Context, f Filter, anchors []ChainEnd) (*ChainCheck, error) {
	k, err := loadKeys(l.opts.KeyPath)
	if err != nil {
		return nil, err
	}
	c := &chainChecker{keys: &k, check: &ChainCheck{Ends: []ChainEnd{}, Faults: []ChainFault{}}, anchors: map[chainKey][]ChainEnd{}, first: 0, last: math.MaxInt64}
	if !f.From.IsZero() {
		c.first = f.From.UnixMilli() / (dayHours * hourMillis)
	}
	if !f.To.IsZero() {
		c.last = (f.To.UnixMilli() - 1) / (dayHours * hourMillis)
	}
	for _, a := range anchors {
		day, err := time.Parse(time.DateOnly, a.Day)
		if err != nil {
			return nil, fmt.Errorf("read the kept ends of the chains: %q is no day", a.Day)
		}
		key := chainKey{a.Line, day.Unix() / 86400}
		c.anchors[key] = append(c.anchors[key], a)
	}
	if err := l.view(ctx, "the chains", c.run); err != nil {
		return nil, err
	}
	return c.check, nil
}

// chainChecker checks chains, entry by entry.
type chainChecker struct {
	keys        *keys
	check       *ChainCheck
	anchors     map[chainKey][]ChainEnd
	first, last int64 // days

	ends map[chainKey]chainMark
	at   chainKey // the chain that is being read
	have end      // its last entry so far
}

// chainMark is an end as the database holds it.
type chainMark struct {
	end
	key  string
	seal []byte
}

func (c *chainChecker) run(q querier) error {
	c.ends = map[chainKey]chainMark{}
	err := q.rows(func(scan func(into ...any) error) error {
		var key chainKey
		var m chainMark
		err := scan(&key.line, &key.day, &m.n, &m.hash, &m.key, &m.seal)
		c.ends[key] = m
		return err
	}, `SELECT line, day, n, hash, key, seal FROM chain_ends WHERE day >= ? AND day <= ? ORDER BY line, day`, c.first, c.last)
	if err != nil {
		return err
	}
	err = q.rows(c.entry, `SELECT h.line, h.day, h.n, h.call, h.kind, h.salt, h.seal, h.rest, h.hash,
		CASE WHEN h.n = (SELECT max(x.n) FROM chain x WHERE x.call = h.call) THEN 1 ELSE 0 END, CASE WHEN c.id IS NULL THEN 0 ELSE 1 END, `+joinedColumns+`
		FROM chain h LEFT JOIN calls c ON c.id = h.call WHERE h.day >= ? AND h.day <= ? ORDER BY h.line, h.day, h.n`, c.first, c.last)
	if err != nil {
		return err
	}
	c.close()
	for key, m := range c.ends {
		c.fault(key, ChainFault{N: m.n, What: "the whole chain is gone"})
	}
	for key, kept := range c.anchors {
		if key.day >= c.first && key.day <= c.last {
			for _, a := range kept {
				c.fault(key, ChainFault{N: a.N, What: "the entry that was kept elsewhere is gone"})
			}
		}
	}
	if c.first > 0 || c.last < math.MaxInt64 {
		return nil
	}
	return c.whole(q)
}

// joinedColumns are those of a call that may not be there.
const joinedColumns = `coalesce(c.id, ''), coalesce(c.line, ''), coalesce(c.switch, ''), coalesce(c.started, 0), c.answered, c.ended, coalesce(c.caller, ''),
	coalesce(c.language, ''), coalesce(c.release, ''), coalesce(c.path, ''), coalesce(c.topic, ''), coalesce(c.outcome, ''), coalesce(c.detail, ''),
	coalesce(c.rescue_number, ''), c.queue_wait, coalesce(c.operator, ''), c.talk, c.wrapup, coalesce(c.disposition, ''), coalesce(c.request, ''),
	coalesce(c.ended_by, ''), coalesce(c.cause, ''), coalesce(c.state, '')`

// entry checks the next entry.
func (c *chainChecker) entry(scan func(into ...any) error) error {
	var l link
	var latest, there int
	call, err := scanCall(func(into ...any) error {
		return scan(append([]any{&l.line, &l.day, &l.n, &l.call, &l.kind, &l.salt, &l.seal, &l.rest, &l.hash, &latest, &there}, into...)...)
	})
	if err != nil {
		return err
	}
	key := chainKey{l.line, l.day}
	if key != c.at {
		c.close()
		c.at, c.have = key, end{}
	}
	c.check.Entries++
	say := func(what string) { c.fault(key, ChainFault{N: l.n, Call: l.call, What: what}) }
	switch {
	case l.n != c.have.n+1:
		say(fmt.Sprintf("entries before this one are gone: it follows number %d", c.have.n))
	case there == 0 && l.kind == chainOutcome:
		say("the call is gone")
	case there == 1 && !hmac.Equal(l.hash, c.keys.hashOf(c.have.hash, l, call)):
		say("the call or its entry was changed")
	case latest == 1 && there == 1 && !bytes.Equal(l.rest, c.keys.restOf(call)):
		say("operator, disposition, wrap-up or request of the call was changed")
	case l.kind == chainOutcome:
		c.number(l, call, say)
	}
	c.have = end{l.n, l.hash}
	c.anchored(key, l)
	return nil
}

// number checks the caller's number against its seal.
func (c *chainChecker) number(l link, call Call, say func(string)) {
	switch {
	case l.salt == nil && call.Caller != "":
		say("the call has a number that it did not have, or that was erased")
	case l.salt != nil && call.Caller == "":
		say("the caller's number was taken away, and not by this program")
	case l.salt != nil && !hmac.Equal(l.seal, c.keys.sealed(l.salt, call.Caller)):
		say("the caller's number was changed")
	}
}

// anchored looks whether an end that was kept elsewhere was this entry.
func (c *chainChecker) anchored(key chainKey, l link) {
	left := c.anchors[key][:0]
	for _, a := range c.anchors[key] {
		switch {
		case a.N != l.n:
			left = append(left, a)
		case a.Hash != hex.EncodeToString(l.hash):
			c.fault(key, ChainFault{N: l.n, Call: l.call, What: "the entry is not the one that was kept elsewhere: the chain was written anew"})
		}
	}
	c.anchors[key] = left
}

// close checks the end of the chain that was read.
func (c *chainChecker) close() {
	if c.have.n == 0 {
		return
	}
	m, there := c.ends[c.at]
	delete(c.ends, c.at)
	say := func(what string) { c.fault(c.at, ChainFault{N: c.have.n, What: what}) }
	switch {
	case !there:
		say("the mark of the chain's end is gone")
	case m.key != c.keys.id:
		say("it was written with another key than " + c.keys.id + ": put back the ledger.key that it was written with")
	case !hmac.Equal(m.seal, c.keys.endSeal(c.at.line, c.at.day, m.end)):
		say("the mark of the chain's end was changed")
	case m.n > c.have.n:
		say(fmt.Sprintf("entries at its end are gone: there were %d", m.n))
	case m.n != c.have.n || !hmac.Equal(m.hash, c.have.hash):
		say("entries were added at its end")
	}
	c.check.Ends = append(c.check.Ends, ChainEnd{Line: c.at.line, Day: dayName(c.at.day), N: c.have.n, Hash: hex.EncodeToString(c.have.hash)})
}

// whole checks that no chain and no call is missing or too much.
func (c *chainChecker) whole(q querier) error {
	var n, older sql.NullInt64
	var seal []byte
	err := q.rows(func(scan func(into ...any) error) error { return scan(&n, &older, &seal) }, `SELECT n, older, seal FROM chain_total WHERE id = 1`)
	if err != nil {
		return err
	}
	if !n.Valid || n.Int64 > 0 && !hmac.Equal(seal, c.keys.totalSeal(n.Int64, older.Int64)) {
		c.fault(chainKey{}, ChainFault{What: "the count of all entries was changed"})
	} else if n.Int64 != c.check.Entries {
		c.fault(chainKey{}, ChainFault{N: c.check.Entries, What: fmt.Sprintf("there were %d entries in all chains", n.Int64)})
	}
	c.check.Older = older.Int64
	outside, err := ints(q, `SELECT count(*) FROM calls WHERE outcome <> '' AND NOT EXISTS (SELECT 1 FROM chain WHERE chain.call = calls.id)`)
	if err == nil && outside[0] != older.Int64 {
		c.fault(chainKey{}, ChainFault{What: fmt.Sprintf("%d outcomes are in no chain, %d are older than the chains", outside[0], older.Int64)})
	}
	return err
}

func (c *chainChecker) fault(key chainKey, f ChainFault) {
	c.check.Total++
	if len(c.check.Faults) < mostFaults {
		f.Line = key.line
		if key.line != "" || key.day != 0 {
			f.Day = dayName(key.day)
		}
		c.check.Faults = append(c.check.Faults, f)
	}
}

func dayName(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }
