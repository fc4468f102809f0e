package asterisk

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"pronto/ivr/phone"
)

// event is what the line needs of any event, in one struct: decoding it is three times cheaper than ari.DecodeEvent,
// which reads the JSON twice, and an unknown type is no error.
type event struct {
	Type      string   `json:"type"`
	Timestamp string   `json:"timestamp"`
	App       string   `json:"application"`
	Args      []string `json:"args"`
	Digit     string   `json:"digit"`
	Cause     int      `json:"cause"`
	TechCause int      `json:"tech_cause"`
	Channel   channel  `json:"channel"`
	Playback  struct {
		ID     string `json:"id"`
		Target string `json:"target_uri"`
		State  string `json:"state"`
	} `json:"playback"`
	Recording struct {
		Name     string `json:"name"`
		Target   string `json:"target_uri"`
		State    string `json:"state"`
		Duration int    `json:"duration"` // whole seconds of voice that arrived, rounded down
	} `json:"recording"`
	Endpoint ari.EndpointData `json:"endpoint"`
}

// channel is a channel as events and GET /channels show it. ari.ChannelData lacks the application's arguments.
type channel struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	State  string `json:"state"`
	Caller struct {
		Number string `json:"number"`
	} `json:"caller"`
	Dialplan struct {
		Exten string `json:"exten"`
		App   string `json:"app_name"`
		Data  string `json:"app_data"`
	} `json:"dialplan"`
	Created string            `json:"creationtime"`
	Vars    map[string]string `json:"channelvars"`
}

// operatorEntry is the dialplan's first argument for a call from an operator's phone; the second is whose.
const operatorEntry = "operator"

const (
	stateUp      = "Up"
	stateRinging = "Ringing"
	stampLayout  = "2006-01-02T15:04:05.000-0700"
)

// The types of events that the line asks for; the switch is told to send no other.
var (
	callEvents = []string{
		ari.Events.StasisStart, ari.Events.StasisEnd, ari.Events.ChannelDestroyed, ari.Events.ChannelHangupRequest,
		ari.Events.ChannelStateChange, ari.Events.ChannelDtmfReceived, ari.Events.PlaybackFinished,
		ari.Events.RecordingFinished, ari.Events.RecordingFailed, ari.Events.ApplicationReplaced,
	}
	// EndpointStateChange also comes at each call of the endpoint; these two at registrations only.
	phoneEvents = []string{ari.Events.PeerStatusChange, ari.Events.ContactStatusChange, ari.Events.ApplicationReplaced}
)

// decode reads an event. An error with a type still leaves what could be read.
func decode(data []byte) (event, error) {
	var ev event
	err := json.Unmarshal(data, &ev)
	return ev, err
}

// info reads what is known of an incoming leg. In Stasis the dialplan's position still tells what was dialled, and
// the application's data are its name and the arguments.
func (c *channel) info(args []string) phone.Info {
	created, _ := time.Parse(stampLayout, c.Created)
	in := phone.Info{Caller: number(c.Caller.Number), Called: c.Dialplan.Exten, Created: created}
	if len(args) > 0 {
		in.Entry = args[0]
	}
	if in.Entry == operatorEntry {
		in.Entry = ""
		if len(args) > 1 {
			in.Operator = args[1]
		}
	}
	return in
}

// args are the arguments of the Stasis application that the channel is in.
func (c *channel) args() []string {
	if c.Dialplan.App != "Stasis" {
		return nil
	}
	if _, rest, ok := strings.Cut(c.Dialplan.Data, ","); ok {
		return strings.Split(rest, ",")
	}
	return nil
}

// inStasis tells that the channel's dialplan stands at our application.
func (c *channel) inStasis(app string) bool {
	name, _, _ := strings.Cut(c.Dialplan.Data, ",")
	return c.Dialplan.App == "Stasis" && name == app
}

// number maps what networks send for a withheld number to "".
func number(n string) string {
	switch strings.ToLower(n) {
	case "anonymous", "unknown", "unavailable", "restricted", "private":
		return ""
	}
	return n
}

// target returns the channel of a playback's or recording's target_uri, "" if it is a bridge.
func target(uri string) string {
	id, ok := strings.CutPrefix(uri, "channel:")
	if !ok {
		return ""
	}
	return id
}
