package phonetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pronto/ivr/phone"
)

func typeName(v any) string { return fmt.Sprintf("%T", v) }

var cases = []struct {
	name string
	run  func(*testing.T, *stage)
}{
	{"Answer", testAnswer},
	{"CallerLeavesBeforeAnswer", testCallerLeavesBeforeAnswer},
	{"Play", testPlay},
	{"PlayQueued", testPlayQueued},
	{"StopPlay", testStopPlay},
	{"PlayMissingSound", testPlayMissing},
	{"KeysDuringPlay", testKeys},
	{"HangupDuringPlay", testHangupDuringPlay},
	{"HangupByUs", testHangupByUs},
	{"VerbsOnGoneLeg", testGone},
	{"Music", testMusic},
	{"Record", testRecord},
	{"RecordStopped", testRecordStopped},
	{"HangupDuringRecord", testHangupDuringRecord},
	{"DialAnswered", testDialAnswered},
	{"DialRefused", testDialRefused},
	{"DialNoAnswer", testDialNoAnswer},
	{"DialUnreachable", testDialUnreachable},
	{"DialWithdrawn", testDialWithdrawn},
	{"DialRescue", testDialRescue},
	{"Bridge", testBridge},
	{"BridgedPartyLeaves", testBridgedPartyLeaves},
	{"TwoConversations", testTwoConversations},
	{"ManyCallers", testManyCallers},
	{"KeysInConversation", testKeysInConversation},
	{"PlayInBridge", testPlayInBridge},
	{"Part", testPart},
	{"PartDuringPlay", testPartDuringPlay},
	{"ThreeParties", testThreeParties},
	{"Move", testMove},
	{"ListenWhisperJoin", testListen},
	{"ListenerEnds", testListenerEnds},
	{"RecordBridge", testRecordBridge},
	{"RecordBridgeAdopted", testRecordBridgeAdopted},
	{"DialNumbers", testDialNumbers},
	{"OperatorCalls", testOperatorCalls},
	{"OperatorCallAdopted", testOperatorCallAdopted},
	{"Accounts", testAccounts},
	{"AdoptListener", testAdoptListener},
	{"AdoptAfterRestart", testAdopt},
	{"AdoptBridge", testAdoptBridge},
	{"AdoptDeclined", testAdoptDeclined},
	{"LinkDrops", testLinkDrops},
	{"LegEndsWhileLinkIsDown", testEndsWhileDown},
	{"OperatorPresence", testPresence},
}

func testAnswer(t *testing.T, s *stage) {
	l, who := s.arrive("0612345001")
	info := l.Info()
	if info.Caller != "0612345001" || info.Called != "800840840" || info.Entry != "" {
		t.Errorf("the leg says it is %+v", info)
	}
	if info.Created.IsZero() || l.ID() == "" || l.Switch() != s.sw.Name() {
		t.Errorf("leg %q of switch %q, made at %v", l.ID(), l.Switch(), info.Created)
	}
	s.ok("answer", l.Answer(s.soon()))
	s.closed("the caller to be answered", who.Answered())
	s.ok("answer again", l.Answer(s.soon()))
	s.ok("hang up", l.Hangup(s.soon(), phone.CauseNormal))
	s.ended(l)
}

func testCallerLeavesBeforeAnswer(t *testing.T, s *stage) {
	l, who := s.arrive("0612345002")
	s.ok("give up", who.Hangup())
	if ended := s.ended(l); !ended.Remote || ended.Lost {
		t.Errorf("a caller gave up: %+v", ended)
	}
}

func testPlay(t *testing.T, s *stage) {
	l, who := s.caller("0612345003")
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Short(), s.h.Short()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Short()))
	done := waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == l.ID()+"-s1" })
	if done.Failed {
		t.Error("the sound is said to have failed")
	}
	s.ok("play another", l.Play(s.soon(), l.ID()+"-s2", []string{s.h.Short()}))
	waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == l.ID()+"-s2" })
	if n := count(l, func(d phone.PlayDone) bool { return true }); n != 2 {
		t.Errorf("two playbacks ended %d times", n)
	}
}

