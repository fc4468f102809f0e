package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Languages are those that reports are written in, the first by default.
func Languages() []string { return []string{"it", "en"} }

// words are the report's texts in one language, by key.
type words struct {
	lang string
	text map[string]string
}

func wordsFor(lang string) words {
	if lang == "en" {
		return words{"en", english()}
	}
	return words{"it", italian()}
}

func (w words) of(key string) string {
	if t, ok := w.text[key]; ok {
		return t
	}
	return key
}

// label is a row's name in print.
func (w words) label(s *Sheet, r *Row) string {
	switch {
	case r.Label != "":
		return r.Label
	case s.Named || r.Key == "all":
		if t, ok := w.text["row."+s.Key+"."+r.Key]; ok { // a word that means something else there
			return t
		}
		return w.of("row." + r.Key)
	case r.Key == "":
		return w.of("row.none." + s.Key)
	default:
		return r.Key
	}
}

// note is an explanation with what it names filled in.
func (w words) note(key string, o Options) string {
	return strings.NewReplacer(
		"{formula}", o.Formula.String(), "{threshold}", w.seconds(o.Threshold.Seconds()), "{short}", w.seconds(o.Short.Seconds()),
		"{days}", strconv.Itoa(o.Within),
	).Replace(w.of(key))
}

// value is a figure as people read it.
func (w words) value(v Value) string {
	switch v.Unit {
	case Count:
		return w.number(v.Number, 0)
	case Percent:
		return w.number(v.Number, v.Decimals) + "%"
	case Seconds:
		return w.seconds(v.Number)
	case Text:
		return v.Text
	}
	return w.of("no_data")
}

// seconds are told in seconds up to a minute, then in minutes and seconds, then in hours.
func (w words) seconds(s float64) string {
	d := time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond)
	switch {
	case d < time.Minute:
		decimals := 1
		if d%time.Second == 0 {
			decimals = 0
		}
		return w.number(d.Seconds(), decimals) + " s"
	case d.Round(time.Second) < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d:%02d min", int(d.Minutes()), int(d.Seconds())%60)
	default:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d:%02d:%02d h", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
	}
}

// number groups thousands as the language does.
func (w words) number(n float64, decimals int) string {
	thousands, point := ".", ","
	if w.lang == "en" {
		thousands, point = ",", "."
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(n, 'f', decimals, 64), ".")
	sign := ""
	if whole[0] == '-' {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		fraction = point + fraction
	}
	return sign + b.String() + fraction
}

// period is what the report is about: days where it begins and ends at midnight.
func (w words) period(o Options) string {
	from, to := o.From.In(o.Zone), o.To.In(o.Zone)
	layout := "02/01/2006 15:04"
	if w.lang == "en" {
		layout = "2 January 2006 15:04"
	}
	if midnight(from) && midnight(to) {
		layout, to = strings.TrimSuffix(layout, " 15:04"), to.AddDate(0, 0, -1)
	}
	if first, last := from.Format(layout), to.Format(layout); first != last {
		return first + " – " + last
	}
	return from.Format(layout)
}

func midnight(t time.Time) bool { return t.Hour()+t.Minute()+t.Second()+t.Nanosecond() == 0 }
