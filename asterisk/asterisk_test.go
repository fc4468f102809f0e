package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"pronto/ivr/phone"
)

func TestACall(t *testing.T) {
	b := connected(t)
	ctx := t.Context()
	b.event("StasisStart", "c1", `"args":["failopen"],`)
	b.want(`incoming c1 333>800 "failopen"`)
	l := receive(t, b.legs, "a leg")
	b.check("tag", l.Tag(ctx, `{"a":"x,y"}`))
	b.check("answer", l.Answer(ctx))
	b.check("answer again", l.Answer(ctx))
	b.check("play", l.Play(ctx, "c1-s1", []string{"r/a", "r/b"}))
	b.wantAsked(
		`POST /channels/c1/variable report_events=true&value=%7B%22a%22%3A%22x%2Cy%22%7D&variable=PRONTO`,
		`POST /channels/c1/answer`,
		`POST /channels/c1/play  {"media":["sound:/snd/r/a","sound:/snd/r/b"],"playbackId":"c1-s1"}`,
	)
	b.event("ChannelDtmfReceived", "c1", `"digit":"#",`)
	b.check("stop", l.StopPlay(ctx, "c1-s1"))
	done := `{"type":"PlaybackFinished","application":"app","playback":{"id":"c1-s1","target_uri":"channel:c1","state":"done"}}`
	b.send("%s", done)
	b.send("%s", done)
	b.check("music", l.Music(ctx, true))
	b.check("play", l.Play(ctx, "c1-s2", []string{"r/a"}))
	b.wantAsked(`DELETE /playbacks/c1-s1`, `POST /channels/c1/moh`, `DELETE /channels/c1/moh`,
		`POST /channels/c1/play  {"media":["sound:/snd/r/a"],"playbackId":"c1-s2"}`)
	b.event("ChannelHangupRequest", "c1", `"cause":16,`)
	b.event("StasisEnd", "c1", "")
	b.want("c1 Key{Digit:35}", "c1 PlayDone{ID:c1-s1 Failed:false}", "c1 PlayDone{ID:c1-s2 Failed:false}",
		"c1 Ended{Cause:normal SIP:0 Remote:true Lost:false}")
	if err := l.Play(ctx, "c1-s3", []string{"r/a"}); !errors.Is(err, phone.ErrGone) {
		t.Errorf("Play after the end: %v, want ErrGone", err)
	}
	b.check("hang up after the end", l.Hangup(ctx, phone.CauseNormal))
}

func TestWhoEndedALeg(t *testing.T) {
	b := connected(t)
	ctx := t.Context()
	ours := b.incoming("c1")
	b.check("hang up", ours.Hangup(ctx, phone.CauseBusy))
	b.wantAsked(`DELETE /channels/c1 reason_code=17`)
	b.event("ChannelHangupRequest", "c1", `"cause":32,"soft":true,`)
	b.event("StasisEnd", "c1", "")
	b.want("c1 Ended{Cause:busy SIP:0 Remote:false Lost:false}")

	quicker := b.incoming("c2")
	b.ari.set(func() { b.ari.answers["DELETE /channels/c2"] = refuseWith(http.StatusNotFound, "Channel not found") })
	b.check("hang up", quicker.Hangup(ctx, phone.CauseBusy))
	b.event("ChannelHangupRequest", "c2", `"cause":44,`)
	b.event("StasisEnd", "c2", "")
	b.want("c2 Ended{Cause:no-media SIP:0 Remote:true Lost:false}")
}

