package prompts

import "time"

// request: the code is typed as soon as the question has been heard, and of what there may be to tell the longest is told.
// How long the typing takes nobody knows.
func (p *prover) request(s *station, clips []Clip) {
	p.clips(KeyAskInvalid, KeyRequestUnknown, KeyRequestDown)
	s.dwell = time.Duration(max(s.node.Tries, 1)) * (length(clips) + s.node.Wait)
	opened := p.date(KeyRequestOpenedOn)
	told := max(
		length(p.clips(KeyRequestOpen))+opened,
		length(p.clips(KeyRequestWorking))+opened,
		length(p.clips(KeyRequestClosed))+opened+p.date(KeyRequestClosedOn),
	)
	s.leave(s.node.Then, byKey, "code", length(clips)+told)
	s.leave(s.node.Otherwise, bySilence, "", s.dwell)
}

// numberDigits is the length of a telephone number that is read back: that of a mobile one.
const numberDigits = 10

// callback: the number is typed as soon as it has been asked for, and confirmed when the key for that has been named.
func (p *prover) callback(s *station, clips []Clip) {
	p.clips(callbackKeys...)
	again := length(p.clips(KeyCallbackType)) + s.node.Wait
	s.dwell = length(clips) + s.node.Wait + time.Duration(max(s.node.Tries, 1)-1)*again
	booked := length(p.clips(KeyCallbackBooked))
	if p.r.Book.Desk.Callback.Hours != "" {
		booked = max(booked, length(p.clips(KeyCallbackLater)))
	}
	readBack := length(p.clips(KeyCallbackNumber)) + numberDigits*p.digit() + named(p.clips(KeyCallbackConfirm), "1")
	s.leave(s.node.Then, byKey, "number", length(clips)+readBack+booked)
	s.leave(s.node.Otherwise, bySilence, "", s.dwell)
}

// date is the longest that the words which lead to a date take, with it; nothing where the language's dates are not known.
func (p *prover) date(words string) time.Duration {
	longest := func(key func(int) string, n int) (most time.Duration) {
		for i := 1; i <= n; i++ {
			clip := p.r.Clips[p.lang][key(i)]
			most = max(most, length([]Clip{clip}))
		}
		return most
	}
	day, month := longest(DayKey, 31), longest(func(i int) string { return MonthKey(time.Month(i)) }, 12)
	if day == 0 || month == 0 {
		return 0
	}
	return length(p.clips(words)) + day + month
}

// code is how long the code of a message's request is told, twice, and offered again.
func (p *prover) code(n Node) time.Duration {
	if !n.Request {
		return 0
	}
	return length(p.clips(KeyRequestCode, KeyRequestAgain, KeyRequestOffer)) + 2*CodeDigits*p.digit() + n.Wait
}

// digit is how long one digit takes, the longest of them.
func (p *prover) digit() (most time.Duration) {
	for digit := byte('0'); digit <= '9'; digit++ {
		most = max(most, length(p.clips(DigitKey(digit))))
	}
	return most
}
