package ledger

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr/flow"
	"pronto/ivr/ledger/ledgertest"
)

var killRounds = flag.Int("kills", 10, "how often the writer of each kind of database is killed")

// victimEnv has the test binary be a writer that is killed: Options.Path, then the folder of its spool, then a name of its own.
const victimEnv = "PRONTO_LEDGER_VICTIM"

// victimSteps are the steps of each of the victim's calls.
const victimSteps = 5

// victim writes calls as fast as it can, from several goroutines, and tells of each when it is safe, until it is killed.
// It begins as a controller does: the calls of the one before that have no outcome get one.
func victim(args string) {
	part := strings.Split(args, "\n")
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	busy := 50 * time.Millisecond
	if OnServer(part[0]) {
		busy = 10 * time.Second // until the server has seen that the one before is gone
	}
	l, err := Open(context.Background(), Options{Path: part[0], SpoolDir: part[1], Log: zerolog.Nop(), busy: busy})
	fail(err)
	if open, err := l.OpenCalls(context.Background()); err == nil {
		for _, c := range open {
			l.Write(Record{Ended: &Call{ID: c.ID, Ended: time.Now(), Outcome: string(flow.Failed), Detail: "lost"}})
		}
	} else {
		fmt.Println("away", err)
	}
	fmt.Println("up")
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%s-%d-%d", part[2], w, i)
				l.Write(arrived(id))
				for n := range victimSteps {
					l.Write(step(id, "node", fmt.Sprint(n), fmt.Sprintf(`{"n":%d}`, n)))
				}
				code, err := l.OpenRequest(Request{Channel: ChannelPhone, Topic: id}, id, "line")
				for errors.Is(err, ErrNoCodes) { // faster than the hand is filled
					_ = l.Sync(context.Background())
					code, err = l.OpenRequest(Request{Channel: ChannelPhone, Topic: id}, id, "line")
				}
				fail(err)
				l.Write(ended(id, flow.Served))
				err = l.Sync(context.Background())
				if errors.Is(err, ErrSpooled) {
					fmt.Println("spooled")
				} else {
					fail(err)
				}
				fmt.Println("safe", id, code)
			}
		}()
	}
	fail(l.Run(context.Background()))
}

// attack starts a victim, lets do what it does in the meantime, kills it at a random moment, and returns what it told:
// the calls that are safe with the codes of their requests.
func attack(t *testing.T, l Options, name string, alive time.Duration, do func()) (safe map[string]string, spooled int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"="+strings.Join([]string{l.Path, l.SpoolDir, name}, "\n"))
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	up, told := make(chan struct{}), make(chan map[string]string)
	go func() {
		safe := map[string]string{}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			word := strings.Fields(lines.Text())
			switch {
			case word[0] == "up":
				close(up)
			case word[0] == "safe" && len(word) == 3:
				safe[word[1]] = word[2]
			case word[0] == "spooled":
				spooled++
			case word[0] == "error":
				t.Errorf("the writer fails: %s", lines.Text())
			}
		}
		told <- safe
	}()
	select {
	case <-up:
		if do != nil {
			do()
		}
		time.Sleep(alive) // at whatever moment that is
	case <-time.After(time.Minute):
		t.Error("the writer does not come up")
	}
	_ = cmd.Process.Kill()
	safe = <-told
	_ = cmd.Wait()
	return safe, spooled
}

// The writer is killed at random moments under load, with its database there, away, or taken away at some time: what was
// safe is there once, what was not is there in part and in order or not at all, each call has one outcome, and no code
// was given out twice.
func TestKilledAtRandomMoments(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		o := k.options(t, dir)
		o.KeyPath = ""
		if _, _, err := Migrate(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		safe, codes := map[string]string{}, map[string]string{}
		spooled := 0
		for round := range *killRounds {
			alive := time.Duration(rand.IntN(250)) * time.Millisecond
			var do func()
			var bringBack func()
			switch {
			case round%5 == 4: // started without its database
				bringBack = k.hold(t, o.Path)
			case round%3 == 2: // while it is spooling
				do = func() { bringBack = k.hold(t, o.Path) }
				alive += 200 * time.Millisecond
			}
			told, n := attack(t, o, fmt.Sprint("r", round), alive, do)
			spooled += n
			for id, code := range told {
				if other := codes[code]; other != "" {
					t.Fatalf("the code %s was given to %s and to %s", code, other, id)
				}
				safe[id], codes[code] = code, id
			}
			if bringBack != nil {
				bringBack()
			}
		}
		t.Logf("%d calls were safe, %d of them in the spool", len(safe), spooled)
		if len(safe) < *killRounds || spooled == 0 {
			t.Errorf("in %d rounds only %d calls were safe, %d of them in the spool", *killRounds, len(safe), spooled)
		}
		l := must(Open(t.Context(), o))(t)
		defer func() { _ = l.Close() }()
		for _, c := range must(l.OpenCalls(t.Context()))(t) {
			l.Write(Record{Ended: &Call{ID: c.ID, Ended: time.Now(), Outcome: string(flow.Failed), Detail: "lost"}})
		}
		l.write(true)
		wantHealthy(t, l)
		wantWhole(t, l, o, safe)
	})
}

// hold has the database refuse to be written, until the function that it returns is called.
func (k *kit) hold(t *testing.T, name string) (letGo func()) {
	t.Helper()
	if k.postgres {
		ledgertest.Shut(t, name)
		return func() { ledgertest.Unshut(t, name) }
	}
	db := raw(t, name)
	if _, err := db.Exec(`PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := db.Exec(`ROLLBACK`); err != nil {
			t.Error(err)
		}
	}
}

// wantWhole checks what victims have left.
func wantWhole(t *testing.T, l *Ledger, o Options, safe map[string]string) {
	t.Helper()
	found := map[string]bool{}
	for _, c := range all(t, l) {
		found[c.ID] = true
		steps := must(gather(read(t.Context(), l, "steps", func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) },
			`SELECT text FROM events WHERE call = ? AND kind = 'node' ORDER BY id`, c.ID)))(t)
		for i, s := range steps {
			if s != fmt.Sprint(i) {
				t.Fatalf("call %s: step %q at place %d of %v", c.ID, s, i, steps)
			}
		}
		code, ok := safe[c.ID]
		if ok && (c.Outcome != "served" || len(steps) != victimSteps || c.Request != code) {
			t.Errorf("call %s was safe with request %s; found %+v with %d steps", c.ID, code, c, len(steps))
		}
		if !ok && c.Outcome != "served" && c.Outcome != "failed" {
			t.Errorf("call %s has the outcome %q", c.ID, c.Outcome)
		}
	}
	for id, code := range safe {
		if !found[id] {
			t.Errorf("call %s was safe and is not there", id)
		}
		if r, err := l.Request(t.Context(), code); err != nil || r.Topic != id {
			t.Errorf("the request of call %s: %+v, %v", id, r, err)
		}
	}
	if n := count(t, l, `SELECT count(*) FROM request_steps GROUP BY request, kind HAVING count(*) > 1 UNION ALL SELECT 0`); n != 0 {
		t.Error("steps of requests are there twice")
	}
	c := must(Examine(t.Context(), o))(t)
	if len(c.Faults) > 0 || c.Open > 0 || c.Spooled > 0 || c.Refused > 0 {
		t.Errorf("%+v", c)
	}
}