// A sound whose end was told while nobody listened, a leg that ended then, and one that lives on.
func TestSocketDropped(t *testing.T) {
	b := connected(t)
	ctx := t.Context()
	first, second := b.incoming("c1"), b.incoming("c2")
	b.check("play", first.Play(ctx, "c1-s1", []string{"a"}))
	b.check("play", first.Play(ctx, "c1-s2", []string{"b"}))
	b.check("play", second.Play(ctx, "c2-s1", []string{"a"}))
	b.ari.set(func() {
		b.ari.inApp = []string{"c1"}
		b.ari.channels = []map[string]any{{"id": "c1", "state": "Up"}}
		b.ari.things["/playbacks/c1-s2"] = true
	})
	b.check("drop", b.conn.CloseNow())
	b.accept()
	got := map[string]bool{}
	for range 6 {
		got[receive(t, b.lines, "news of the reconnect")] = true
	}
	for _, want := range []string{
		"link false", "c1 PlayDone{ID:c1-s1 Failed:false}", "c1 Resynced{}",
		"c2 PlayDone{ID:c2-s1 Failed:false}", "c2 Ended{Cause:unknown SIP:0 Remote:true Lost:true}", "link true",
	} {
		if !got[want] {
			t.Errorf("not told: %s", want)
		}
	}
	b.send(`{"type":"PlaybackFinished","playback":{"id":"c1-s2","target_uri":"channel:c1","state":"done"}}`)
	b.want("c1 PlayDone{ID:c1-s2 Failed:false}")
	if n := testutil.ToFloat64(b.sw.metrics.connects); n != 2 {
		t.Errorf("%v connects, want 2", n)
	}
}

func TestEventsThatHurtNobody(t *testing.T) {
	b := connected(t)
	b.incoming("c1")
	for range 3 {
		b.event("ChannelToneDetected", "c1", "")
	}
	b.send(`{"type":`)
	b.send(`[1,2]`)
	b.send(`null`)
	b.send(`{}`)
	b.event("ChannelDtmfReceived", "nobody", `"digit":"1",`)
	b.event("ChannelDtmfReceived", "c1", `"digit":"1","cause":"not a number",`)
	b.event("ChannelDtmfReceived", "c1", `"digit":"12",`)
	b.event("ChannelDtmfReceived", "c1", `"digit":"2",`)
	b.want("c1 Key{Digit:49}", "c1 Key{Digit:50}")
	if n := testutil.ToFloat64(b.sw.metrics.unknown.WithLabelValues("ChannelToneDetected")); n != 3 {
		t.Errorf("%v unknown events counted, want 3", n)
	}
	if n := testutil.ToFloat64(b.sw.metrics.malformed); n != 3 {
		t.Errorf("%v malformed events counted, want 3", n)
	}
	if n := strings.Count(b.log.String(), "ChannelToneDetected"); n != 1 {
		t.Errorf("the unknown type was logged %d times, want once:\n%s", n, b.log)
	}
	for i := range 2 * maxUnknown {
		b.event(fmt.Sprintf("Odd%d", i), "c1", "")
	}
	b.event("ChannelDtmfReceived", "c1", `"digit":"3",`)
	b.want("c1 Key{Digit:51}")
	if n := testutil.CollectAndCount(b.sw.metrics.unknown); n > maxUnknown+2 {
		t.Errorf("%d labels for unknown events: not bounded", n)
	}
}

func TestBurst(t *testing.T) {
	b := connected(t)
	b.incoming("c1")
	b.incoming("c2")
	const n = 5000
	go func() {
		for i := range n {
			ev := fmt.Sprintf(`{"type":"ChannelDtmfReceived","digit":"%d","channel":{"id":"c%d"}}`, i/2%10, i%2+1)
			if b.conn.Write(context.Background(), websocket.MessageText, []byte(ev)) != nil {
				return
			}
		}
	}()
	for i := range n {
		want := fmt.Sprintf("c%d Key{Digit:%d}", i%2+1, '0'+i/2%10)
		if got := receive(t, b.lines, want); got != want {
			t.Fatalf("event %d is %s, want %s", i, got, want)
		}
	}
}

