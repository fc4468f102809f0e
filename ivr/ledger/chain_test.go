package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pronto/ivr/flow"
)

// chained is a ledger with calls of two days, wrapped up before and after their ends.
func chained(t *testing.T, k *kit) *Ledger {
	t.Helper()
	l := k.open(t, t.TempDir())
	for i := range 20 {
		c := full()
		c.ID, c.Request, c.Caller = fmt.Sprint("c", i), "", fmt.Sprintf("+39061%05d", i)
		c.Started = noon.Add(time.Duration(i) * 2 * time.Hour)
		c.Answered, c.Ended = c.Started.Add(time.Second), c.Started.Add(3*time.Minute)
		c.Outcome = string(Outcomes()[i%9])
		l.Write(Record{Arrived: &c})
		if i%4 == 0 {
			l.Write(Record{WrapUp: &WrapUp{Call: c.ID, Disposition: "in_depth"}})
		}
		l.Write(Record{Ended: &c})
		if i%5 == 0 {
			l.write(false)
		}
	}
	l.Write(Record{WrapUp: &WrapUp{Call: "c1", Disposition: "rescue", Took: time.Minute}})
	l.Write(Record{WrapUp: &WrapUp{Call: "c1", Disposition: "rescue"}}) // says nothing new
	l.Write(Record{Ended: &Call{ID: "c1", Outcome: string(flow.Failed)}})
	l.write(false)
	return l
}

func checkChain(t testing.TB, l *Ledger, f Filter, anchors ...ChainEnd) *ChainCheck {
	t.Helper()
	c, err := l.CheckChain(t.Context(), f, anchors)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChainOfOutcomes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := chained(t, k)
		c := checkChain(t, l, Filter{})
		if c.Total != 0 || c.Entries != 21 || len(c.Ends) != 3 || c.Older != 0 {
			t.Fatalf("got %+v", c)
		}
		if got := checkChain(t, l, Filter{From: noon.Add(24 * time.Hour), To: noon.Add(25 * time.Hour)}); got.Total != 0 || len(got.Ends) != 1 || got.Ends[0].Day != "2026-11-26" {
			t.Errorf("of a day: %+v", got)
		}
		if got := checkChain(t, l, Filter{}, c.Ends...); got.Total != 0 {
			t.Errorf("with what was kept elsewhere: %+v", got.Faults)
		}
		// A late record is added to the chain of its day; what was kept before still holds.
		l.Write(Record{Ended: &Call{ID: "late", Line: "800840840", Started: noon, Ended: noon.Add(time.Minute), Outcome: "informed"}})
		l.write(false)
		if got := checkChain(t, l, Filter{}, c.Ends...); got.Total != 0 || got.Entries != 22 {
			t.Errorf("with a late record: %+v", got)
		}
	})
}

