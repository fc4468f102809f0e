package prompts

import (
	"time"

	"pronto/prompts/wording"
)

// Desk is how the line's desk works.
type Desk struct {
	Hours    string        // name of the opening hours; "" is always
	Ring     time.Duration // how long an operator's phone rings; default 15s
	WrapUp   time.Duration // after a conversation; default 0
	Capacity int           // tickets that may wait; one more is "full"; default 300
	Announce time.Duration // between two announcements of the position; default 30s
	Position string        // the text with {n}; default "queue-position"; rendered for 1..MaxPosition
	Many     string        // the text beyond; default "queue-position-many"
	Music    string        // MusicAll (default) or MusicNone
	Strategy string        // one of Strategies; default "longest-idle"

	// TierAfter is how long a caller waits before one more tier of operators is asked, for the strategy tiers; default 20s.
	TierAfter time.Duration `json:",omitempty"`
	// Ageing is how much longer a caller of one class must have waited to go before one of the next better class; default
	// 10m, 0s is never.
	Ageing time.Duration `json:",omitempty"`
	// Relax is what a caller who waits does without, in the end. Default: the language after 1m, the topic's skills after 2m.
	Relax []Relax `json:",omitempty"`
	// Misses are the offers missed in a row that pause an operator; default 2, 0 is never.
	Misses int `json:",omitempty"`
	// Unstaffed is how long callers wait on when the last operator has gone, before their queue's nobody; default 1m.
	Unstaffed time.Duration `json:",omitempty"`
	// Bands are the waiting times that callers can be told. None: none is told.
	Bands []Band `json:",omitempty"`

	Callback  Callback  `json:",omitzero"`
	Safety    Safety    `json:",omitzero"`
	Missed    Missed    `json:",omitzero"`
	Recording Recording `json:",omitzero"`
}

// Strategies are how the desk chooses an operator.
var Strategies = []string{"longest-idle", "ring-all", "round-robin", "tiers"}

// Relax is a step of asking less of an operator: after some waiting, a caller does without "language" or "topic".
type Relax struct {
	After   time.Duration
	Without string
}

// Band is a waiting time that callers can be told, from now on, and the text that tells it.
type Band struct {
	Low, High time.Duration
	Say       string
}

// Callback is how callers who asked for it are called back.
type Callback struct {
	Hours     string        // when citizens may be called; "" is always
	Countries []string      // whose numbers may be dialled, as ISO 3166-1: IT; default IT
	Tries     int           // default 3
	Again     time.Duration // between two tries; default 15m
	Longest   time.Duration // a callback that is older is given up; default 24h
}

// Safety is about callers who may be in danger and were cut off or fell silent.
type Safety struct {
	Deadline time.Duration // until when somebody should have looked after them; default 10m
}

// Missed is about callers who gave up waiting.
type Missed struct {
	After time.Duration // who has waited longer is listed to be called back; default 1m
}

// Recording says which conversations are recorded: none by default.
type Recording struct {
	Topics []string `json:",omitempty"`
	Notice string   `json:",omitempty"` // the text that tells it, right before
	Refuse string   `json:",omitempty"` // the key with which a caller refuses
}

