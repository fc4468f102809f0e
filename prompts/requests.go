package prompts

import (
	"strconv"
	"strings"
	"time"
)

// DayKey is the key of the clip that says a day of the month as it stands in a date, MonthKey that of the month behind it:
// "the third of" "November". They are in every release of a book that tells dates, in the languages whose dates are known.
func DayKey(day int) string { return "day/" + strconv.Itoa(day) }

// MonthKey is the key of a month's clip.
func MonthKey(month time.Month) string { return "month/" + strconv.Itoa(int(month)) }

// dates are the clips that dates are made of. A sentence for each day of the year would be five times as many.
func dates(lang string) []job {
	t, ok := tongues[lang]
	if !ok {
		return nil // nothing is known of its dates: callers are told the state without them
	}
	jobs := make([]job, 0, 31+12)
	for day := 1; day <= 31; day++ {
		jobs = append(jobs, job{key: DayKey(day), text: strings.TrimSuffix(t.date(t, day, 1, 0), " "+t.months[0])})
	}
	for i, month := range t.months {
		jobs = append(jobs, job{key: MonthKey(time.Month(i + 1)), text: month})
	}
	return jobs
}

// asks: a caller at such a node has to press something, and who does not goes on by otherwise.
func (k Kind) asks() bool {
	return k == KindMenu || k == KindLanguage || k == KindAsk || k == KindRequest || k == KindCallback
}

func (b *Book) has(kind Kind) bool {
	for _, n := range b.Nodes {
		if n.Kind == kind {
			return true
		}
	}
	return false
}

// opensRequests says whether a message of the book opens a request.
func (b *Book) opensRequests() bool {
	for _, n := range b.Nodes {
		if n.Kind == KindMessage && n.Request {
			return true
		}
	}
	return false
}
