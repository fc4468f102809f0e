package ledger

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pronto/ivr/flow"
	"pronto/ivr/ledger/ledgertest"
)

// trouble is a way in which a database can not be written.
type trouble struct {
	name        string
	damage      func(t *testing.T, l *Ledger)
	fault       []string // what is told
	mend        func(t *testing.T, l *Ledger)
	lasting     bool // to open it anew mends nothing
	beforeStays bool // what was written before is still there afterwards
}

// Every way in which the database can not be written: calls go on, the fault is told, and nothing is lost or doubled
// when it is mended.
func TestUnwritableDatabase(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		troubles := sqliteTroubles()
		if k.postgres {
			troubles = postgresTroubles()
		}
		for _, tt := range troubles {
			t.Run(tt.name, func(t *testing.T) { tt.run(t, k) })
		}
	})
}

func (tt *trouble) run(t *testing.T, k *kit) {
	l := k.open(t, t.TempDir())
	l.Write(arrived("before"))
	l.Write(step("before", "node", "0", ""))
	l.write(false)
	wantHealthy(t, l)
	tt.damage(t, l)
	for i := range 3 {
		l.Write(step("before", "node", fmt.Sprint(i+1), ""))
		l.Write(arrived(fmt.Sprint(i)))
		l.Write(ended(fmt.Sprint(i), flow.Served))
		l.write(false)
	}
	l.Write(ended("before", flow.Served))
	l.write(false)
	if tt.lasting {
		l.write(true) // it is tried again, in vain
	}
	wantFault(t, l, tt.fault...)
	wantFault(t, l, l.spool.path)
	tt.mend(t, l)
	l.Write(step("before", "node", "4", ""))
	l.write(true)
	wantHealthy(t, l)
	want := []string{"1", "2", "3", "4"}
	if tt.beforeStays {
		want = append([]string{"0"}, want...)
	}
	if d := cmp.Diff(want, journal(t, l)); d != "" {
		t.Fatal(d)
	}
	for _, c := range all(t, l) {
		if c.Outcome != "served" {
			t.Errorf("call %s: outcome %q", c.ID, c.Outcome)
		}
	}
	if n := len(all(t, l)); n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
}