func testPlayQueued(t *testing.T, s *stage) {
	l, who := s.caller("0612345103")
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Short()}))
	s.ok("play behind it", l.Play(s.soon(), l.ID()+"-s2", []string{s.h.Long()}))
	s.ok("hear the first", who.HearsSound(s.soon(), s.h.Short()))
	s.ok("hear the second", who.HearsSound(s.soon(), s.h.Long()))
	waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == l.ID()+"-s1" && !d.Failed })
	if n := count[phone.PlayDone](l, nil); n != 1 {
		t.Errorf("%d playbacks ended while the second one is heard", n)
	}
	s.ok("stop", l.StopPlay(s.soon(), l.ID()+"-s2"))
	waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == l.ID()+"-s2" && !d.Failed })
}

func testStopPlay(t *testing.T, s *stage) {
	l, who := s.caller("0612345004")
	id := l.ID() + "-s1"
	s.ok("play", l.Play(s.soon(), id, []string{s.h.Long(), s.h.Short()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("stop", l.StopPlay(s.soon(), id))
	if done := waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == id }); done.Failed {
		t.Error("a sound that was stopped is said to have failed")
	}
	s.ok("hear nothing", who.HearsNothing(s.soon()))
	s.ok("stop again", l.StopPlay(s.soon(), id))
	s.ok("stop what never was", l.StopPlay(s.soon(), l.ID()+"-s9"))
	if n := count[phone.PlayDone](l, nil); n != 1 {
		t.Errorf("one playback ended %d times", n)
	}
}

func testPlayMissing(t *testing.T, s *stage) {
	l, who := s.caller("0612345005")
	for i, sounds := range [][]string{
		{s.h.Missing()},
		{s.h.Short(), s.h.Missing()},
		{s.h.Missing(), s.h.Short()},
	} {
		id := fmt.Sprintf("%s-s%d", l.ID(), i)
		s.ok("play", l.Play(s.soon(), id, sounds))
		done := waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == id })
		// Asterisk tells of the last sound alone; one that is missing before it is passed over in silence.
		if last := sounds[len(sounds)-1]; last == s.h.Missing() && !done.Failed {
			t.Errorf("%v is not said to have failed", sounds)
		}
		if n := count(l, func(d phone.PlayDone) bool { return d.ID == id }); n != 1 {
			t.Errorf("%v ended %d times", sounds, n)
		}
	}
	s.ok("play on", l.Play(s.soon(), l.ID()+"-s9", []string{s.h.Long()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
}

func testKeys(t *testing.T, s *stage) {
	l, who := s.caller("0612345006")
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
	const keys = "112233*0#"
	s.ok("press", who.Press(keys))
	got := ""
	waitFor(t, l, func(k phone.Key) bool {
		return count[phone.Key](l, nil) >= len(keys)
	})
	events, _ := l.events.all()
	for _, ev := range events {
		if k, ok := ev.(phone.Key); ok {
			got += string(k.Digit)
		}
	}
	if got != keys {
		t.Errorf("pressed %s, came %s", keys, got)
	}
}

func testHangupDuringPlay(t *testing.T, s *stage) {
	l, who := s.caller("0612345007")
	id := l.ID() + "-s1"
	s.ok("play", l.Play(s.soon(), id, []string{s.h.Long()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("hang up", who.Hangup())
	ended := s.ended(l)
	if !ended.Remote || ended.Lost || ended.Cause != phone.CauseNormal {
		t.Errorf("the caller hung up: %+v", ended)
	}
	if n := count(l, func(d phone.PlayDone) bool { return d.ID == id }); n != 1 {
		t.Errorf("the playback ended %d times before the leg", n)
	}
}

func testHangupByUs(t *testing.T, s *stage) {
	l, who := s.caller("0612345008")
	s.ok("hang up", l.Hangup(s.soon(), phone.CauseNormal))
	s.closed("the caller's end", who.Done())
	if ended := s.ended(l); ended.Remote || ended.Lost {
		t.Errorf("we hung up: %+v", ended)
	}
	s.ok("hang up again", l.Hangup(s.soon(), phone.CauseNormal))
}

func testGone(t *testing.T, s *stage) {
	l, who := s.caller("0612345009")
	s.ok("hang up", who.Hangup())
	s.ended(l)
	ctx := s.soon()
	for verb, err := range map[string]error{
		"Play":   l.Play(ctx, l.ID()+"-s1", []string{s.h.Short()}),
		"Answer": l.Answer(ctx),
		"Tag":    l.Tag(ctx, "x"),
		"Music":  l.Music(ctx, true),
		"Record": l.Record(ctx, "rec-"+l.ID(), time.Second),
		"Bridge": s.sw.Bridge(ctx, "p-"+l.ID(), l.Leg),
	} {
		if !errors.Is(err, phone.ErrGone) {
			t.Errorf("%s on a leg that is gone: %v, want ErrGone", verb, err)
		}
	}
	s.ok("stop a sound that is gone", l.StopPlay(ctx, l.ID()+"-s1"))
	s.ok("stop a recording that is gone", l.StopRecord(ctx, "rec-"+l.ID()))
	s.ok("hang up a leg that is gone", l.Hangup(ctx, phone.CauseNormal))
	s.ok("part a bridge that is gone", s.sw.Unbridge(ctx, "p-"+l.ID()))
	s.ended(l)
}

func testMusic(t *testing.T, s *stage) {
	l, who := s.caller("0612345010")
	s.ok("music", l.Music(s.soon(), true))
	s.ok("hear it", who.HearsMusic(s.soon()))
	s.ok("tag meanwhile", l.Tag(s.soon(), "waiting"))
	s.ok("play over it", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Short()}))
	s.ok("hear the sound", who.HearsSound(s.soon(), s.h.Short()))
	waitFor(t, l, func(d phone.PlayDone) bool { return !d.Failed })
	s.ok("the music has stopped for good", who.HearsNothing(s.soon()))
	s.ok("music again", l.Music(s.soon(), true))
	s.ok("hear it again", who.HearsMusic(s.soon()))
	s.ok("no music", l.Music(s.soon(), false))
	s.ok("hear nothing", who.HearsNothing(s.soon()))
	s.ok("no music again", l.Music(s.soon(), false))
}

func testRecord(t *testing.T, s *stage) {
	l, _ := s.caller("0612345011")
	s.ok("record", l.Record(s.soon(), "rec-"+l.ID(), 2*time.Second))
	done := waitFor[phone.RecordDone](t, l, nil)
	if done.Name != "rec-"+l.ID() || done.Failed || done.Length < time.Second || done.Length > 3*time.Second {
		t.Errorf("two seconds were recorded: %+v", done)
	}
	s.ok("stop what has ended", l.StopRecord(s.soon(), "rec-"+l.ID()))
	s.ok("hang up", l.Hangup(s.soon(), phone.CauseNormal))
	s.ended(l)
	if n := count[phone.RecordDone](l, nil); n != 1 {
		t.Errorf("one recording ended %d times", n)
	}
}

func testRecordStopped(t *testing.T, s *stage) {
	l, who := s.caller("0612345012")
	s.ok("record", l.Record(s.soon(), "rec-"+l.ID(), time.Minute))
	s.ok("talk", who.Talk(2500*time.Millisecond))
	s.ok("stop", l.StopRecord(s.soon(), "rec-"+l.ID()))
	if done := waitFor[phone.RecordDone](t, l, nil); done.Failed || done.Length < time.Second {
		t.Errorf("two and a half seconds were recorded: %+v", done)
	}
	s.ok("stop again", l.StopRecord(s.soon(), "rec-"+l.ID()))
}

func testHangupDuringRecord(t *testing.T, s *stage) {
	l, who := s.caller("0612345013")
	s.ok("record", l.Record(s.soon(), "rec-"+l.ID(), time.Minute))
	s.ok("talk", who.Talk(2500*time.Millisecond))
	s.ok("hang up", who.Hangup())
	if ended := s.ended(l); !ended.Remote {
		t.Errorf("the caller hung up: %+v", ended)
	}
	if done := waitFor[phone.RecordDone](t, l, nil); done.Failed || done.Length < time.Second {
		t.Errorf("two and a half seconds were recorded: %+v", done)
	}
	if n := count[phone.RecordDone](l, nil); n != 1 {
		t.Errorf("one recording ended %d times", n)
	}
}
