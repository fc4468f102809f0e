package ledger

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/rs/zerolog"

	"pronto/ivr/ledger/ledgertest"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(victimEnv); name != "" {
		victim(name) // this process is one that a test kills
		return
	}
	os.Exit(ledgertest.Run(m))
}

// rapidOnPostgres is how many of rapid's examples are tried on PostgreSQL: each makes a database, and opens it a few times.
const rapidOnPostgres = 15

// kit is a kind of database for a test.
type kit struct {
	postgres bool
	names    map[string]string // of the databases, by folder
}

// each runs a test over both kinds of database: they behave alike.
func each(t *testing.T, test func(t *testing.T, k *kit)) {
	t.Run("sqlite", func(t *testing.T) { test(t, &kit{}) })
	t.Run("postgres", func(t *testing.T) { test(t, &kit{postgres: true, names: map[string]string{}}) })
}

// name is the database that belongs to a folder.
func (k *kit) name(t testing.TB, dir string) string {
	t.Helper()
	if !k.postgres {
		return filepath.Join(dir, "ledger.db")
	}
	if k.names[dir] == "" {
		k.names[dir] = ledgertest.Postgres(t)
	}
	return k.names[dir]
}

func (k *kit) options(t testing.TB, dir string) Options {
	t.Helper()
	busy := 20 * time.Millisecond
	if k.postgres {
		busy = 10 * time.Second // a server under load sees late that a connection is gone
	}
	return Options{
		Path: k.name(t, dir), SpoolDir: filepath.Join(dir, "spool"), Log: zerolog.Nop(), busy: busy,
		KeyPath: filepath.Join("testdata", "ledger.key"), // the same for all, so that they can be compared
	}
}

func (k *kit) open(t testing.TB, dir string) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), k.options(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// open is for a test of what only SQLite has.
func open(t testing.TB, dir string) *Ledger {
	t.Helper()
	return (&kit{}).open(t, dir)
}

// takeAway makes the database one that can not be reached; bringBack ends that.
func (k *kit) takeAway(t testing.TB, l *Ledger) {
	t.Helper()
	if k.postgres {
		ledgertest.Shut(t, l.opts.Path)
		return
	}
	if err := os.Rename(l.opts.Path, l.opts.Path+".away"); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) bringBack(t testing.TB, l *Ledger) {
	t.Helper()
	if k.postgres {
		ledgertest.Unshut(t, l.opts.Path)
		return
	}
	if err := os.Rename(l.opts.Path+".away", l.opts.Path); err != nil {
		t.Fatal(err)
	}
}

// away is a word of the fault while the database is away.
func (k *kit) away() string {
	if k.postgres {
		return "not currently accepting connections"
	}
	return "not there any more"
}

// raw opens the ledger's database as another program would.
func raw(t testing.TB, name string) *sql.DB {
	t.Helper()
	var db *sql.DB
	if OnServer(name) {
		p, err := newPostgres(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		db = stdlib.OpenDB(*p.config)
	} else {
		var err error
		if db, err = sql.Open("sqlite", name); err != nil {
			t.Fatal(err)
		}
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// kill does to the ledger what a killed process does: nothing is written any more, the connection is gone.
func kill(l *Ledger) {
	l.work.Lock()
	defer l.work.Unlock()
	l.over = true
	breakStore(l)
}

// sqliteDB is the open SQLite database.
func sqliteDB(l *Ledger) *sql.DB { return l.store.(*sqliteStore).db }

// breakStore makes the open database fail, until it is opened anew.
func breakStore(l *Ledger) {
	if l.store != nil {
		_ = l.store.close()
	}
}
