package prompts

import (
	"slices"
)

// TwinNode is a step of a call.
type TwinNode struct {
	Name  string `json:"name"`
	Kind  Kind   `json:"kind"`
	Topic string `json:"topic,omitempty"`
	// Title is what a caller chose to come here, taken from the menu's own words. A language may be missing.
	Title Words `json:"title"`
	// Say is what is said: on entering, in this order, the texts without When; the others when their time comes.
	Say     []TwinText   `json:"say"`
	Choices []TwinChoice `json:"choices"`
	// Exits are where a caller comes without choosing, in the order in which they are tried.
	Exits []TwinExit `json:"exits"`
	// Now is where a branch leads at this moment; "" where that depends on the caller.
	Now string `json:"now,omitempty"`

	Tries   int     `json:"tries,omitempty"`     // how often it asks
	Wait    float64 `json:"wait_s,omitempty"`    // silence before it asks again
	Longest float64 `json:"longest_s,omitempty"` // of a message
	Min     int     `json:"min_digits,omitempty"`
	Max     int     `json:"max_digits,omitempty"`
	Rescue  string  `json:"rescue,omitempty"`        // the name of the number that it tells
	Request bool    `json:"opens_request,omitempty"` // the message opens a request, whose code the caller is told
	Office  string  `json:"office,omitempty"`        // the name of the office whose number it tells
}

// TwinText is something that is said.
type TwinText struct {
	Key string `json:"key"`
	// When is the moment, if it is not that of entering: see the constants. "area " and a name: to callers from there.
	When string `json:"when,omitempty"`
	// Language: it is said in this one whatever the caller's; Others: only to callers of other languages.
	Language string `json:"language,omitempty"`
	Others   bool   `json:"others_only,omitempty"`
	Text     Words  `json:"text"`
}

// When a text is said, if not on entering.
const (
	WhenInvalid    = "invalid"      // a key was pressed that has no meaning
	WhenArea       = "area "        // with a name: the caller is from there
	WhenOffer      = "offer"        // after the advice
	WhenConnecting = "connecting"   // the rescue number is dialled
	WhenFailed     = "failed"       // nobody was reached there
	WhenRecorded   = "recorded"     // the message is kept
	WhenPosition   = "position"     // now and then while waiting; {n} is the place
	WhenMany       = "many"         // the same, far from the head of the queue
	WhenBand       = "wait"         // with it, if a waiting time is told
	WhenWaiting    = "waiting"      // now and then while waiting, in turn
	WhenTurn       = "turn"         // the turn has come of who is elsewhere
	WhenLost       = "lost"         // the operator was lost, the caller waits again
	WhenReadBack   = "read_back"    // before the digits that were typed
	WhenConfirm    = "confirm"      // after them
	WhenNoEntry    = "not_an_entry" // too few or too many digits

	WhenBooked    = "booked"         // the callback is booked
	WhenLater     = "booked_later"   // the same, out of the hours in which citizens are called
	WhenAlready   = "booked_already" // there is one for the number
	WhenNotBooked = "not_booked"     // none can be booked now

	WhenCode        = "code"        // the message has opened a request: before its code, which follows digit by digit
	WhenCodeAgain   = "code_again"  // the same, a second time
	WhenCodeOffer   = "code_offer"  // after the code
	WhenUnknown     = "unknown"     // no request has the code that was typed
	WhenUnavailable = "unavailable" // nothing can be looked up now
	WhenState       = "request "    // with open, in_progress or closed: that is how the request stands
	WhenOpenedOn    = "opened_on"   // before the date on which it came in
	WhenClosedOn    = "closed_on"   // before the date on which it was closed
)

// TwinChoice is a key that a caller may press.
type TwinChoice struct {
	Key string `json:"key"`
	To  string `json:"to,omitempty"` // a node
	// Language is the one that is spoken from then on.
	Language string `json:"language,omitempty"`
	// Rescue is the name of the number that the caller is connected to.
	Rescue string `json:"rescue,omitempty"`
	// Label is what the menu calls it. A language may be missing.
	Label Words `json:"label"`
}

// TwinExit is a step that is taken without a key.
type TwinExit struct {
	// When is then, otherwise, closed, full or nobody as in the book, or what a branch looks at.
	When string `json:"when"`
	Is   string `json:"is,omitempty"` // the case of a branch
	To   string `json:"to"`
}

// nodes are those that can be reached, breadth first.
func (w twinWriter) nodes() []TwinNode {
	b := w.r.Book
	out := []TwinNode{}
	titles, topics := map[string]Words{}, map[string]string{}
	seen := map[string]bool{b.Start: true}
	for next := []string{b.Start}; len(next) > 0; next = next[1:] {
		node, ok := b.Nodes[next[0]]
		if !ok {
			continue
		}
		n := w.node(node, topics[node.Name])
		if n.Title = titles[n.Name]; n.Title == nil {
			n.Title = Words{}
		}
		lead := func(to string, title Words) {
			if to == "" || seen[to] {
				return
			}
			seen[to], titles[to], topics[to] = true, title, n.Topic
			next = append(next, to)
		}
		for _, c := range n.Choices {
			lead(c.To, c.Label)
		}
		for _, e := range n.Exits {
			passed := Words{}
			if n.Kind == KindBranch || n.Kind == KindGoto {
				passed = n.Title // nothing was said in between
			}
			lead(e.To, passed)
		}
		out = append(out, n)
	}
	return out
}