func TestRequestHung(t *testing.T) {
	b := connected(t)
	stuck, free := b.incoming("c1"), b.incoming("c2")
	release := make(chan struct{})
	defer close(release)
	b.ari.set(func() {
		b.ari.answers["POST /channels/c1/play"] = func(http.ResponseWriter, *http.Request) { <-release }
	})
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	err := stuck.Play(ctx, "c1-s1", []string{"a"})
	if !errors.Is(err, phone.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Play = %v, want ErrUnavailable for the deadline", err)
	}
	b.check("play on another leg", free.Play(t.Context(), "c2-s1", []string{"a"}))
	b.event("ChannelDtmfReceived", "c1", `"digit":"1",`)
	b.want("c1 Key{Digit:49}")
}

// A dial that was given up for want of an answer must not ring on.
// The switch would play the same id twice, so a second attempt looks first.
func TestPlayAnswerLost(t *testing.T) {
	for _, here := range []bool{true, false} {
		b := connected(t)
		l := b.incoming("c1")
		b.ari.set(func() {
			b.ari.things["/playbacks/s1"] = here
			b.ari.answers["POST /channels/c1/play"] = func(w http.ResponseWriter, r *http.Request) {
				b.ari.set(func() { delete(b.ari.answers, "POST /channels/c1/play") })
				breakOff(w, r)
			}
		})
		b.check("play", l.Play(t.Context(), "s1", []string{"a"}))
		play := `POST /channels/c1/play  {"media":["sound:/snd/a"],"playbackId":"s1"}`
		b.wantAsked(play, "GET /playbacks/s1")
		if !here {
			b.wantAsked(play)
		}
		if n := len(b.ari.asked); n != 0 {
			t.Errorf("%d requests too many", n)
		}
	}
}

// The end of a sound that was stopped before it began is never told by the switch.
func TestStopOfASoundThatVanished(t *testing.T) {
	b := connected(t)
	l := b.incoming("c1")
	b.check("play", l.Play(t.Context(), "s1", []string{"a"}))
	b.check("stop", l.StopPlay(t.Context(), "s1"))
	b.want("c1 PlayDone{ID:s1 Failed:false}")
}

func TestRecording(t *testing.T) {
	b := connected(t)
	ctx := t.Context()
	l := b.incoming("c1")
	b.check("record", l.Record(ctx, "m.1", 1500*time.Millisecond))
	b.wantAsked(`POST /channels/c1/record  {"format":"wav","ifExists":"overwrite","maxDurationSeconds":2,"name":"m.1","terminateOn":"none"}`)
	b.check("stop", l.StopRecord(ctx, "m.1"))
	b.send(`{"type":"RecordingFinished","recording":{"name":"m.1","target_uri":"channel:c1","state":"done","duration":7}}`)
	b.want("c1 RecordDone{Name:m.1 Length:7s Failed:false}")

	// Cut by a hang-up, and the event lost: the switch is asked, and the recording is told before the end.
	b.check("record", l.Record(ctx, "m.2", time.Minute))
	b.ari.set(func() { b.ari.things["/recordings/stored/m.2"] = true })
	b.event("StasisEnd", "c1", "")
	b.want("c1 RecordDone{Name:m.2 Length:1s Failed:false}", "c1 Ended{Cause:unknown SIP:0 Remote:true Lost:false}")

	for _, name := range []string{"", "../x", "a/b", "a b", ".x"} {
		if err := b.incoming("c"+name).Record(ctx, name, time.Second); err == nil {
			t.Errorf("a recording may be called %q", name)
		}
	}
}

