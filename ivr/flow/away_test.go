package flow_test

import (
	"testing"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

// awayBook has a queue with keys, comfort messages and an apology, and waiting times to tell.
func awayBook() *prompts.Book {
	book := testBook()
	n := book.Nodes["operator"]
	n.Keys = map[string]string{"2": "mailbox", "3": "topics", "4": "danger", "5": "report", "6": "alerts"}
	n.Comfort, n.Every, n.Apology = []string{"comfort-a", "comfort-b"}, time.Minute, "apology"
	book.Nodes["operator"] = n
	book.Nodes["report"] = prompts.Node{Name: "report", Kind: prompts.KindQueue, Say: []string{"report-wait"}, Topic: "report", Closed: "mailbox", Full: "full"}
	topics := book.Nodes["topics"]
	topics.Keys["0"], topics.Keys["5"] = "operator", "report"
	book.Nodes["topics"] = topics
	book.Desk.Bands = []prompts.Band{{High: 2 * time.Minute, Say: "wait-2"}, {Low: 2 * time.Minute, High: 5 * time.Minute, Say: "wait-5"}}
	return book
}

func awayRelease() *prompts.Release {
	r := release(awayBook())
	for _, lang := range r.Book.Line.Languages {
		for _, key := range []string{"comfort-a", "comfort-b", "apology", "wait-2", "wait-5", prompts.KeyQueueTurn} {
			r.Clips[lang][key] = prompts.Clip{Key: key, File: lang + "/" + key, Seconds: 4}
		}
	}
	return r
}

func waiting(t *testing.T) *caller {
	return newCaller(t, awayRelease()).arrive().keys("0").heard().did("music(true)").at("operator", flow.PhaseQueued)
}

func TestAnnounceWaitingTime(t *testing.T) {
	c := waiting(t).tell(flow.Announce{Position: 3, Band: 1}).did("say(queue-position/3 wait-5)").heard()
	c.tell(flow.Announce{Position: 5, Band: 0}).did("say(queue-position/3 wait-2)").heard().did("music(true)")
	c.tell(flow.Announce{Position: 2, Band: 7}).did("say(queue-position/2)") // of another book
	newCaller(t, awayRelease()).arrive().keys("0").tell(flow.Announce{Position: 4, Band: 0}).did("").heard().did("say(queue-position/4 wait-2)")
	newCaller(t, awayRelease()).arrive().keys("0").tell(flow.Announce{Position: 4, Band: -1}).did("").heard().did("say(queue-position/4)")
}

func TestComfort(t *testing.T) {
	t.Run("in turn, each after its time", func(t *testing.T) {
		c := waiting(t)
		since := c.s.Queued
		for _, want := range []string{"comfort-a", "comfort-b", "comfort-a"} {
			c.silence().did("say(" + want + ")").heard().did("music(true)")
		}
		if got := c.now.Sub(since); got != 3*64*time.Second {
			t.Errorf("three messages took %v", got)
		}
	})
	t.Run("announcements do not put it off", func(t *testing.T) {
		c := waiting(t)
		for range 3 {
			c.after(15 * time.Second).tell(flow.Announce{Position: 2, Band: -1}).heard()
		}
		c.silence().did("say(comfort-a)")
		if got := c.now.Sub(c.s.Queued); got != 64*time.Second { // due at 60, but not at the heels of the announcement that ended at 61
			t.Errorf("said after %v", got)
		}
	})
	t.Run("a place that comes meanwhile is told behind it", func(t *testing.T) {
		waiting(t).silence().tell(flow.Announce{Position: 2, Band: -1}).did("").heard().did("say(queue-position/2)")
	})
	t.Run("after a restart it goes on", func(t *testing.T) {
		c := waiting(t).after(30 * time.Second).tell(flow.Resumed{Alone: true}).did("queue(information again=true) music(true)").silence().did("say(comfort-a)")
		if got := c.now.Sub(c.s.Queued); got != time.Minute {
			t.Errorf("said after %v", got)
		}
	})
	t.Run("a sound that ends early is no comfort", func(t *testing.T) {
		c := newCaller(t, awayRelease()).arrive().keys("0").after(time.Second).tell(flow.Said{ID: 2}).did("").silence().did("music(true)")
		c.silence().did("say(comfort-a)")
	})
}

func TestKeysWhileWaiting(t *testing.T) {
	r := awayRelease()
	for name, before := range map[string]func(*caller) *caller{
		"the text":        func(c *caller) *caller { return c.arrive().keys("0") },
		"music":           func(c *caller) *caller { return c.arrive().keys("0").heard() },
		"an announcement": func(c *caller) *caller { return c.arrive().keys("0").heard().tell(flow.Announce{Position: 2, Band: 1}) },
		"comfort":         func(c *caller) *caller { return c.arrive().keys("0").heard().silence() },
	} {
		t.Run(name, func(t *testing.T) {
			c := before(newCaller(t, r))
			since := c.s.Queued
			c.keys("8*").at("operator", flow.PhaseQueued) // not its keys
			c.keys("3").at("topics", flow.PhaseSaying)
			if c.s.Away != "operator" || !c.s.Queued.Equal(since) {
				t.Errorf("away from %q, queued since %v", c.s.Away, c.s.Queued)
			}
			c.outcome(flow.AbandonedQueue, "away")
			c.after(time.Minute).keys("0").did("hush back say(please-wait)").at("operator", flow.PhaseQueued)
			if c.s.Away != "" || !c.s.Queued.Equal(since) {
				t.Errorf("away from %q, queued since %v", c.s.Away, c.s.Queued)
			}
		})
	}
}

func TestAway(t *testing.T) {
	away := func(t *testing.T, key string) *caller { return waiting(t).after(10 * time.Second).keys(key) }
	t.Run("silence leads back, too, at night as well", func(t *testing.T) {
		c := away(t, "3").did("music(false) away say(topics)").after(9 * time.Hour).heard().silence().heard().silence()
		c.did("back say(please-wait)").at("operator", flow.PhaseQueued)
	})
	t.Run("back to another queue: the same place, another topic", func(t *testing.T) {
		c := away(t, "3")
		since := c.s.Queued
		c.keys("5").did("hush queue(report again=true) say(report-wait)").at("report", flow.PhaseQueued)
		if !c.s.Queued.Equal(since) || c.s.Topic != "report" {
			t.Errorf("since %v, topic %s", c.s.Queued, c.s.Topic)
		}
		away(t, "5").did("music(false) away queue(report again=true) say(report-wait)")
	})
	t.Run("fetched from a menu and from a text", func(t *testing.T) {
		for _, key := range []string{"3", "6"} {
			c := away(t, key).tell(flow.Fetch{}).did("hush back say(queue-turn)").at("operator", flow.PhaseQueued)
			c.tell(flow.Connected{Operator: "op1"}).did("hush music(false) bridge").outcome(flow.Served, "")
		}
		c := away(t, "3").heard().at("topics", flow.PhaseWaiting).tell(flow.Fetch{}).did("back say(queue-turn)").heard().did("music(true)")
		if c.s.Topic != "information" {
			t.Errorf("topic %s", c.s.Topic)
		}
	})
	t.Run("fetched from the text before a recording, not from the recording", func(t *testing.T) {
		away(t, "2").tell(flow.Fetch{}).did("hush back say(queue-turn)")
		c := away(t, "2").heard().did("record").tell(flow.Fetch{}).did("").after(5 * time.Second)
		c.tell(flow.Recorded{Length: 5 * time.Second}).did("unqueue say(message-thanks)").outcome(flow.Message, "")
		if wait, ok := c.s.WaitTime(c.now); !ok || wait < 15*time.Second || wait > 30*time.Second {
			t.Errorf("waited %v %v", wait, ok)
		}
	})
	t.Run("not from the rescue advice; the next node that may be left is left", func(t *testing.T) {
		c := waiting(t)
		n := c.r.Book.Nodes["danger"]
		n.Then = "topics"
		c.r.Book.Nodes["danger"] = n
		c.keys("4").did("music(false) away say(danger dial-112 dial-112 rescue-offer)").tell(flow.Fetch{}).did("").heard().did("")
		c.silence().did("back say(queue-turn)").at("operator", flow.PhaseQueued).outcome(flow.Redirected, "advised")
	})
	t.Run("connected with the rescue number, the ticket is given back", func(t *testing.T) {
		away(t, "4").heard().keys("1").tell(flow.RescueUp{}).did("hush unqueue music(false) bridge").outcome(flow.Redirected, "connected")
	})
	t.Run("the last words give it back", func(t *testing.T) {
		c := away(t, "6").heard().did("unqueue say(goodbye)").outcome(flow.Informed, "")
		c.tell(flow.Fetch{}).did("")
	})
	t.Run("an operator took the call as the caller went", func(t *testing.T) {
		away(t, "3").tell(flow.Connected{Operator: "op1"}).did("hush music(false) bridge").at("operator", flow.PhaseTalking).outcome(flow.Served, "")
		away(t, "4").tell(flow.Connected{Operator: "op1"}).did("").at("danger", flow.PhaseSaying)
	})
	t.Run("the desk keeps the ticket no more", func(t *testing.T) {
		c := away(t, "3").tell(flow.Refused{Why: flow.RefusedNobody}).did("").at("topics", flow.PhaseSaying)
		c.keys("0").did("hush queue(information again=false) say(please-wait)")
	})
	t.Run("resumed", func(t *testing.T) {
		c := away(t, "3").tell(flow.Resumed{Alone: true}).did("say(topics)")
		if c.s.Away != "operator" {
			t.Errorf("away from %q", c.s.Away)
		}
		c.tell(flow.Fetch{}).did("hush back say(queue-turn)")
	})
	t.Run("served, and again", func(t *testing.T) {
		c := away(t, "3").keys("0").tell(flow.Connected{Operator: "op1"}).after(time.Minute).tell(flow.OperatorLeft{})
		if wait, _ := c.s.WaitTime(c.now.Add(time.Hour)); wait < 10*time.Second || wait > 20*time.Second {
			t.Errorf("waited %v", wait)
		}
	})
}

func TestPlaceKept(t *testing.T) {
	before := t0.Add(-3 * time.Minute)
	c := newCaller(t, awayRelease()).arrive().keys("0").tell(flow.Kept{Since: before, Position: 2}).did("").heard().did("music(true)")
	c.tell(flow.Announce{Position: 9, Band: -1}).did("say(queue-position/2)").heard()
	c.tell(flow.Resumed{Alone: true}).did("queue(information again=true) music(true)")
	if !c.s.Queued.Equal(before) {
		t.Errorf("waits since %v", c.s.Queued)
	}
	if c.silence().did("say(comfort-a)"); c.now.Sub(t0) < time.Minute {
		t.Errorf("comfort after %v", c.now.Sub(t0))
	}
	newCaller(t, awayRelease()).arrive().tell(flow.Kept{Since: before}).did("").at("welcome", flow.PhaseSaying)
}

func TestOperatorLost(t *testing.T) {
	talking := func(t *testing.T) *caller {
		return waiting(t).after(30 * time.Second).tell(flow.Connected{Operator: "op1"}).after(time.Minute)
	}
	requeued := func(c *caller, topic, operator string, dropped bool) {
		c.t.Helper()
		for _, a := range c.out {
			if r, ok := a.(flow.Requeue); ok && (r.Topic != topic || r.For != operator || r.Dropped != dropped || r.Class != c.r.Book.Topics[topic].Class) {
				c.t.Errorf("requeued as %+v", r)
			}
		}
	}
	c := talking(t)
	since := c.s.Queued
	c.tell(flow.OperatorDropped{}).did("requeue say(apology)").at("operator", flow.PhaseQueued).heard().did("music(true)").outcome(flow.Served, "")
	if wait, _ := c.s.WaitTime(c.now); wait != 34*time.Second || !c.s.Queued.Equal(since) {
		t.Errorf("waited %v for the first answer, queued since %v", wait, c.s.Queued)
	}
	c = talking(t).tell(flow.OperatorDropped{})
	requeued(c, "information", "", true)
	c.heard().after(time.Minute).tell(flow.Connected{Operator: "op2"}).after(time.Minute).tell(flow.OperatorLeft{}).did("hangup")
	if talk := c.s.TalkTime(c.now); talk != 2*time.Minute {
		t.Errorf("talked for %v", talk)
	}
	c = talking(t).tell(flow.OperatorDropped{}).heard().keys("3").at("topics", flow.PhaseSaying).keys("0").did("hush back say(please-wait)")
	if !c.s.Queued.Before(c.now.Add(-time.Minute)) {
		t.Errorf("the place is lost: %v", c.s.Queued)
	}
	c = talking(t).tell(flow.Transferred{Topic: "report"}).did("requeue say(please-wait)")
	requeued(c, "report", "", false)
	c = talking(t).tell(flow.Transferred{For: "op2"}).did("requeue say(please-wait)")
	requeued(c, "information", "op2", false)
	c = talking(t).tell(flow.Transferred{Topic: "no such"})
	requeued(c, "information", "", false)
	waiting(t).tell(flow.OperatorDropped{}).did("").tell(flow.Transferred{}).did("")
	talking(t).tell(flow.Resumed{Alone: true}).did("queue(information again=true) say(apology)")
}