// node is one; before is the topic that the caller comes with.
func (w twinWriter) node(node Node, before string) TwinNode {
	n := TwinNode{
		Name: node.Name, Kind: node.Kind, Topic: node.Topic, Say: []TwinText{}, Choices: w.choices(node), Exits: exits(node),
		Office: node.Office,
	}
	if n.Topic == "" {
		n.Topic = before
	}
	n.Say = append(n.Say, w.entering(node, n.Topic)...)
	n.Say = append(n.Say, w.later(node)...)
	switch node.Kind { //nolint:exhaustive // the others have nothing beside what they say and where they lead
	case KindMenu, KindLanguage, KindAsk, KindRequest, KindCallback:
		n.Tries, n.Wait = node.Tries, node.Wait.Seconds()
	case KindMessage:
		n.Longest, n.Request = node.Longest.Seconds(), node.Request
	case KindRescue:
		n.Wait, n.Rescue = node.Wait.Seconds(), node.Use
	case KindBranch:
		n.Now = w.branches(node, n.Topic)
	}
	switch node.Kind { //nolint:exhaustive // nothing is typed at the others
	case KindAsk:
		n.Min, n.Max = node.Min, node.Max
	case KindRequest:
		n.Min, n.Max = CodeDigits, CodeDigits
	}
	return n
}

// exits are the ways out of a node that are named in the book, of whatever kind it is.
func exits(node Node) []TwinExit {
	out := []TwinExit{}
	for _, c := range node.Cases {
		out = append(out, TwinExit{When: node.On, Is: c.Is, To: c.Then})
	}
	for _, e := range []TwinExit{
		{When: "then", To: node.Then},
		{When: "closed", To: node.Closed},
		{When: "full", To: node.Full},
		{When: "nobody", To: node.Nobody},
		{When: "otherwise", To: node.Otherwise},
	} {
		if e.To != "" {
			out = append(out, e)
		}
	}
	return out
}

// choices are the keys that a node takes.
func (w twinWriter) choices(node Node) []TwinChoice {
	out := []TwinChoice{}
	keys := sortedKeys(node.Keys)
	slices.SortStableFunc(keys, func(a, b string) int { return boolOrder(a == "0", b == "0") }) // as a telephone has them
	for _, key := range keys {
		c := TwinChoice{Key: key, To: node.Keys[key], Label: w.labels(slices.Concat(node.Say, node.Comfort), key, keys)}
		if node.Kind == KindLanguage {
			c.Language, c.To = node.Keys[key], node.Then
		}
		out = append(out, c)
	}
	switch {
	case node.Kind == KindRescue:
		out = append(out, TwinChoice{Key: "1", Rescue: node.Use, Label: w.labels([]string{KeyRescueOffer}, "1", []string{"1"})})
	case node.Kind == KindMessage && node.Request: // the code again
		out = append(out, TwinChoice{Key: "1", To: node.Name, Label: w.labels([]string{KeyRequestOffer}, "1", []string{"1"})})
	case node.Kind == KindCallback:
		out = append(out, TwinChoice{Key: "1", To: node.Then, Label: w.labels([]string{KeyCallbackConfirm}, "1", []string{"1", "2"})})
	case node.Kind == KindAsk && node.Confirm:
		out = append(out, TwinChoice{Key: "1", To: node.Then, Label: w.labels([]string{KeyAskConfirm}, "1", []string{"1", "2"})})
	}
	return out
}

// entering is what a node says on entering.
func (w twinWriter) entering(node Node, topic string) []TwinText {
	var out []TwinText
	for _, key := range node.Say {
		if node.Kind == KindLanguage { // each voice for itself, in the order of the keys
			for _, digit := range sortedKeys(node.Keys) {
				out = append(out, w.in(node.Keys[digit], key, false))
			}
			continue
		}
		if lang, text, own := OwnVoice(key); own {
			out = append(out, w.in(lang, text, true))
			continue
		}
		t := w.said(key, "")
		if key == KeyAlert && w.alert != nil && w.alert.Concerns(w.r.Book, "", topic) {
			t.Text = w.message()
		}
		out = append(out, t)
	}
	switch node.Kind { //nolint:exhaustive // the others say their texts
	case KindRescue:
		rescue := w.r.Book.Rescue[node.Use]
		out = append(out, w.said(rescue.Say, ""))
		for _, area := range sortedKeys(rescue.Areas) {
			out = append(out, w.said(rescue.Areas[area].Say, WhenArea+area))
		}
	case KindCallback: // unless his own number is known, which is offered
		out = append(out, w.said(KeyCallbackType, ""))
	case KindDirectory:
		out = append(out, w.said(w.r.Book.Directory[node.Office].Say, ""))
	}
	return out
}