func TestBridge(t *testing.T) {
	b := connected(t)
	ctx := t.Context()
	l, o := b.incoming("c1"), b.incoming("c2")
	b.check("play", l.Play(ctx, "s1", []string{"a"}))
	<-b.ari.asked
	b.ari.set(func() {
		b.ari.answers["DELETE /playbacks/s1"] = func(http.ResponseWriter, *http.Request) {
			b.send(`{"type":"PlaybackFinished","playback":{"id":"s1","target_uri":"channel:c1","state":"done"}}`)
		}
		b.ari.answers["POST /bridges/p-b"] = refuseWith(http.StatusConflict, "exists")
	})
	b.check("bridge", b.sw.Bridge(ctx, "p-b", l, o))
	b.want("c1 PlayDone{ID:s1 Failed:false}")
	b.wantAsked("DELETE /playbacks/s1", `POST /bridges/p-b  {"type":"mixing,dtmf_events"}`,
		"POST /bridges/p-b/addChannel channel=c1%2Cc2&inhibitConnectedLineUpdates=true")
	for _, bridge := range []string{"p-b", "p-c"} {
		b.ari.set(func() {
			b.ari.answers["POST /bridges/"+bridge+"/addChannel"] = refuseWith(http.StatusBadRequest, "Channel not found")
		})
	}
	third := b.incoming("c3")
	if err := b.sw.Bridge(ctx, "p-b", third); !errors.Is(err, phone.ErrGone) {
		t.Errorf("Bridge with a leg that is gone = %v, want ErrGone", err)
	}
	// Who talks is left alone.
	b.wantAsked(`POST /bridges/p-b  {"type":"mixing,dtmf_events"}`, "POST /bridges/p-b/addChannel channel=c3&inhibitConnectedLineUpdates=true",
		"POST /bridges/p-b/removeChannel channel=c3")
	if err := b.sw.Bridge(ctx, "p-c", third); !errors.Is(err, phone.ErrGone) {
		t.Errorf("Bridge with a leg that is gone = %v, want ErrGone", err)
	}
	b.wantAsked(`POST /bridges/p-c  {"type":"mixing,dtmf_events"}`, "POST /bridges/p-c/addChannel channel=c3&inhibitConnectedLineUpdates=true",
		"POST /bridges/p-c/removeChannel channel=c3", "DELETE /bridges/p-c")
	b.check("part", b.sw.Part(ctx, "p-b", o))
	b.wantAsked("POST /bridges/p-b/removeChannel channel=c2")
	b.check("unbridge", b.sw.Unbridge(ctx, "p-b"))
	b.wantAsked("POST /bridges/p-b/removeChannel channel=c1", "DELETE /bridges/p-b")
	b.ari.set(func() { b.ari.answers["DELETE /bridges/p-b"] = refuseWith(http.StatusNotFound, "Bridge not found") })
	b.check("unbridge", b.sw.Unbridge(ctx, "p-b"))
}

