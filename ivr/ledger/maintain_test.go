package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"pronto/ivr/flow"
)

// The databases of former versions, with what they left in their spools, are opened by this one. Each was written by
// that version's program at work (testdata/former/<schema>).
func TestFormerVersions(t *testing.T) {
	folders, err := filepath.Glob("testdata/former/*")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			dir := t.TempDir()
			for from, to := range map[string]string{"ledger.db": "ledger.db", "ledger.jsonl": "spool/ledger.jsonl"} {
				data := must(os.ReadFile(filepath.Join(folder, from)))(t)
				put(t, mkdirFor(t, filepath.Join(dir, to)), data)
			}
			// Readers of the new version read the old schema, as long as nobody has brought it up to date.
			reader := must(Open(t.Context(), Options{Path: filepath.Join(dir, "ledger.db"), ReadOnly: true}))(t)
			before := all(t, reader)
			if err := reader.Close(); err != nil {
				t.Error(err)
			}
			c := must(Examine(t.Context(), Options{Path: filepath.Join(dir, "ledger.db"), SpoolDir: filepath.Join(dir, "spool")}))(t)
			if fmt.Sprint(c.Schema) != filepath.Base(folder) || c.Newest <= c.Schema || c.Spooled == 0 {
				t.Errorf("%+v", c)
			}
			l := open(t, dir)
			wantHealthy(t, l)
			got, err := json.MarshalIndent(all(t, l), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("former", filepath.Base(folder), "calls.json"), append(got, '\n'))
			if len(before) < 5 || len(all(t, l)) < len(before) {
				t.Errorf("%d calls before, %d after", len(before), len(all(t, l)))
			}
			code := must(l.OpenRequest(Request{Channel: ChannelPhone}, before[0].ID, "op1"))(t)
			l.write(false)
			if calls := must(l.RequestCalls(t.Context(), code))(t); len(calls) != 1 || calls[0].ID != before[0].ID {
				t.Errorf("the request's calls: %+v", calls)
			}
		})
	}
}

func TestExamine(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		if _, err := Examine(t.Context(), k.options(t, dir)); err == nil {
			t.Error("a ledger that is not there was examined")
		}
		l := k.open(t, dir)
		l.Write(arrived("a"))
		l.Write(ended("b", flow.Served))
		code := must(l.OpenRequest(Request{Channel: ChannelChat}, "a", "op1"))(t)
		l.write(false)
		c := must(Examine(t.Context(), k.options(t, dir)))(t)
		if c.Calls != 2 || c.Open != 1 || c.Requests != 1 || c.Unclosed != 1 || len(c.Faults) != 0 || c.Schema != c.Newest || c.Bytes == 0 || c.Engine == "" || c.Spooled+c.Refused != 0 {
			t.Errorf("%+v", c)
		}
		// Everything that must not be is found.
		one, two := aCallback("x", "+391", CallbackWaiting), aCallback("y", "+392", CallbackWaiting)
		l.Write(Record{Callback: &one})
		l.Write(Record{Callback: &two})
		l.Write(arrived("c"))
		l.Write(arrived("d"))
		other := must(l.OpenRequest(Request{Channel: ChannelChat}, "", "op1"))(t)
		l.write(false)
		for _, damage := range []string{
			`UPDATE calls SET outcome = 'nonsense', request = '12345678' WHERE id = 'b'`, `UPDATE calls SET ended = 1 WHERE id = 'a'`,
			`UPDATE calls SET outcome = 'served' WHERE id = 'c'`, `UPDATE requests SET state = 'closed' WHERE code = '` + code + `'`,
			`UPDATE requests SET closed = 1 WHERE code = '` + other + `'`, `UPDATE callbacks SET number = '+391'`,
		} {
			if _, err := raw(t, l.opts.Path).Exec(damage); err != nil {
				t.Fatal(err)
			}
		}
		put(t, mkdirFor(t, l.spool.path), []byte("{}\n"))
		c = must(Examine(t.Context(), k.options(t, dir)))(t)
		var found []string
		for _, d := range c.Faults {
			found = append(found, fmt.Sprint(d.What, d.N))
		}
		want := []string{"unknown_outcome1", "outcome_without_end1", "end_without_outcome1", "request_of_call_missing1", "closed_without_disposition1", "open_with_disposition1", "callbacks_of_one_number1"}
		if d := cmp.Diff(want, found); d != "" || c.Spooled != 3 {
			t.Errorf("%s, %d bytes spooled", d, c.Spooled)
		}
	})
}

