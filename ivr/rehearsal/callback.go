package rehearsal

import (
	"pronto/ivr/flow"
)

// bookCallback is the line's answer to a wish to be called back. The number, which may have been typed, is not shown.
func (c *Call) bookCallback(a flow.BookCallback) {
	if c.setting.Booked && c.booked == "" || c.booked == a.Number {
		c.tell(Moment{Kind: KindCallback, What: "is owed already"})
		c.put(flow.Booked{Why: flow.CallbackAlready})
		return
	}
	c.booked = a.Number
	own, _ := c.release.Book.CallbackNumber(c.setting.Caller)
	text := "another number"
	if own == a.Number {
		text = "his own number"
	}
	what := "booked"
	if !a.NotBefore.IsZero() {
		what = "booked for " + c.release.Book.Local(a.NotBefore).Format("2006-01-02T15:04")
	}
	c.tell(Moment{Kind: KindCallback, Text: text, What: what})
	c.put(flow.Booked{})
}
