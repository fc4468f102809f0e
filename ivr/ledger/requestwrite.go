package ledger

import "time"

const requestColumns = `code, line, channel, topic, language, state, disposition, opened, closed, due, owner, contact, reopened`

func (w *txWriter) change(c Change) error {
	if c.Open != nil {
		if err := w.openRequest(c); err != nil {
			return err
		}
	}
	exists, err := w.has(`SELECT 1 FROM requests WHERE code = ?`, c.Code)
	if err != nil || !exists {
		return err
	}
	for _, f := range c.fields() {
		n, err := w.exec(`UPDATE requests SET `+f.column+` = ? WHERE code = ?`, f.value, c.Code)
		if err != nil {
			return err
		}
		if err := w.step(n, c, f.column, f.text); err != nil {
			return err
		}
	}
	if err := w.changeState(c); err != nil {
		return err
	}
	if c.Call != "" {
		n, err := w.exec(`UPDATE calls SET request = ? WHERE id = ?`, c.Code, c.Call)
		if err != nil {
			return err
		}
		w.touched = append(w.touched, c.Call)
		if err := w.step(n, c, "call", c.Call); err != nil {
			return err
		}
	}
	if c.Note != "" {
		return w.step(1, c, "note", c.Note)
	}
	return nil
}

func (w *txWriter) openRequest(c Change) error {
	r := *c.Open
	if r.State == StageClosed && r.Closed.IsZero() {
		r.Closed = c.At
	}
	n, err := w.exec(`INSERT INTO requests (`+requestColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (code) DO NOTHING`,
		c.Code, r.Line, r.Channel, r.Topic, r.Language, string(r.State), r.Disposition, c.At.UnixMilli(), millis(r.Closed), millis(r.Due),
		r.Owner, r.Contact, r.Reopened)
	if err != nil {
		return err
	}
	if err := w.step(n, c, "opened", r.Channel); err != nil {
		return err
	}
	if r.State == StageClosed {
		c.At = r.Closed
		return w.step(n, c, "closed", r.Disposition)
	}
	return nil
}

// changed is a field that a change sets.
type changed struct {
	column string
	value  any
	text   string // of its step in the history
}

func (c *Change) fields() (fields []changed) {
	if c.Owner != nil {
		fields = append(fields, changed{"owner", *c.Owner, *c.Owner})
	}
	if c.Topic != nil {
		fields = append(fields, changed{"topic", *c.Topic, *c.Topic})
	}
	if c.Contact != nil {
		fields = append(fields, changed{"contact", *c.Contact, ""})
	}
	if c.Due != nil {
		text := ""
		if !c.Due.IsZero() {
			text = c.Due.UTC().Format(time.RFC3339)
		}
		fields = append(fields, changed{"due", millis(*c.Due), text})
	}
	return fields
}

func (w *txWriter) changeState(c Change) error {
	switch c.State {
	case "":
		if c.Disposition == "" {
			return nil
		}
		n, err := w.exec(`UPDATE requests SET disposition = ? WHERE code = ? AND state = 'closed'`, c.Disposition, c.Code)
		if err != nil {
			return err
		}
		return w.step(n, c, "disposition", c.Disposition)
	case StageClosed:
		n, err := w.exec(`UPDATE requests SET state = 'closed', closed = ?, disposition = ? WHERE code = ? AND state <> 'closed'`,
			c.At.UnixMilli(), c.Disposition, c.Code)
		if err != nil {
			return err
		}
		return w.step(n, c, "closed", c.Disposition)
	default:
		n, err := w.exec(`UPDATE requests SET closed = NULL, disposition = '', reopened = reopened + 1, state = ? WHERE code = ? AND state = 'closed'`,
			string(c.State), c.Code)
		if err != nil {
			return err
		}
		if n > 0 {
			return w.step(n, c, "reopened", "")
		}
		n, err = w.exec(`UPDATE requests SET state = ? WHERE code = ? AND state <> ?`, string(c.State), c.Code, string(c.State))
		if err != nil {
			return err
		}
		return w.step(n, c, string(c.State), "")
	}
}

// step adds to the history of a request of which n rows were changed: none, no step.
func (w *txWriter) step(n int64, c Change, kind, text string) error {
	if n == 0 {
		return nil
	}
	return w.later(`INSERT INTO request_steps (request, at, author, kind, text) VALUES (?,?,?,?,?)`, nil, c.Code, c.At.UnixMilli(), c.By, kind, text)
}
