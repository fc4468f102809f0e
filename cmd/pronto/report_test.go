package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pronto/ivr/ledger"

	"github.com/rs/zerolog"
)

// aLedger is a ledger in a state folder of its own, that fill has written.
func aLedger(t testing.TB, fill func(l *ledger.Ledger)) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(dir, "ledger.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- l.Run(ctx) }()
	fill(l)
	stop()
	if err := errors.Join(<-ran, l.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The line's first two years, call by call: 17,300 requests, of which 86% were answered at once and 13% after in-depth
// work, 1% are open, 76% came by phone and 2% belonged to the rescue numbers.
func TestReportOfTheFirstYears(t *testing.T) {
	opened := time.Date(2011, 7, 4, 9, 0, 0, 0, time.UTC)
	dir := aLedger(t, func(l *ledger.Ledger) {
		for i := range 17_300 {
			r := ledger.Request{Opened: opened.Add(time.Duration(i) * time.Hour), Channel: ledger.ChannelPhone, Topic: "information", Language: "it"}
			if i%100 >= 76 {
				r.Channel = []string{ledger.ChannelWebForm, ledger.ChannelEMail, ledger.ChannelMessage}[i%3]
			}
			call := ""
			if r.Channel == ledger.ChannelPhone {
				call = fmt.Sprint("c", i)
				l.Write(ledger.Record{Arrived: &ledger.Call{ID: call, Started: r.Opened, Caller: fmt.Sprintf("+39061%06d", i)}})
				l.Write(ledger.Record{Ended: &ledger.Call{ID: call, Started: r.Opened, Ended: r.Opened.Add(5 * time.Minute), Outcome: "served", Operator: "op1", Talk: 4 * time.Minute}})
			}
			code, err := l.OpenRequest(r, call, "op1")
			for errors.Is(err, ledger.ErrNoCodes) { // we are faster than any line
				if err = l.Sync(t.Context()); err == nil {
					code, err = l.OpenRequest(r, call, "op1")
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if i%100 < 2 {
				l.Write(ledger.Record{WrapUp: &ledger.WrapUp{Call: call, At: r.Opened.Add(5 * time.Minute), By: "op1", Disposition: "rescue"}})
			}
			c := ledger.Change{Code: code, At: r.Opened.Add(time.Hour), By: "op1", State: ledger.StageClosed, Disposition: ledger.DispositionImmediate}
			switch {
			case i%100 == 99:
				continue
			case i%100 >= 86:
				c.Disposition = ledger.DispositionInDepth
			}
			if err := l.ChangeRequest(c); err != nil {
				t.Fatal(err)
			}
		}
	})
	args := []string{"report", "-dir", dir, "-from", "2011-07-01", "-to", "2014-01-01"}
	code, stdout, stderr := command(append(args, "-lang", "en")...)
	for _, want := range []string{
		"Requests: 17,300 · handled: 99% = 86% + 13% (at once + after in-depth work) · in progress: 1% · phone: 76% · belonged to the rescue numbers: 2%",
		"Service level: SL3 = A≤T / (A + B), T = 20 s.",
	} {
		if code != exitOK || !strings.Contains(stdout, want) {
			t.Fatalf("exit %d %s, want %q in:\n%s", code, stderr, want, stdout)
		}
	}
	if code, stdout, _ = command(append(args, "-lang", "it")...); code != exitOK || !strings.Contains(stdout, "Richieste: 17.300 · gestite: 99% = 86% + 13%") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
	if _, stdout, _ = command(append(args, "-format", "json")...); !json.Valid([]byte(stdout)) {
		t.Errorf("no JSON:\n%s", stdout)
	}
	if _, stdout, _ = command(append(args, "-format", "csv")...); !strings.Contains(stdout, "\nrequests,handled,share,99,percent\n") {
		t.Errorf("no CSV:\n%s", stdout)
	} else if _, err := csv.NewReader(strings.NewReader(stdout)).ReadAll(); err != nil {
		t.Error(err)
	}
	page := filepath.Join(dir, "report.html")
	if code, stdout, stderr = command(append(args, "-format", "html", "-output", page)...); code != exitOK || stdout != "" {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "</html>") {
		t.Errorf("no page: %v", err)
	}
}

func TestReportIsAskedWrongly(t *testing.T) {
	dir := aLedger(t, func(*ledger.Ledger) {})
	for args, want := range map[string]string{
		"-service-level SL7":              "SL1, SL2, SL3, SL4",
		"-threshold 1500ms":               "whole seconds",
		"-within 90":                      "1 to 30 days",
		"-from 2026-11-02 -to 2026-11-01": "before",
		"-from november":                  "2026-11-01",
		"-format pdf":                     "html",
		"-lang de":                        "it",
	} {
		code, _, stderr := command(append([]string{"report", "-dir", dir}, strings.Fields(args)...)...)
		if code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("report %s: exit %d, %q, want %q", args, code, stderr, want)
		}
	}
	if code, stdout, stderr := command("report", "-dir", dir); code != exitOK || !strings.Contains(stdout, "no data") {
		t.Errorf("an empty ledger: exit %d, %s%s", code, stdout, stderr)
	}
}

// The chain of outcomes tells who has changed something, and is printed so that it can be kept elsewhere.
func TestAuditOfTheChain(t *testing.T) {
	began := time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)
	dir := aLedger(t, func(l *ledger.Ledger) {
		for i := range 3 {
			l.Write(ledger.Record{Ended: &ledger.Call{ID: fmt.Sprint("c", i), Line: "800840840", Started: began, Ended: began.Add(time.Minute), Outcome: "informed"}})
		}
	})
	code, stdout, stderr := command("audit", "-chain", "-dir", dir)
	if code != exitOK || !strings.Contains(stdout, "1 chains, 3 entries; 0 outcomes are older") || !strings.Contains(stdout, "nothing was changed") {
		t.Fatalf("exit %d, %s%s", code, stdout, stderr)
	}
	kept := filepath.Join(dir, "kept.json")
	if code, _, stderr = command("audit", "-chain", "-dir", dir, "-format", "json", "-output", kept); code != exitOK {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if code, stdout, _ = command("audit", "-chain", "-dir", dir, "-kept", kept); code != exitOK {
		t.Errorf("exit %d, %s", code, stdout)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE calls SET outcome = 'served' WHERE id = 'c1'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ = command("audit", "-chain", "-dir", dir); code != exitFailed || !strings.Contains(stdout, "TAMPERED: 800840840 2026-11-25 entry 2 c1: ") {
		t.Errorf("exit %d, %s", code, stdout)
	}
}

// Without records of a switch there is nothing to compare; that is said, and is no difference.
func TestAuditWithoutRecords(t *testing.T) {
	dir := aLedger(t, func(l *ledger.Ledger) {
		now := time.Now()
		l.Write(ledger.Record{Ended: &ledger.Call{ID: "c", Switch: "pronto", Started: now.Add(-time.Hour), Ended: now.Add(-50 * time.Minute), Outcome: "informed"}})
	})
	code, stdout, stderr := command("audit", "-dir", dir)
	if code != exitOK || !strings.Contains(stdout, "explained: 1 no_records") || !strings.Contains(stdout, "offered 1 = informed 1 + in progress 0") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
	if code, _, stderr = command("audit", "-dir", dir, "-from", "2026-11-02", "-to", "2026-11-01"); code != exitUsage || !strings.Contains(stderr, "before") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