// Whatever somebody does to the calls or to the chain in the database, without the key, is found where it is.
func TestTamperingIsFound(t *testing.T) {
	tampered := map[string]struct {
		statements []string
		want       string // in the fault
	}{
		"an outcome":                      {[]string{`UPDATE calls SET outcome = 'served' WHERE id = 'c3'`}, "c3 the call or its entry was changed"},
		"a time":                          {[]string{`UPDATE calls SET queue_wait = 1 WHERE id = 'c3'`}, "c3 the call or its entry was changed"},
		"a path":                          {[]string{`UPDATE calls SET path = 'welcome' WHERE id = 'c3'`}, "c3 the call or its entry was changed"},
		"a disposition":                   {[]string{`UPDATE calls SET disposition = 'nuisance' WHERE id = 'c3'`}, "c3 operator, disposition"},
		"an operator":                     {[]string{`UPDATE calls SET operator = 'op2' WHERE id = 'c1'`}, "c1 operator, disposition"},
		"a number":                        {[]string{`UPDATE calls SET caller = '+390699999' WHERE id = 'c3'`}, "c3 the caller's number was changed"},
		"a number away":                   {[]string{`UPDATE calls SET caller = '' WHERE id = 'c3'`}, "c3 the caller's number was taken away"},
		"a call away":                     {[]string{`DELETE FROM calls WHERE id = 'c3'`}, "c3 the call is gone"},
		"a call put in":                   {[]string{`INSERT INTO calls SELECT 'x' || id, line, switch, started, answered, ended, caller, language, release, path, topic, outcome, detail, rescue_number, queue_wait, operator, talk, wrapup, disposition, request, ended_by, cause, state, caller_key, district FROM calls WHERE id = 'c3'`}, "1 outcomes are in no chain"},
		"a call and its entry away":       {[]string{`DELETE FROM calls WHERE id = 'c3'`, `DELETE FROM chain WHERE call = 'c3'`}, "entries before this one are gone"},
		"the numbers closed up":           {[]string{`DELETE FROM calls WHERE id = 'c3'`, `DELETE FROM chain WHERE call = 'c3'`, `UPDATE chain SET n = n - 1 WHERE line = '800840840' AND day = 20782 AND n > 4`}, "c4 the call or its entry was changed"},
		"a chain's end":                   {[]string{`DELETE FROM chain WHERE day = 20782 AND n = 8`, `UPDATE chain_ends SET n = n - 1 WHERE day = 20782`}, "the mark of the chain's end was changed"},
		"a chain's end as it once was":    {[]string{`DELETE FROM chain WHERE day = 20782 AND n = 8`}, "entries at its end are gone"},
		"a whole day":                     {[]string{`DELETE FROM calls WHERE ended < 1795651200000`, `DELETE FROM chain WHERE day = 20782`}, "the whole chain is gone"},
		"a whole day and its end":         {[]string{`DELETE FROM calls WHERE ended < 1795651200000`, `DELETE FROM chain WHERE day = 20782`, `DELETE FROM chain_ends WHERE day = 20782`}, "there were 21 entries"},
		"a whole day, end and count":      {[]string{`DELETE FROM calls WHERE ended < 1795651200000`, `DELETE FROM chain WHERE day = 20782`, `DELETE FROM chain_ends WHERE day = 20782`, `UPDATE chain_total SET n = n - 8`}, "the count of all entries was changed"},
		"an end's mark away":              {[]string{`DELETE FROM chain_ends WHERE day = 20782`}, "the mark of the chain's end is gone"},
		"an entry moved to another chain": {[]string{`UPDATE chain SET line = '113' WHERE call = 'c9'`}, "entries before this one are gone"},
		"the count of older ones":         {[]string{`UPDATE chain_total SET older = 5`}, "the count of all entries was changed"},
		"the key's name":                  {[]string{`UPDATE chain_ends SET key = 'abc' WHERE day = 20782`}, "another key"},
	}
	each(t, func(t *testing.T, k *kit) {
		for name, c := range tampered {
			l := chained(t, k)
			db := raw(t, l.opts.Path)
			for _, s := range c.statements {
				res, err := db.Exec(s)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if n, err := res.RowsAffected(); err != nil || n == 0 {
					t.Fatalf("%s: %s changed nothing", name, s)
				}
			}
			got := checkChain(t, l, Filter{})
			var told []string
			for _, f := range got.Faults {
				told = append(told, f.Call+" "+f.What)
			}
			if !strings.Contains(strings.Join(told, "\n"), c.want) {
				t.Errorf("%s: found %q, want %q", name, told, c.want)
			}
			if got.Total > 6 { // those behind it and the count
				t.Errorf("%s: one deed, %d faults: %q", name, got.Total, told)
			}
			_ = l.Close()
		}
	})
}

// Somebody who has the key, too, can write a chain anew; not one whose end was kept elsewhere.
func TestKeptEndsOfChains(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := chained(t, k)
		kept := checkChain(t, l, Filter{}).Ends
		l.work.Lock()
		err := l.store.inTx(t.Context(), func(tx tx) error {
			for _, s := range []string{
				`DELETE FROM chain`, `DELETE FROM chain_ends`, `UPDATE chain_total SET n = 0`, `DELETE FROM calls WHERE id = 'c5'`,
				`UPDATE calls SET outcome = 'served' WHERE id = 'c3'`,
			} {
				if _, err := tx.exec(s); err != nil {
					return err
				}
			}
			w := &txWriter{tx: tx, keys: &l.keys}
			for i := range 20 {
				w.outcomes = append(w.outcomes, fmt.Sprint("c", i))
			}
			return w.seal(w.outcomes)
		})
		l.work.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		if c := checkChain(t, l, Filter{}); c.Total != 0 {
			t.Fatalf("the forgery does not fit: %+v", c.Faults)
		}
		if c := checkChain(t, l, Filter{}, kept...); c.Total == 0 {
			t.Error("the forgery fits what was kept elsewhere")
		}
	})
}