func (c *checker) deskForm() form {
	d := &c.book.Desk
	desk := func(key string) wording.Sentence { return wording.Name("desk." + key) }
	return c.block(wording.Name("desk"),
		field{"hours", false, c.ref(desk("hours"), "hours", &d.Hours), tell("The opening hours of the desk. Without them it is always open.")},
		field{"ring", false, c.duration(desk("ring"), 5*time.Second, 2*time.Minute, &d.Ring), tell("How long an operator's phone rings before the next one is tried. Default 15s.")},
		field{"wrap-up", false, c.duration(desk("wrap-up"), 0, 30*time.Minute, &d.WrapUp), tell("How long an operator has after a conversation. Default 0s.")},
		field{"capacity", false, c.whole(desk("capacity"), 1, 100_000, &d.Capacity), tell("How many callers may wait; one more finds the desk full. Default 300.")},
		field{"announce", false, c.duration(desk("announce"), 10*time.Second, 10*time.Minute, &d.Announce), tell("How long it is between two announcements of the position. Default 30s.")},
		field{"position", false, c.text(desk("position"), &d.Position), tell("The text that tells the position; it has {n} where the number belongs. Default queue-position.")},
		field{"many", false, c.text(desk("many"), &d.Many), tell("The text for positions beyond the last that is told. Default queue-position-many.")},
		field{"music", false, c.choice(desk("music"), &d.Music, []string{MusicAll, MusicNone}, func(where at, text string) {
			c.fault(where, tell("desk.music is %q", text), tell("write all (everybody who waits hears music) or none (they wait in silence between announcements)"))
		}), tell("all: who waits hears music. none: silence between announcements. Default all.")},
		field{"strategy", false, c.oneOf(desk("strategy"), &d.Strategy, Strategies, noStrategy), tell("Who is rung. longest-idle: who has waited longest for a call. ring-all: everybody at once. round-robin: one after the other, by name. tiers: the first tier, then the next one, too. Default longest-idle.")},
		field{"tier-after", false, c.duration(desk("tier-after"), 0, time.Hour, &d.TierAfter), tell("With tiers: how long a caller waits before one more tier is rung. Default 20s.")},
		field{"ageing", false, c.duration(desk("ageing"), 0, 24*time.Hour, &d.Ageing), tell("How much longer somebody must have waited to go before a caller of the next better class; 0s: never. Default 10m.")},
		field{"relax", false, c.relaxForm(), tell("What callers do without in the end, so that nobody waits for ever. Default: the language after 1m, the topic's skills after 2m.")},
		field{"misses", false, c.whole(desk("misses"), 0, 100, &d.Misses), tell("How many calls in a row an operator may miss before he is paused; 0: any number. Default 2.")},
		field{"unstaffed", false, c.duration(desk("unstaffed"), 0, time.Hour, &d.Unstaffed), tell("How long callers wait on when the last operator has gone, before they go where nobody of their queue leads; 0s: for ever. Default 1m.")},
		field{"bands", false, c.bandsForm(), tell("The waiting times that callers can be told. The narrowest that holds is told, and none when little is known. Default: none.")},
		field{"callback", false, c.callbackForm(), tell("How callers are called back who have asked for it.")},
		field{"safety", false, c.block(desk("safety"),
			field{"deadline", true, c.duration(desk("safety.deadline"), time.Minute, 24*time.Hour, &d.Safety.Deadline), tell("Within what time somebody looks after them.")},
		), tell("Callers who chose danger, or a topic with safety, and were cut off or fell silent. Default: 10m.")},
		field{"missed", false, c.block(desk("missed"),
			field{"after", true, c.duration(desk("missed.after"), 0, time.Hour, &d.Missed.After), tell("Who gave up after this time is called back.")},
		), tell("Callers who gave up waiting. Default: 1m.")},
		field{"recording", false, c.recordingForm(), tell("Conversations that are recorded. Default: none.")},
	)
}

// oneOf reads one of a few words; wrong tells of another one.
func (c *checker) oneOf(what wording.Sentence, to *string, words []string, wrong func(text string) wording.Sentence) form {
	return c.choice(what, to, words, func(where at, text string) {
		c.fault(where, wrong(text), suggest(c.nearest(text, words), words))
	})
}

func noStrategy(text string) wording.Sentence {
	return tell("the desk does not know the strategy %q", text)
}

func noWithout(text string) wording.Sentence { return tell("a caller can not do without %q", text) }

// blocks reads a list of blocks of keys. fresh makes the fields of the next one, done is told when it has been read.
func (c *checker) blocks(what wording.Sentence, fresh func() []field, done func(*value)) form {
	return form{
		func(v *value) {
			if !c.is(v, what, shapeList) {
				return
			}
			for _, item := range v.items {
				if entry := tell("an entry of %s", what); c.is(item, entry, shapeObject) {
					c.fields(item, item.at, entry, fresh()...)
					done(item)
				}
			}
		},
		func() *schema { return &schema{Type: types("array"), Items: objectOf(fresh())} },
	}
}

var withouts = []string{"language", "topic"}

func (c *checker) relaxForm() form {
	d := &c.book.Desk
	what := wording.Name("desk.relax")
	var r Relax
	list := c.blocks(what, func() []field {
		r = Relax{}
		return []field{
			{"after", true, c.duration(under(what, "after"), 0, 24*time.Hour, &r.After), tell("After how much waiting.")},
			{"without", true, c.oneOf(under(what, "without"), &r.Without, withouts, noWithout), tell("language: the caller's language. topic: the skills that his topic wants.")},
		}
	}, func(*value) { d.Relax = append(d.Relax, r) })
	return form{func(v *value) {
		d.Relax = nil
		list.read(v)
	}, list.schema}
}

