package local

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"pronto/asterisk/conf"
)

// WaitReady waits until the Asterisk of the state folder has started whole, ARI answers and SIP listens, or ctx ends, or its
// log tells that it can not. The error holds the reason with a remedy, or else the last lines of the log.
func WaitReady(ctx context.Context, site conf.Site, state string) error {
	tick := time.NewTicker(40 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx, site, state)
		// The log comes first: another program on our port may well answer.
		if fault := startFault(site, thisStart(state)); fault != nil {
			return fault
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("asterisk is not ready: %w; the last lines of %s:\n%s",
				err, filepath.Join(state, filepath.FromSlash(conf.LogFile)), lastLines(thisStart(state), 8))
		case <-tick.C:
		}
	}
}

// ready makes the three checks.
func ready(ctx context.Context, site conf.Site, state string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := Control(ctx, state, "core waitfullybooted"); err != nil {
		return err
	}
	if err := pingARI(ctx, site); err != nil {
		return err
	}
	transports, err := Control(ctx, state, "pjsip show transports")
	if err != nil {
		return err
	}
	if !strings.Contains(transports, site.SIP) {
		return fmt.Errorf("the SIP address %s is not served", site.SIP)
	}
	return nil
}

func pingARI(ctx context.Context, site conf.Site) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+site.HTTP+"/ari/asterisk/ping", nil)
	if err != nil {
		return fmt.Errorf("ask ARI: %w", err)
	}
	req.SetBasicAuth(site.ARIUser, site.ARIPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask ARI: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusUnauthorized {
		return fmt.Errorf("something else than our Asterisk answers at %s: it does not know our password", site.HTTP)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask ARI: %s", resp.Status)
	}
	return nil
}

// thisStart is the log since the last start.
func thisStart(state string) []byte {
	log, err := os.ReadFile(filepath.Join(state, filepath.FromSlash(conf.LogFile)))
	if err != nil {
		return nil
	}
	if i := bytes.LastIndex(log, []byte("] Asterisk ")); i >= 0 {
		return log[i+2:]
	}
	return log
}

var bindFault = regexp.MustCompile(`(?m)^.*(?:Unable to bind|could not be started|Address already in use).*$`)

// startFault is the fault that the log tells, nil if it tells none.
func startFault(site conf.Site, log []byte) error {
	line := bindFault.Find(log)
	if line == nil {
		return nil
	}
	if _, port, err := net.SplitHostPort(site.HTTP); err == nil && (bytes.Contains(line, []byte("http")) || bytes.Contains(line, []byte(":"+port))) {
		return fmt.Errorf("asterisk can not listen on %s for ARI: stop what uses that port, or choose another with PRONTO_ARI (%s)", site.HTTP, line)
	}
	return fmt.Errorf("asterisk can not listen on %s for SIP: stop what uses that port, or choose another with PRONTO_SIP (%s)", site.SIP, line)
}

func lastLines(text []byte, n int) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], []byte("\n"))
}
