package asterisk

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"pronto/ivr/phone"
)

func TestDialAnswerLost(t *testing.T) {
	b := connected(t)
	b.ari.set(func() {
		b.ari.answers["POST /channels"] = func(w http.ResponseWriter, r *http.Request) {
			b.ari.set(func() { b.ari.answers["POST /channels"] = refuseWith(http.StatusConflict, "exists") })
			breakOff(w, r)
		}
	})
	l, err := b.sw.Dial(t.Context(), phone.Dial{ID: "p-1", To: phone.Target{Rescue: "112"}, From: "+39061", Timeout: 1500 * time.Millisecond, Tag: "t"}, b.sink("p-1"))
	b.check("dial", err)
	want := `POST /channels  {"app":"app","appArgs":"dialled","callerId":"\u003c+39061\u003e","channelId":"p-1","endpoint":"Local/112@pronto-rescue/n","otherChannelId":"p-1-far","timeout":2,"variables":{"PRONTO":"t"}}`
	b.wantAsked(want, want)
	b.event("ChannelStateChange", "p-1", "")
	b.send(`{"type":"ChannelStateChange","channel":{"id":"p-1","state":"Ringing"}}`)
	b.send(`{"type":"ChannelStateChange","channel":{"id":"p-1","state":"Ringing"}}`)
	b.event("StasisStart", "p-1", `"args":["dialled"],`)
	b.want("p-1 Ringing{}", "p-1 Answered{}")
	b.event("StasisEnd", l.ID(), "")
	b.event("ChannelDestroyed", l.ID(), `"cause":16,`)
	b.want("p-1 Ended{Cause:normal SIP:0 Remote:true Lost:false}")
	b.event("StasisStart", "c9", "")
	b.want(`incoming c9 333>800 ""`) // and nothing more of p-1
}

func TestDialFails(t *testing.T) {
	b := connected(t)
	for _, c := range []struct {
		name string
		to   phone.Target
		code int
		want error
	}{
		{"not registered", phone.Target{Operator: "op1"}, http.StatusInternalServerError, phone.ErrUnreachable},
		{"bad request", phone.Target{Operator: "op1"}, http.StatusBadRequest, phone.ErrUnreachable},
		{"a name that would be more", phone.Target{Operator: "op1&PJSIP/op2"}, 0, phone.ErrUnreachable},
		{"a number that would be more", phone.Target{Rescue: "112@other"}, 0, phone.ErrUnreachable},
		{"nobody", phone.Target{}, 0, phone.ErrUnreachable},
	} {
		b.ari.set(func() { b.ari.answers["POST /channels"] = refuseWith(c.code, "Allocation failed") })
		_, err := b.sw.Dial(t.Context(), phone.Dial{ID: "p-1", To: c.to, Timeout: time.Second}, b.sink("p-1"))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if n := len(b.sw.known()); n != 0 {
		t.Errorf("%d legs left behind", n)
	}
}

func TestDialGivenUp(t *testing.T) {
	b := connected(t)
	release := make(chan struct{})
	defer close(release)
	b.ari.set(func() {
		b.ari.answers["POST /channels"] = func(http.ResponseWriter, *http.Request) { <-release }
	})
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	_, err := b.sw.Dial(ctx, phone.Dial{ID: "p-1", To: phone.Target{Operator: "op1"}, Timeout: time.Second}, b.sink("p-1"))
	if !errors.Is(err, phone.ErrUnavailable) {
		t.Fatalf("Dial = %v, want ErrUnavailable", err)
	}
	receive(t, b.ari.asked, "the dial")
	b.wantAsked(`DELETE /channels/p-1 reason_code=16`)
	b.event("StasisStart", "p-1", `"args":["dialled"],`)
	b.wantAsked(`DELETE /channels/p-1 reason_code=16`)
}

func TestDialAcrossALoss(t *testing.T) {
	b := connected(t)
	lost := make(chan [2]string, 1)
	b.ari.set(func() {
		b.ari.answers["POST /channels"] = func(http.ResponseWriter, *http.Request) {
			_ = b.conn.CloseNow()
			lost <- [2]string{<-b.lines, <-b.lines}
		}
	})
	dial := phone.Dial{ID: "p-1", To: phone.Target{Operator: "op1"}, Timeout: time.Second}
	if _, err := b.sw.Dial(t.Context(), dial, b.sink("p-1")); !errors.Is(err, phone.ErrUnavailable) {
		t.Errorf("Dial of a leg that is not there after the loss = %v, want ErrUnavailable", err)
	}
	b.accept()
	if got := <-lost; got != [2]string{"link false", "link true"} {
		t.Fatalf("told %v", got)
	}
	b.ari.set(func() {
		delete(b.ari.answers, "POST /channels")
		b.ari.refuse = http.StatusServiceUnavailable
	})
	b.check("drop", b.conn.CloseNow())
	b.want("link false")
	dialled := make(chan error, 1)
	go func() {
		_, err := b.sw.Dial(context.Background(), dial, b.sink("p-1"))
		dialled <- err
	}()
	b.ari.set(func() { b.ari.refuse = 0 })
	b.check("dial", receive(t, dialled, "the end of the dial"))
}