func TestAdopt(t *testing.T) {
	f := newFake(t)
	stasis := map[string]any{"exten": "800", "app_name": "Stasis", "app_data": "app,failopen"}
	f.channels = []map[string]any{
		{"id": "c2", "state": "Up", "creationtime": "2026-11-25T10:00:02.000+0000", "channelvars": map[string]string{"PRONTO": "two"}},
		{"id": "c1", "state": "Up", "creationtime": "2026-11-25T10:00:01.000+0000", "dialplan": stasis},
		{"id": "p-1", "name": "Local/112@pronto-rescue-0;1", "state": "Ringing", "creationtime": "2026-11-25T10:00:03.000+0000"},
		{"id": "p-1-far", "name": "Local/112@pronto-rescue-0;2", "state": "Ring"},
		{"id": "waits", "state": "Up", "dialplan": map[string]any{"app_name": "Wait"}},
		{"id": "forgotten", "state": "Up", "creationtime": "2026-11-25T10:00:04.000+0000", "dialplan": stasis, "channelvars": map[string]string{"PRONTO": "f"}},
	}
	f.inApp = []string{"c1", "c2", "p-1", "p-1-far"}
	f.bridges = []map[string]any{{"id": "p-x", "channels": []string{}}, {"id": "p-y", "channels": []string{"c1"}}, {"id": "other", "channels": []string{}}}
	f.answers["GET /channels/c1/variable"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"value":"one"}`)) }
	b := begin(t, f, func(o *told, found []phone.Adopted) []phone.Sink {
		sinks := make([]phone.Sink, len(found))
		sinks[0] = o.sink("one")
		sinks[3] = o.sink("four")
		return sinks
	})
	b.accept()
	b.want("found c1 tag=one bridge=p-y up=true entry=failopen", "found c2 tag=two bridge= up=true entry=",
		"found p-1 tag= bridge= up=false entry=", "found forgotten tag=f bridge= up=true entry=failopen", "link true")
	asked := map[string]bool{}
	for range 6 {
		asked[receive(t, f.asked, "a request")] = true
	}
	for _, want := range []string{
		"POST /applications/app/subscription eventSource=channel%3Aforgotten",
		"GET /channels/c1/variable variable=PRONTO", "GET /channels/p-1/variable variable=PRONTO",
		"DELETE /channels/c2 reason_code=16", "DELETE /channels/p-1 reason_code=16", "DELETE /bridges/p-x",
	} {
		if !asked[want] {
			t.Errorf("not asked: %s", want)
		}
	}
	b.event("StasisStart", "c1", `"args":[],`) // it was on its way when we listed
	b.event("ChannelDtmfReceived", "c1", `"digit":"1",`)
	b.want("one Key{Digit:49}")
}

func TestPhones(t *testing.T) {
	f := newFake(t)
	f.phones = []map[string]any{
		{"technology": "PJSIP", "resource": "op1", "state": "online"},
		{"technology": "PJSIP", "resource": "op2", "state": "offline"},
		{"technology": "PJSIP", "resource": "trunk", "state": "online"},
	}
	b := begin(t, f, nil)
	b.accept()
	b.want("operator op1 true", "operator op2 false", "link true")
	change := func(kind, name, state string) {
		b.send(`{"type":%q,"application":"app-phones","endpoint":{"technology":"PJSIP","resource":%q,"state":%q}}`, kind, name, state)
	}
	change("PeerStatusChange", "op2", "online")
	change("ContactStatusChange", "op2", "online")
	change("PeerStatusChange", "trunk", "offline")
	change("ContactStatusChange", "op1", "offline")
	b.want("operator op2 true", "operator op1 false")
	f.set(func() { f.phones = f.phones[:1] })
	b.check("drop", b.conn.CloseNow())
	b.accept()
	b.want("link false", "operator op1 true", "operator op2 false", "link true")
}

func TestRefused(t *testing.T) {
	for code, remedy := range map[int]string{
		http.StatusUnauthorized: "make user and password the same", http.StatusNotFound: "set enabled = yes",
		http.StatusServiceUnavailable: "trying again until it is there",
	} {
		f := newFake(t)
		f.refuse = code
		b := begin(t, f, nil)
		b.want("link false")
		f.set(func() { f.refuse = 0 })
		b.accept()
		b.want("link true")
		if n := strings.Count(b.log.String(), remedy); n != 1 {
			t.Errorf("%d: the remedy was told %d times, want once:\n%s", code, n, b.log)
		}
	}
}

func TestReplaced(t *testing.T) {
	b := connected(t)
	b.send(`{"type":"ApplicationReplaced","application":"app"}`)
	b.accept()
	b.want("link false", "link true")
	if !strings.Contains(b.log.String(), "another program connected") {
		t.Errorf("not told in the log:\n%s", b.log)
	}
}

// A switch whose socket stands but that answers no ping is dead.
func TestDeadSocket(t *testing.T) {
	f := newFake(t)
	f.mute = true
	b := begin(t, f, nil)
	b.accept()
	b.want("link true", "link false")
	b.accept()
}

func TestBadAddress(t *testing.T) {
	for _, u := range []string{"", "127.0.0.1:8088", "ws://x", "http://"} {
		if err := New(Config{URL: u}).Run(t.Context(), &told{}); err == nil {
			t.Errorf("Run accepts the address %q", u)
		}
	}
}

// A dial waits out a short loss; one whose answer spans a loss is looked for, because a leg without an application
// to arrive in dies untold.