// maxBands bounds what is rendered of them in each language.
const maxBands = 20

func (c *checker) bandsForm() form {
	d := &c.book.Desk
	what := wording.Name("desk.bands")
	var b Band
	return c.blocks(what, func() []field {
		b = Band{}
		return []field{
			{"low", true, c.duration(under(what, "low"), 0, 24*time.Hour, &b.Low), tell("The waiting time is at least this.")},
			{"high", true, c.duration(under(what, "high"), time.Second, 24*time.Hour, &b.High), tell("It is at most this.")},
			{"say", true, c.text(under(what, "say"), &b.Say), tell("The text that tells it: a whole sentence.")},
		}
	}, func(item *value) {
		if high := item.get("high"); high != nil && b.High > 0 && b.High <= b.Low {
			c.fault(high.at, tell("a waiting time ends before it begins"), tell("high is more than low"))
		}
		d.Bands = append(d.Bands, b)
	}).also(func(v *value) {
		if len(d.Bands) > maxBands {
			c.fault(v.at, tell("there are more than %d waiting times", maxBands), tell("a caller needs no finer ones: remove some"))
		}
	}).says(func(s *schema) { s.Most = maxBands })
}

func (c *checker) callbackForm() form {
	b := &c.book.Desk.Callback
	callback := func(key string) wording.Sentence { return wording.Name("desk.callback." + key) }
	return c.block(wording.Name("desk.callback"),
		field{"hours", false, c.ref(callback("hours"), "hours", &b.Hours), tell("When citizens may be called. Without them: always.")},
		field{"countries", false, c.countriesForm(), tell("Whose numbers may be called: IT, SM, VA. Expensive numbers never are. Default IT.")},
		field{"tries", false, c.whole(callback("tries"), 1, 10, &b.Tries), tell("How often a citizen who does not answer is called. Default 3.")},
		field{"again", false, c.duration(callback("again"), time.Minute, 24*time.Hour, &b.Again), tell("How long it is between two tries. Default 15m.")},
		field{"longest", false, c.duration(callback("longest"), 10*time.Minute, 7*24*time.Hour, &b.Longest), tell("When a callback is too old to be of use. Default 24h.")},
	)
}

func (c *checker) recordingForm() form {
	r := &c.book.Desk.Recording
	recording := func(key string) wording.Sentence { return wording.Name("desk.recording." + key) }
	topics := c.list(recording("topics"), item(`\S`, func(item *value) {
		c.refs = append(c.refs, reference{at: item.at, name: item.text, what: "topic"})
		r.Topics = append(r.Topics, item.text)
	}))
	return c.block(wording.Name("desk.recording"),
		field{"topics", true, topics, tell("The topics of the conversations that are recorded.")},
		field{"notice", true, c.text(recording("notice"), &r.Notice), tell("The text that tells it, right before, with the key to refuse.")},
		field{"refuse-key", true, c.like(recording("refuse-key"), &r.Refuse, keyPattern, func(where at, text string) {
			c.fault(where, tell("%q is not a key of a telephone", text), tell("one of 0-9, * and #, in quotes"))
		}), tell("The key with which a caller refuses it.")},
	)
}

// defaultDesk fills in what the book leaves out; what may be nothing has been filled in before it was read.
func (c *checker) defaultDesk() {
	d := &c.book.Desk
	if d.Ring == 0 {
		d.Ring = 15 * time.Second
	}
	if d.Capacity == 0 {
		d.Capacity = 300
	}
	if d.Announce == 0 {
		d.Announce = 30 * time.Second
	}
	if d.Position == "" {
		d.Position = "queue-position"
	}
	if d.Many == "" {
		d.Many = "queue-position-many"
	}
	if d.Music == "" {
		d.Music = MusicAll
	}
	if d.Strategy == "" {
		d.Strategy = Strategies[0]
	}
	if len(d.Callback.Countries) == 0 {
		d.Callback.Countries = []string{homeRegion}
	}
}

// desk is what the desk does where the book says nothing.
func desk() Desk {
	return Desk{
		TierAfter: 20 * time.Second, Ageing: 10 * time.Minute, Misses: 2, Unstaffed: time.Minute,
		Relax:    []Relax{{time.Minute, "language"}, {2 * time.Minute, "topic"}},
		Callback: Callback{Tries: 3, Again: 15 * time.Minute, Longest: 24 * time.Hour},
		Safety:   Safety{Deadline: 10 * time.Minute},
		Missed:   Missed{After: time.Minute},
	}
}