func sqliteTroubles() []trouble {
	var locker *sql.DB
	return []trouble{
		{
			name: "locked", beforeStays: true, lasting: true, fault: []string{"locked", "end that program"},
			damage: func(t *testing.T, l *Ledger) {
				other := raw(t, l.opts.Path)
				if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
					t.Fatal(err)
				}
				locker = other
			},
			mend: func(t *testing.T, _ *Ledger) {
				if err := locker.Close(); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "disk full", beforeStays: true, fault: []string{"no space", "free space"},
			damage: func(t *testing.T, l *Ledger) {
				if _, err := sqliteDB(l).Exec(`PRAGMA max_page_count = 1`); err != nil {
					t.Fatal(err)
				}
				l.Write(step("before", "filler", strings.Repeat("x", 1<<20), ""))
			},
			mend: func(*testing.T, *Ledger) {}, // opening it anew takes the limit away
		},
		{
			name: "read only", beforeStays: true, fault: []string{"can not be opened for writing", "user"},
			damage: func(t *testing.T, l *Ledger) {
				if _, err := sqliteDB(l).Exec(`PRAGMA query_only = 1`); err != nil {
					t.Fatal(err)
				}
			},
			mend: func(*testing.T, *Ledger) {},
		},
		{
			name: "file gone", lasting: true, fault: []string{"not there any more", "put it back"},
			damage: func(t *testing.T, l *Ledger) { remove(t, l.opts.Path) },
			mend:   func(t *testing.T, l *Ledger) { put(t, l.opts.Path, nil) },
		},
		{
			name: "replaced by a folder", fault: []string{"another file stands"},
			damage: func(t *testing.T, l *Ledger) {
				remove(t, l.opts.Path)
				if err := os.Mkdir(l.opts.Path, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			mend: func(t *testing.T, l *Ledger) {
				l.write(true)
				wantFault(t, l, "can not be opened for writing")
				remove(t, l.opts.Path)
				put(t, l.opts.Path, nil)
			},
		},
		{
			name: "replaced by garbage", fault: []string{"another file stands"},
			damage: func(t *testing.T, l *Ledger) {
				remove(t, l.opts.Path)
				put(t, l.opts.Path, bytes.Repeat([]byte("no database "), 1000))
			},
			mend: func(t *testing.T, l *Ledger) {
				l.write(true)
				wantFault(t, l, "is damaged", "move it aside")
				remove(t, l.opts.Path)
				put(t, l.opts.Path, nil)
			},
		},
	}
}

func postgresTroubles() []trouble {
	var other *sql.DB
	var locker *sql.Tx
	sqlIn := func(t *testing.T, db *sql.DB, statements ...string) {
		t.Helper()
		for _, s := range statements {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	name := func(l *Ledger) string { return l.db.(*postgresServer).config.Database }
	return []trouble{
		{
			name: "stopped", beforeStays: true, lasting: true, fault: []string{"does not answer", "PostgreSQL runs"},
			damage: func(t *testing.T, _ *Ledger) { ledgertest.Stop(t) },
			mend:   func(t *testing.T, _ *Ledger) { ledgertest.Start(t) },
		},
		{
			name: "shut", beforeStays: true, lasting: true, fault: []string{"not currently accepting connections"},
			damage: func(t *testing.T, l *Ledger) { ledgertest.Shut(t, l.opts.Path) },
			mend:   func(t *testing.T, l *Ledger) { ledgertest.Unshut(t, l.opts.Path) },
		},
		{
			name: "connection lost", beforeStays: true, fault: []string{"does not answer"},
			damage: func(t *testing.T, l *Ledger) {
				sqlIn(t, raw(t, l.opts.Path), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
			},
			mend: func(*testing.T, *Ledger) {},
		},
		{
			name: "locked", beforeStays: true, lasting: true, fault: []string{"locked", "end that program"},
			damage: func(t *testing.T, l *Ledger) {
				sqlIn(t, raw(t, l.opts.Path), `ALTER DATABASE `+name(l)+` SET lock_timeout = '50ms'`)
				l.db.(*postgresServer).config.RuntimeParams["lock_timeout"] = "50ms"
				breakStore(l)
				l.write(true)
				var err error
				if locker, err = raw(t, l.opts.Path).Begin(); err != nil {
					t.Fatal(err)
				}
				if _, err := locker.Exec(`LOCK TABLE events, calls, writers`); err != nil {
					t.Fatal(err)
				}
			},
			mend: func(t *testing.T, _ *Ledger) {
				if err := locker.Rollback(); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "disk full", beforeStays: true, lasting: true, fault: []string{"no space", "free space"},
			damage: func(t *testing.T, l *Ledger) {
				sqlIn(t, raw(t, l.opts.Path), `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
					$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`,
					`CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION full_disk()`)
			},
			mend: func(t *testing.T, l *Ledger) { sqlIn(t, raw(t, l.opts.Path), `DROP TRIGGER full_disk ON events`) },
		},
		{
			name: "a standby", beforeStays: true, lasting: true, fault: []string{"can only be read", "primary"},
			damage: func(t *testing.T, l *Ledger) {
				sqlIn(t, raw(t, l.opts.Path), `ALTER DATABASE `+name(l)+` SET default_transaction_read_only = on`)
				breakStore(l)
			},
			mend: func(t *testing.T, l *Ledger) {
				sqlIn(t, raw(t, l.opts.Path), `SET default_transaction_read_only = off`, `ALTER DATABASE `+name(l)+` RESET default_transaction_read_only`)
			},
		},
		{
			name: "another controller", beforeStays: true, lasting: true, fault: []string{"another controller writes", "stop one"},
			damage: func(t *testing.T, l *Ledger) {
				breakStore(l)
				l.db.(*postgresServer).busy = 0
				other = raw(t, l.opts.Path)
				sqlIn(t, other, `SELECT pg_advisory_lock(`+fmt.Sprint(int64(writerLock))+`)`)
			},
			mend: func(t *testing.T, l *Ledger) {
				l.db.(*postgresServer).busy = 10e9
				sqlIn(t, other, `SELECT pg_advisory_unlock_all()`)
			},
		},
	}
}

// What keeps PostgreSQL from being used at all is told with a remedy; callers are served all the same. The password is
// told to nobody.
func TestPostgresThatDoesNotLetUsIn(t *testing.T) {
	good := ledgertest.Postgres(t)
	with := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	for name, tt := range map[string]struct {
		address string
		fault   []string
	}{
		"no database": {with("/ledger_", "/none_"), []string{"there is no database", "createdb none_"}},
		"no user":     {with("pronto@", "nobody:geheim@"), []string{"does not let us in", "user and password"}},
		"not ours":    {with("pronto@", "guest:geheim@"), []string{"forbids us", "make guest the owner"}},
		"no server":   {"postgres://pronto:geheim@127.0.0.1:1/ledger", []string{"does not answer", "127.0.0.1:1/ledger", "PostgreSQL runs"}},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := Open(t.Context(), Options{Path: tt.address, SpoolDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			wantFault(t, l, tt.fault...)
			if message, _, _ := l.Fault(); strings.Contains(message, "geheim") {
				t.Errorf("the password is told: %s", message)
			}
			l.Write(arrived("a"))
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if _, err := Open(t.Context(), Options{Path: tt.address, ReadOnly: true}); err == nil || strings.Contains(err.Error(), "geheim") {
				t.Errorf("read only: %v", err)
			}
		})
	}
	for _, bad := range []string{"postgres://pronto:geheim@host:port/ledger", "postgres://pronto:geheim@host/ledger?sslmode=nonsense"} {
		if _, err := Open(t.Context(), Options{Path: bad, SpoolDir: t.TempDir()}); err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "postgres://user:password@") {
			t.Errorf("got %v", err)
		}
	}
	if _, err := Open(t.Context(), Options{Path: good}); err == nil || !strings.Contains(err.Error(), "spool") {
		t.Errorf("without a folder for the spool: %v", err)
	}
}

// A database has one controller that writes. The next one may begin as soon as the one before is gone, killed or not.
func TestSecondControllerIsRefused(t *testing.T) {
	k := &kit{postgres: true, names: map[string]string{}}
	dir := t.TempDir()
	l := k.open(t, dir)
	second := k.options(t, dir)
	second.SpoolDir, second.busy = t.TempDir(), 1
	if _, err := Open(t.Context(), second); err == nil || !strings.Contains(err.Error(), "another controller") {
		t.Fatalf("got %v", err)
	}
	reader, err := Open(t.Context(), Options{Path: l.opts.Path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	kill(l)
	k.open(t, dir)
}

// What one database refuses does not hold up what comes behind it, and is not thrown away.
func TestRefusedRecordIsPutAside(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		refuse := `CREATE TRIGGER refuse BEFORE INSERT ON events WHEN new.text = 'poison' BEGIN SELECT raise(ABORT, 'no'); END`
		if k.postgres {
			refuse = `ALTER TABLE events ADD CHECK (text <> 'poison')`
		}
		if _, err := raw(t, l.opts.Path).Exec(refuse); err != nil {
			t.Fatal(err)
		}
		for i, text := range []string{"0", "1", "poison", "2", "poison", "3", "4"} {
			l.Write(step("a", "node", text, ""))
			if i == 4 {
				l.spooling, l.retried = true, l.retried.Add(1) // from the spool, too
			}
		}
		l.write(false)
		l.write(true)
		wantHealthy(t, l)
		if d := cmp.Diff([]string{"0", "1", "2", "3", "4"}, journal(t, l)); d != "" {
			t.Fatal(d)
		}
		data, err := os.ReadFile(l.opts.SpoolDir + "/refused.jsonl")
		if err != nil || bytes.Count(data, []byte("poison")) != 2 {
			t.Fatalf("%s, %v", data, err)
		}
	})
}

// The network may call a caller anything.
func TestTextsOfAnyKind(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		for i, text := range []string{"\xff\xfe", "a\x00b", "'; DROP TABLE calls; --", "$1 ? ?", strings.Repeat("é", 10_000), "\u202e"} {
			r := arrived(fmt.Sprint(i))
			r.Arrived.Caller, r.Arrived.Topic = text, text
			l.Write(r)
		}
		l.write(false)
		wantHealthy(t, l)
		if got := all(t, l); len(got) != 6 || got[2].Caller != "'; DROP TABLE calls; --" || got[3].Caller != "$1 ? ?" || len(got[4].Caller) != 20_000 {
			t.Errorf("%d calls: %.300v", len(got), got)
		}
	})
}
