package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/siptest"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/ledgertest"

	"github.com/rs/zerolog"
)

func TestDBCommands(t *testing.T) {
	for name, db := range map[string]string{"sqlite": "", "postgres": ledgertest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := ledgerPath(dir, db)
			expect := func(code int, want string, args ...string) {
				t.Helper()
				if db != "" {
					args = append(args, "-db", db)
				}
				got, stdout, stderr := command(append(append([]string{"db"}, args...), "-dir", dir)...)
				if got != code || !strings.Contains(stdout+stderr, want) {
					t.Errorf("pronto db %s: exit %d, want %d and %q in:\n%s%s", strings.Join(args, " "), got, code, want, stdout, stderr)
				}
			}
			if db == "" {
				expect(exitFailed, "there is no ledger at "+path, "check")
				expect(exitFailed, "is there a ledger at", "backup", filepath.Join(dir, "backup.db"))
			} else {
				expect(exitFailed, "can not be read", "check")
			}
			expect(exitOK, "the ledger was made: schema ", "migrate")
			expect(exitOK, "the ledger is up to date: schema ", "migrate")
			expect(exitOK, "the ledger is whole", "check")
			expect(exitOK, "calls     0, 0 of them without an outcome yet", "check")
			l, err := ledger.Open(t.Context(), ledger.Options{Path: path, SpoolDir: filepath.Join(dir, "spool"), Log: zerolog.Nop()})
			if err != nil {
				t.Fatal(err)
			}
			l.Write(ledger.Record{Ended: &ledger.Call{ID: "a", Outcome: "served", Request: "12345678"}})
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "spool", "refused.jsonl"), []byte("{}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			expect(exitFailed, "calls that belong to a request that is not there: 1\n", "check")
			expect(exitFailed, "3 bytes in "+filepath.Join(dir, "spool", "refused.jsonl")+" were refused", "check")
			backup := filepath.Join(dir, "backup.db")
			if db != "" {
				expect(exitFailed, "pg_dump -Fc -f "+backup, "backup", backup)
				return
			}
			expect(exitOK, backup+": ", "backup", backup)
			expect(exitFailed, "is there already", "backup", backup)
			t.Setenv("LC_ALL", "it_IT.UTF-8")
			expect(exitFailed, "chiamate di una richiesta che non c'è: 1\n", "check")
		})
	}
	code, _, stderr := command("db", "migrate", "-dir", t.TempDir(), "-db", "postgres://pronto:geheim@127.0.0.1:1/ledger")
	if code != exitFailed || strings.Contains(stderr, "geheim") || !strings.Contains(stderr, "127.0.0.1:1/ledger") {
		t.Errorf("a server that is not there: exit %d, %s", code, stderr)
	}
}

// The line on PostgreSQL: its controller killed, its database away for a while; nobody is hung up, each call has one row.
func TestLineOnPostgres(t *testing.T) {
	db := ledgertest.Postgres(t)
	r := startRig(t, rigOptions{operators: 1, env: []string{"PRONTO_DB=" + db}})
	c := r.gather(1, 2, 1)
	before := time.Now()
	r.kill("serve", syscall.SIGKILL)
	healthy := func() bool {
		code, _ := r.get("http://" + r.ops + "/readyz")
		return code == 200
	}
	r.eventually(15*time.Second, "a new controller is ready", healthy)
	r.eventually(5*time.Second, "the queue is there again", func() bool { return r.metric("pronto_waiting") >= 2 })
	r.goOn(c, before)

	ledgertest.Shut(t, db)
	gone := r.call(siptest.Config{Tone: toneCaller})
	r.eventually(15*time.Second, "the fault is told", func() bool {
		code, text := r.get("http://" + r.ops + "/readyz")
		return code != 200 && strings.Contains(text, "not currently accepting connections") && strings.Contains(text, "spool")
	})
	r.hangup(gone.Call)
	r.eventually(15*time.Second, "the call is in the spool", func() bool {
		data, err := os.ReadFile(filepath.Join(r.dir, "spool", "ledger.jsonl"))
		return err == nil && strings.Contains(string(data), `"abandoned_menu"`)
	})
	ledgertest.Unshut(t, db)
	r.eventually(15*time.Second, "the database is written again", healthy)
	r.outcome(gone.number, "abandoned_menu")
	if rows := r.rows(); len(rows) != 5 {
		t.Errorf("%d rows for 5 calls", len(rows))
	}
	if code, stdout, _ := command("db", "check", "-dir", r.dir); code != exitOK || !strings.Contains(stdout, "PostgreSQL ") {
		t.Errorf("pronto db check: exit %d, %s", code, stdout)
	}
	r.clean()
}
