package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pronto/ivr/phone"
)

// tapedTime is the length told for a recording whose end was not seen but whose file is there: the switch keeps no
// length of stored recordings.
const tapedTime = time.Second

// safeName tells whether a recording's name can not leave the recordings' folder.
func safeName(name string) bool {
	if name == "" || strings.HasPrefix(name, ".") {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	}) < 0
}

// Record takes down the leg's voice as WAV, 8 kHz, 16 bit. Its length is what arrived, in whole seconds rounded down.
func (l *leg) Record(ctx context.Context, name string, longest time.Duration) error {
	if !safeName(name) {
		return fmt.Errorf("record: the name %q may hold letters, digits and . _ - only", name)
	}
	l.mu.Lock()
	if l.ended || l.recording != "" {
		busy := l.recording
		l.mu.Unlock()
		if busy != "" {
			return fmt.Errorf("record %s: the leg is being recorded as %s", name, busy)
		}
		return fmt.Errorf("record: %w", phone.ErrGone)
	}
	l.recording, l.taped, l.taping = name, make(chan struct{}), false
	l.mu.Unlock()
	body := map[string]any{
		"name": name, "format": "wav", "maxDurationSeconds": int((longest + time.Second - 1) / time.Second),
		"ifExists": "overwrite", "terminateOn": "none",
	}
	err := l.sw.rest.do(ctx, request{verb: "record", method: http.MethodPost, path: path("channels", l.id, "record"), body: body})
	if status(err) == http.StatusConflict && retried(err) {
		err = nil // the first attempt had its effect: the name is in use, by us
	}
	if err != nil {
		l.forgetRecording(name)
		return legError(err)
	}
	l.mu.Lock()
	l.taping = true
	l.mu.Unlock()
	return nil
}

func (l *leg) forgetRecording(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.recording == name {
		l.recording = ""
		close(l.taped)
	}
}

// StopRecord ends and keeps a recording. RecordDone follows; it has if the recording is not found.
func (l *leg) StopRecord(ctx context.Context, name string) error {
	err := l.sw.rest.do(ctx, request{verb: "stop-record", method: http.MethodPost, path: path("recordings", "live", name, "stop")})
	if err != nil && status(err) != http.StatusNotFound {
		return err
	}
	l.mu.Lock()
	open, taped := l.recording == name, l.taped
	l.mu.Unlock()
	if open {
		l.sw.tidy("find the end of a recording", func(ctx context.Context) error {
			select {
			case <-taped:
				return nil
			case <-time.After(stopGrace):
			}
			return l.lookForRecording(ctx, name)
		})
	}
	return nil
}

// lookForRecording tells the end of a recording whose event was lost, from what the switch has.
func (l *leg) lookForRecording(ctx context.Context, name string) error {
	live, stored, err := l.sw.findRecording(ctx, name)
	if err != nil || live {
		return err
	}
	if stored {
		l.recordDone(name, tapedTime)
	} else {
		l.recordDone(name, 0)
	}
	return nil
}
