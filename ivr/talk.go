package ivr

// talk is how a conversation stands, beside the operator who has it: a value, so that what a command does to it can be
// told without a telephone. It is not written down anywhere: after a restart it is read off the switch. Whoever is in the
// call's bridge talks; a caller who is not in it is on hold.
type talk struct {
	Held  bool // the caller hears music
	Guest guest
	// Rescue: the guest is the rescue number. Blind: the operator leaves as soon as it answers.
	Rescue, Blind bool
}

// guest is the third party of a conversation.
type guest int

const (
	noGuest guest = iota
	guestRings
	guestTalks
)

// move is one thing that the shell does to the legs of a conversation.
type move int

// The moves.
const (
	hold          move = iota // the caller leaves the bridge and hears music
	take                      // the caller joins the bridge
	ring                      // the guest is dialled
	joinGuest                 // the guest, who has answered, joins the bridge
	dropGuest                 // the guest is hung up
	handOver                  // the guest has the conversation; the operator leaves
	leave                     // the operator leaves, the caller waits again
	endCall                   // the caller is hung up
	backToRelease             // the caller goes on in the release
)

// plan is what a command does to a conversation, or why it can not be.
func (t talk) plan(v Verb) ([]move, *ErrCommand) {
	switch v {
	case Hold:
		if t.Held {
			return nil, refuse("the caller is on hold already")
		}
		return []move{hold}, nil
	case Resume:
		return t.resume()
	case Consult:
		return t.invite(false)
	case RescueConference, RescueBlind:
		return t.invite(true)
	case Complete:
		if t.Guest != guestTalks {
			return nil, refuse("nobody has answered to whom the caller could be handed over")
		}
		return append(t.taken(), handOver), nil
	case Back:
		if t.Guest == noGuest {
			return nil, refuse("there is no colleague on the line")
		}
		return append([]move{dropGuest}, t.taken()...), nil
	case ConferenceOfAll:
		if t.Guest != guestTalks {
			return nil, refuse("nobody has answered with whom there could be a conference")
		}
		return t.taken(), nil
	case TransferOperator, TransferTopic:
		if t.Guest != noGuest {
			return nil, refuse("there is a colleague on the line: take the caller back first, or hand him over")
		}
		return []move{leave}, nil
	case Drop:
		return []move{endCall}, nil
	}
	return nil, refuse("there is no command %q", v)
}

// taken brings a caller who is on hold back.
func (t talk) taken() []move {
	if t.Held {
		return []move{take}
	}
	return nil
}

func (t talk) resume() ([]move, *ErrCommand) {
	switch {
	case !t.Held:
		return nil, refuse("the caller is not on hold")
	case t.Guest != noGuest:
		return nil, refuse("a colleague is on the line: choose a conference, or take the caller back without him")
	}
	return []move{take}, nil
}

// invite: a colleague is asked while the caller hears music; the rescue number while all hear each other.
func (t talk) invite(rescue bool) ([]move, *ErrCommand) {
	switch {
	case t.Guest != noGuest:
		return nil, refuse("there is somebody on the line already")
	case rescue:
		return append(t.taken(), ring), nil
	case t.Held:
		return []move{ring}, nil
	}
	return []move{hold, ring}, nil
}

// answered: the guest took the call.
func (t talk) answered() []move {
	if t.Blind {
		return []move{joinGuest, handOver}
	}
	return []move{joinGuest}
}

// guestGone: he did not answer, or hung up. Nobody is left alone with the music.
func (t talk) guestGone() []move { return t.taken() }

// operatorGone: the operator hung up. Whom he had brought in has the conversation.
func (t talk) operatorGone() []move {
	switch t.Guest {
	case guestTalks:
		return append(t.taken(), handOver)
	case guestRings:
		return []move{dropGuest, backToRelease}
	case noGuest:
	}
	return []move{backToRelease}
}
