package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"pronto/ivr/flow"
)

// Every kind of record comes out of the spool as it went in.
func TestEveryRecordSurvivesTheSpool(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		write := func(l *Ledger, code string) {
			cb := aCallback("cb", "+391", CallbackWaiting)
			cb.Next = minute(3)
			for _, r := range []Record{
				arrived("c"), step("c", "node", "welcome", ""), ended("c", flow.Served),
				{WrapUp: &WrapUp{Call: "c", At: noon, By: "op1", Disposition: "immediate", Took: time.Second, Operator: "op1"}},
				{Change: &Change{Code: code, At: noon, By: "op1", Call: "c", Note: "n", Open: &Request{Channel: ChannelPhone, State: StageOpen, Due: minute(9), Contact: "+391"}}},
				{Change: &Change{Code: code, At: minute(1), By: "op1", Due: &time.Time{}, Owner: ptr(""), Topic: ptr("report"), State: StageClosed, Disposition: "in_depth"}},
				{Callback: &cb},
				{Operator: &Operator{Name: "op1", Kind: PhoneSIP, Skills: []string{"a"}, Enabled: true, PINHash: "h", Changed: noon}},
				{Duty: &Duty{Operator: "op1", At: noon, From: "offline", To: "ready", Reason: "r", Ticket: "t", Call: "c", Offer: 7, Note: "n"}},
				{FollowUp: &FollowUp{ID: "f", Kind: FollowCut, Number: "+391", Since: noon, Deadline: minute(1), State: FollowOpen}},
				{FollowUp: &FollowUp{ID: "f", Kind: FollowCut, State: FollowDone, By: "op1", Result: "well", At: minute(2)}},
				{Promise: &Promise{Call: "c", At: noon, Low: time.Minute, High: 2 * time.Minute, Position: 1, Method: "m"}},
				{Waited: &Waited{Call: "c", At: minute(1), How: WaitAnswered}},
				{Overtaken: &Overtake{At: noon, Ticket: "t", By: "u", Reason: "skill"}},
			} {
				l.Write(r)
			}
		}
		straight, spooled := k.open(t, t.TempDir()), k.open(t, t.TempDir())
		code := straight.NewCode()
		write(straight, code)
		straight.write(false)
		spooled.spooling, spooled.retried = true, time.Now()
		write(spooled, code)
		spooled.write(false)
		if n := count(t, spooled, `SELECT count(*) FROM calls`); n != 0 {
			t.Fatal("it was not spooled")
		}
		spooled.write(true)
		wantHealthy(t, spooled)
		if d := cmp.Diff(dump(t, straight), dump(t, spooled)); d != "" {
			t.Fatal(d)
		}
	})
}

// dump is what all tables of the ledger hold, but for those of its own housekeeping.
func dump(t testing.TB, l *Ledger) (rows []string) {
	t.Helper()
	for _, table := range []string{"calls", "events", "requests", "request_steps", "callbacks", "operators", "operator_events", "operator_states", "followups", "promises", "overtakes"} {
		part, err := gather(read(t.Context(), l, table, func(rs *sql.Rows) (string, error) {
			columns, err := rs.Columns()
			if err != nil {
				return "", err
			}
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			err = rs.Scan(into...)
			return fmt.Sprint(table, values), err
		}, `SELECT * FROM `+table+` ORDER BY 1`))
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, part...)
	}
	if len(rows) < 14 {
		t.Fatalf("only %d rows: %v", len(rows), rows)
	}
	return rows
}

// Whoever waits for his record finds it afterwards, or learns that it is only spooled.
func TestSync(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(t.Context(), Options{Path: dir + "/ledger.db", Log: zerolog.Nop(), busy: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		began := time.Now()
		code := must(l.OpenRequest(Request{Channel: ChannelPhone}, "", "op1"))(t)
		if err := l.Sync(t.Context()); err != nil {
			t.Error(err)
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("it waited %v for others", waited)
		}
		if _, err := l.Request(t.Context(), code); err != nil {
			t.Error(err)
		}
		remove(t, l.opts.Path)
		l.Write(arrived("a"))
		if err := l.Sync(t.Context()); !errors.Is(err, ErrSpooled) {
			t.Errorf("got %v", err)
		}
		l.spool.limit = 1
		l.Write(arrived("b"))
		if err := l.Sync(t.Context()); err == nil || errors.Is(err, ErrSpooled) {
			t.Errorf("got %v", err)
		}
		put(t, l.opts.Path, nil)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Sync(t.Context()); err == nil {
			t.Error("a closed ledger writes")
		}
	})
}

// However the same records are grouped into transactions, the same comes of them.
func TestGroupsMakeNoDifference(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		whole, single := k.open(t, t.TempDir()), k.open(t, t.TempDir())
		for i := range 30 {
			id := fmt.Sprint("c", i%7)
			for _, r := range []Record{
				arrived(id), step(id, "node", "a", `{"n":1}`), step(id, "state", "", fmt.Sprintf(`{"n":%d}`, i)), step(id, "node", "b", ""),
				{Duty: &Duty{Operator: "op1", At: minute(i), From: "ready", To: "ringing"}},
				{Duty: &Duty{Operator: "op1", At: minute(i), From: "ringing", To: "ready", Reason: "no_answer"}},
				{Promise: &Promise{Call: id, At: minute(i)}},
				{Overtaken: &Overtake{At: minute(i), Ticket: id, By: "x"}},
				{WrapUp: &WrapUp{Call: id, At: minute(i), By: "op1", Disposition: "immediate"}},
			} {
				whole.Write(r)
				single.Write(r)
				single.write(false)
			}
			if i%7 == 3 && i > 7 {
				whole.Write(ended(id, flow.Served))
				single.Write(ended(id, flow.Served))
				single.write(false)
			}
		}
		for _, r := range []Record{
			{Callback: ptr(aCallback("cb", "+391", CallbackWaiting))},
			{Operator: &Operator{Name: "op1", Kind: PhoneSIP}},
			{FollowUp: &FollowUp{ID: "f", Kind: FollowCut, State: FollowOpen}},
		} {
			whole.Write(r)
			single.Write(r)
		}
		whole.write(false)
		single.write(false)
		if d := cmp.Diff(dump(t, single), dump(t, whole)); d != "" {
			t.Fatal(d)
		}
	})
}
