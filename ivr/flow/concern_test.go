package flow_test

import (
	"testing"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

func TestConcern(t *testing.T) {
	r := callbackRelease("")
	report := r.Book.Topics["report"]
	report.Safety = true
	r.Book.Topics["report"] = report
	menu := r.Book.Nodes["topics"]
	menu.Keys["6"] = "report-box"
	r.Book.Nodes["topics"] = menu
	r.Book.Nodes["report-box"] = prompts.Node{Name: "report-box", Kind: prompts.KindMessage, Say: []string{"leave-message"}, Topic: "report", Longest: time.Minute, Then: "goodbye"}
	arrive := func() *caller { return newCaller(t, r).tell(flow.Arrived{Number: "3331234567"}) }
	const s = time.Second
	for _, test := range []struct {
		name      string
		call      *caller
		hung, cut flow.Concern // he hangs up; the call is cut
	}{
		{"in the menu", arrive(), flow.Concern{}, flow.Concern{}},
		{"informed", arrive().keys("21").heard(), flow.Concern{}, flow.Concern{}},
		{"waits for information", arrive().keys("0").heard(), flow.Concern{}, flow.Concern{}},
		{"talks about information", arrive().keys("0").tell(flow.Connected{Operator: "op1"}), flow.Concern{}, flow.Concern{"cut", "cut"}},
		{"hears the advice", arrive().keys("1").after(2 * s), flow.Concern{}, flow.Concern{"danger", "cut"}},
		{"has heard the advice", arrive().keys("1").after(9 * s), flow.Concern{}, flow.Concern{}},
		{"is offered to be connected", arrive().keys("1").heard().after(3 * s), flow.Concern{}, flow.Concern{}},
		{"says nothing to that", arrive().keys("1").heard().silence(), flow.Concern{"danger", "silent"}, flow.Concern{"danger", "silent"}},
		{"is connected", arrive().keys("1").heard().keys("1").tell(flow.RescueUp{}), flow.Concern{}, flow.Concern{}},
		{"dials in vain", arrive().keys("1").after(2 * s).keys("1"), flow.Concern{}, flow.Concern{"danger", "cut"}},
		{"waits to report", arrive().keys("25").heard(), flow.Concern{"danger", "hung_up_in_queue"}, flow.Concern{"danger", "cut"}},
		{"reports", arrive().keys("25").tell(flow.Connected{Operator: "op1"}), flow.Concern{}, flow.Concern{"danger", "cut"}},
		{"has reported", arrive().keys("25").tell(flow.Connected{Operator: "op1"}).tell(flow.OperatorLeft{}), flow.Concern{}, flow.Concern{}},
		{"chose danger while waiting", arrive().keys("0").heard().keys("4").after(9 * s), flow.Concern{"danger", "hung_up_in_queue"}, flow.Concern{"danger", "hung_up_in_queue"}},
		{"went from the queue to the advice, and is silent", arrive().keys("0").heard().keys("4").after(9 * s).heard().silence(), flow.Concern{"danger", "silent"}, flow.Concern{"danger", "silent"}},
		{"speaks to the recording", arrive().keys("26").heard().after(5 * s), flow.Concern{}, flow.Concern{}},
		{"says nothing to it", arrive().keys("26").heard().after(1 * s).tell(flow.Recorded{Length: s}), flow.Concern{"danger", "silent"}, flow.Concern{"danger", "cut"}},
		{"hears its text", arrive().keys("26"), flow.Concern{}, flow.Concern{"danger", "cut"}},
	} {
		for cut, want := range map[bool]flow.Concern{false: test.hung, true: test.cut} {
			got, some := flow.ConcernFor(test.call.s, cut, test.call.now)
			if got != want || some != (want != flow.Concern{}) {
				t.Errorf("%s, cut %v: %v, want %v", test.name, cut, got, want)
			}
			if kept, _ := flow.ConcernFor(test.call.s.Public(), cut, test.call.now); kept != got {
				t.Errorf("%s, cut %v: %v by what the ledger keeps", test.name, cut, kept)
			}
		}
	}
}
