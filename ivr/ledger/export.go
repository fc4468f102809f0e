package ledger

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Columns are the names of what WriteCSV and WriteJSON write of a call, in order (DESIGN.md section 8).
func Columns() []string {
	var names []string
	for _, c := range columns() {
		names = append(names, c.name)
	}
	return names
}

// column is a field of the export. Its value is a string, or a number with its unit in the name; ok: it applies.
type column struct {
	name   string
	number bool // in JSON
	null   bool // in JSON, what does not apply is null
	value  func(c *Call) (text string, ok bool)
}

func text(name string, value func(c *Call) string) column {
	return column{name: name, value: func(c *Call) (string, bool) { v := value(c); return v, v != "" }}
}

func moment(name string, value func(c *Call) time.Time) column {
	return column{name: name, null: true, value: func(c *Call) (string, bool) {
		t := value(c)
		return t.UTC().Format("2006-01-02T15:04:05.000Z"), !t.IsZero()
	}}
}

func seconds(name string, value func(c *Call) (time.Duration, bool)) column {
	return column{name: name, number: true, null: true, value: func(c *Call) (string, bool) {
		d, ok := value(c)
		return strconv.FormatFloat(d.Seconds(), 'f', 3, 64), ok
	}}
}

func columns() []column {
	return []column{
		text("call_id", func(c *Call) string { return c.ID }),
		text("line", func(c *Call) string { return c.Line }),
		text("switch", func(c *Call) string { return c.Switch }),
		moment("started_at", func(c *Call) time.Time { return c.Started }),
		moment("answered_at", func(c *Call) time.Time { return c.Answered }),
		moment("ended_at", func(c *Call) time.Time { return c.Ended }),
		text("caller", func(c *Call) string { return c.Caller }),
		text("language", func(c *Call) string { return c.Language }),
		text("release", func(c *Call) string { return c.Release }),
		text("path", func(c *Call) string { return c.Path }),
		text("topic", func(c *Call) string { return c.Topic }),
		text("outcome", func(c *Call) string { return c.Outcome }),
		text("detail", func(c *Call) string { return c.Detail }),
		text("rescue_number", func(c *Call) string { return c.RescueNumber }),
		seconds("queue_wait_s", func(c *Call) (time.Duration, bool) { return c.QueueWait, c.Queued }),
		text("operator", func(c *Call) string { return c.Operator }),
		seconds("talk_s", func(c *Call) (time.Duration, bool) { return c.Talk, c.Talk > 0 || c.Operator != "" }),
		seconds("wrapup_s", func(c *Call) (time.Duration, bool) { return c.WrapUp, c.WrapUp > 0 }),
		text("disposition", func(c *Call) string { return c.Disposition }),
		text("request", func(c *Call) string { return c.Request }),
		text("ended_by", func(c *Call) string { return c.EndedBy }),
		text("cause", func(c *Call) string { return c.Cause }),
	}
}

// WriteCSV writes the calls as CSV, quoted by RFC 4180, with a header line; what does not apply is empty. Lines end with
// LF alone, which every reader of CSV takes and the tools of the command line need. A value that a
// spreadsheet would take for a formula (it begins with = + - @, a tab or a line's end; the caller's number is the
// caller's to choose) gets an apostrophe in front, but not a plain telephone number like +390612345.
func WriteCSV(w io.Writer, calls iter.Seq2[Call, error]) error {
	buf := bufio.NewWriterSize(w, 1<<16)
	out := csv.NewWriter(buf)
	if err := out.Write(Columns()); err != nil {
		return fmt.Errorf("write the calls: %w", err)
	}
	cols := columns()
	row := make([]string, len(cols))
	for c, err := range calls {
		if err != nil {
			return err
		}
		for i, col := range cols {
			v, ok := col.value(&c)
			if !ok {
				v = ""
			}
			row[i] = harmless(v)
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write the calls: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the calls: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write the calls: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet from computing v.
func harmless(v string) string {
	v = strings.ToValidUTF8(v, "\uFFFD")
	if v == "" || !strings.ContainsRune("=+-@\t\r\n", rune(v[0])) {
		return v
	}
	if v[0] == '+' && len(v) > 1 && strings.Trim(v[1:], "0123456789") == "" {
		return v
	}
	return "'" + v
}

// WriteJSON writes the calls as one JSON array of objects with the columns' names, a call to a line; what does not
// apply is "" or, for times and seconds, null; seconds are numbers with three decimals.
func WriteJSON(w io.Writer, calls iter.Seq2[Call, error]) error {
	buf := bufio.NewWriterSize(w, 1<<16)
	sep := "[\n"
	cols := columns()
	var line []byte
	for c, err := range calls {
		if err != nil {
			return err
		}
		line = append(line[:0], sep...)
		sep = ",\n"
		if line, err = appendJSON(line, cols, &c); err != nil {
			return err
		}
		if _, err := buf.Write(line); err != nil {
			return fmt.Errorf("write the calls: %w", err)
		}
	}
	end := "\n]\n"
	if sep == "[\n" {
		end = "[]\n"
	}
	if _, err := buf.WriteString(end); err != nil {
		return fmt.Errorf("write the calls: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write the calls: %w", err)
	}
	return nil
}

func appendJSON(line []byte, cols []column, c *Call) ([]byte, error) {
	for i, col := range cols {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		line = append(line, sep, '"')
		line = append(line, col.name...)
		line = append(line, '"', ':')
		v, ok := col.value(c)
		switch {
		case !ok && col.null:
			line = append(line, "null"...)
		case col.number:
			line = append(line, v...)
		default:
			var quoted bytes.Buffer
			enc := json.NewEncoder(&quoted)
			enc.SetEscapeHTML(false) // the path has ">" in it
			if err := enc.Encode(v); err != nil {
				return nil, fmt.Errorf("write a call: %w", err)
			}
			line = append(line, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
		}
	}
	return append(line, '}'), nil
}