func TestExamineFindsDamage(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	for i := range 500 {
		l.Write(arrived(fmt.Sprint(i)))
	}
	l.write(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ledger.db")
	data := must(os.ReadFile(path))(t)
	for i := len(data) - 4*4096; i < len(data)-2*4096; i++ {
		data[i] ^= 0x5a
	}
	put(t, path, data)
	c, err := Examine(t.Context(), (&kit{}).options(t, dir))
	if err == nil && (len(c.Faults) == 0 || c.Faults[0].What != "damaged" || c.Faults[0].Text == "") {
		t.Errorf("nobody saw the damage: %+v", c)
	}
}

func TestMigrate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		o := k.options(t, dir)
		before, after, err := Migrate(t.Context(), o)
		if err != nil || before != 0 || after < 2 {
			t.Fatal(before, after, err)
		}
		if before, again, err := Migrate(t.Context(), o); err != nil || before != after || again != after {
			t.Fatal(before, again, err)
		}
		if !k.postgres {
			return
		}
		k.open(t, dir)
		if _, _, err := Migrate(t.Context(), o); !errors.Is(err, errOther) {
			t.Errorf("beside a controller at work: %v", err)
		}
	})
}

// A backup of a ledger at work is whole: all that was acknowledged before it, and of each call as much as of all others.
func TestBackupWhileCallsAreWritten(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	ran, wrote := make(chan error, 1), make(chan int, 1)
	go func() { ran <- l.Run(ctx) }()
	for i := range 200 {
		l.Write(ended(fmt.Sprint("before", i), flow.Served))
	}
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	quit := make(chan struct{})
	go func() {
		for i := 0; ; i++ {
			select {
			case <-quit:
				wrote <- i
				return
			default:
				l.Write(arrived(fmt.Sprint(i)))
				l.Write(ended(fmt.Sprint(i), flow.Informed))
				if i%50 == 0 {
					_ = l.Sync(ctx)
				}
			}
		}
	}()
	o := Options{Path: l.opts.Path}
	to := filepath.Join(dir, "backup.db")
	for i := range 5 {
		if err := Backup(t.Context(), o, fmt.Sprint(to, i)); err != nil {
			t.Fatal(err)
		}
	}
	close(quit)
	n := <-wrote
	stop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		b := must(Open(t.Context(), Options{Path: fmt.Sprint(to, i), SpoolDir: filepath.Join(dir, "none"), Log: zerolog.Nop()}))(t)
		calls := all(t, b)
		if len(calls) < 200 || len(calls) > 200+n {
			t.Errorf("%d calls in the backup, %d in the ledger", len(calls), 200+n)
		}
		for _, c := range calls {
			if c.Outcome == "" {
				t.Errorf("call %s was copied in two halves", c.ID)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := Backup(t.Context(), o, to+"0"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another backup: %v", err)
	}
	if err := Backup(t.Context(), Options{Path: filepath.Join(dir, "none.db")}, filepath.Join(dir, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of nothing: %v", err)
	}
	if err := Backup(t.Context(), Options{Path: "postgres://host/db"}, filepath.Join(dir, "x")); !errors.Is(err, ErrServersBackup) {
		t.Errorf("of a server: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if data, err := os.ReadFile(to + "0"); err != nil || !bytes.HasPrefix(data, []byte("SQLite format 3")) {
		t.Error(err)
	}
}