// later is what the program says at a node when its time comes.
func (w twinWriter) later(node Node) []TwinText {
	switch node.Kind { //nolint:exhaustive // the others say nothing later
	case KindMenu, KindLanguage:
		return []TwinText{w.said(KeyInvalid, WhenInvalid)}
	case KindAsk:
		out := []TwinText{w.said(KeyAskInvalid, WhenNoEntry)}
		if node.Confirm {
			out = append(out, w.said(KeyAskRead, WhenReadBack), w.said(KeyAskConfirm, WhenConfirm), w.said(KeyInvalid, WhenInvalid))
		}
		return out
	case KindRequest:
		return []TwinText{
			w.said(KeyRequestOpen, WhenState+"open"), w.said(KeyRequestWorking, WhenState+"in_progress"), w.said(KeyRequestClosed, WhenState+"closed"),
			w.said(KeyRequestOpenedOn, WhenOpenedOn), w.said(KeyRequestClosedOn, WhenClosedOn), w.said(KeyRequestUnknown, WhenUnknown),
			w.said(KeyRequestDown, WhenUnavailable), w.said(KeyAskInvalid, WhenNoEntry),
		}
	case KindCallback:
		return []TwinText{
			w.said(KeyCallbackNumber, WhenReadBack), w.said(KeyCallbackConfirm, WhenConfirm), w.said(KeyCallbackRefused, WhenNoEntry),
			w.said(KeyCallbackBooked, WhenBooked), w.said(KeyCallbackLater, WhenLater), w.said(KeyCallbackAlready, WhenAlready),
			w.said(KeyCallbackFailed, WhenNotBooked), w.said(KeyInvalid, WhenInvalid),
		}
	case KindQueue:
		return w.waiting(node)
	case KindRescue:
		return []TwinText{
			w.said(KeyRescueOffer, WhenOffer), w.said(KeyRescueConnecting, WhenConnecting), w.said(KeyRescueFailed, WhenFailed),
		}
	case KindMessage:
		out := []TwinText{w.said(KeyMessageThanks, WhenRecorded)}
		if node.Request {
			out = append(out, w.said(KeyRequestCode, WhenCode), w.said(KeyRequestAgain, WhenCodeAgain), w.said(KeyRequestOffer, WhenCodeOffer))
		}
		return out
	}
	return nil
}

// waiting is what callers of a queue hear now and then.
func (w twinWriter) waiting(node Node) []TwinText {
	desk := w.r.Book.Desk
	out := []TwinText{w.said(desk.Position, WhenPosition), w.said(desk.Many, WhenMany)}
	for _, band := range desk.Bands {
		out = append(out, w.said(band.Say, WhenBand))
	}
	for _, key := range node.Comfort {
		out = append(out, w.said(key, WhenWaiting))
	}
	if node.Apology != "" {
		out = append(out, w.said(node.Apology, WhenLost))
	}
	if len(node.Keys) > 0 {
		out = append(out, w.said(KeyQueueTurn, WhenTurn))
	}
	return out
}

func (w twinWriter) said(key, when string) TwinText {
	return TwinText{Key: key, When: when, Text: w.words(key)}
}

// in is a text in one language for all.
func (w twinWriter) in(lang, key string, others bool) TwinText {
	t := TwinText{Key: key, Language: lang, Others: others, Text: Words{}}
	if clip, ok := w.r.Clips[lang][key]; ok {
		t.Text[lang] = clip.Text
	}
	return t
}

// branches is where a branch leads now, "" where that is another matter for each caller.
func (w twinWriter) branches(node Node, topic string) string {
	b := w.r.Book
	for _, c := range node.Cases {
		holds := false
		switch node.On {
		case OnHours:
			holds = b.Open(c.Is, w.now) || w.alert.Opens(topic, w.now)
		case OnHolidays:
			holds = b.Holiday(c.Is, w.now)
		case OnAlert:
			holds = w.alert != nil && w.alert.Concerns(b, "", topic)
		default:
			return ""
		}
		if holds {
			return c.Then
		}
	}
	return node.Otherwise
}

// Leads is the node where a caller who goes to name comes to something to hear or to do, as far as that can be told without
// knowing more of him than his language: it goes through gotos and branches.
func (t Twin) Leads(name, lang string) string {
	byName := map[string]int{}
	for i, n := range t.Nodes {
		byName[n.Name] = i
	}
	for range t.Nodes {
		i, ok := byName[name]
		if !ok {
			return name
		}
		to := t.Nodes[i].onward(lang)
		if to == "" {
			return name
		}
		name = to
	}
	return name
}

// onward is where a node leads at once; "" if it says or asks something, or it depends.
func (n TwinNode) onward(lang string) string {
	switch {
	case n.Kind == KindGoto && len(n.Exits) > 0:
		return n.Exits[0].To
	case n.Kind != KindBranch:
		return ""
	case len(n.Exits) > 0 && n.Exits[0].When != OnLanguage:
		return n.Now
	}
	for _, e := range n.Exits {
		if e.Is == lang || e.When == "otherwise" {
			return e.To
		}
	}
	return ""
}
