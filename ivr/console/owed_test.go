package console

import (
	"strings"
	"testing"
	"time"

	"pronto/ivr/ledger"
)

func TestFollowUps(t *testing.T) {
	o := openOffice(t)
	now := time.Now()
	for id, deadline := range map[string]time.Time{"late": now.Add(-time.Minute), "soon": now.Add(time.Hour)} {
		o.ledger.Write(ledger.Record{FollowUp: &ledger.FollowUp{
			ID: id, Kind: ledger.FollowDanger, Call: "c1", Number: "0461123456", Why: "silent", Since: now, Deadline: deadline, State: ledger.FollowOpen,
		}})
	}
	if err := o.ledger.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	var list []followUpView
	o.ask("GET", "/followups", "", 200, &list)
	if len(list) != 2 || list[0].ID != "late" || !list[0].Overdue || list[1].Overdue || list[0].Number != "046*******" {
		t.Fatalf("%+v", list)
	}
	var one followUpView
	o.ask("GET", "/followups/late", "", 200, &one)
	if one.Number != "0461123456" || !strings.Contains(o.log.String(), `"followup":"late"`) || strings.Contains(o.log.String(), "0461123456") {
		t.Errorf("%+v, and the log %s", one, o.log)
	}
	o.ask("POST", "/followups/late/settle", `{"by":"op1","result":" "}`, 422, nil)
	o.ask("POST", "/followups/late/settle", `{"by":"op1","result":"reached, all is well"}`, 200, &one)
	if one.State != "done" || one.By != "op1" || one.Result != "reached, all is well" || one.Settled == nil || one.Overdue {
		t.Errorf("settled: %+v", one)
	}
	if said := o.ask("POST", "/followups/late/settle", `{"by":"op2","result":"?"}`, 409, nil); !strings.Contains(said, "op1") {
		t.Errorf("settled twice: %s", said)
	}
	o.ask("GET", "/followups", "", 200, &list)
	if len(list) != 1 || list[0].ID != "soon" {
		t.Errorf("%+v", list)
	}
	o.ask("GET", "/followups?all=true", "", 200, &list)
	if len(list) != 2 {
		t.Errorf("all: %+v", list)
	}
}

func TestCallbacks(t *testing.T) {
	o := openOffice(t)
	for id, state := range map[string]ledger.CallbackState{"cb1": ledger.CallbackWaiting, "cb2": ledger.CallbackDone} {
		o.ledger.Write(ledger.Record{Callback: &ledger.Callback{ID: id, Call: "c1", Number: "+39046112345" + id[2:], Topic: "report", Since: time.Now(), State: state, Changed: time.Now()}})
	}
	if err := o.ledger.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	var list []callbackView
	if said := o.ask("GET", "/callbacks", "", 200, &list); len(list) != 1 || list[0].ID != "cb1" || !list[0].Open || strings.Contains(said, "112345") {
		t.Errorf("open: %s", said)
	}
	o.ask("GET", "/callbacks?all=true", "", 200, &list)
	if len(list) != 2 {
		t.Errorf("all: %+v", list)
	}
}

func TestRequests(t *testing.T) {
	o := openOffice(t)
	o.ledger.Write(ledger.Record{Arrived: &ledger.Call{ID: "c1", Line: "800840840", Switch: "fake", Started: time.Now(), Caller: "0461123456"}})
	if err := o.ledger.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	var r requestFile
	o.eventually("there are codes", func() bool { return o.ledger.NewCode() != "" })
	o.ask("POST", "/requests", `{"by":"op1","channel":"phone","topic":"report","contact":"0461123456","call":"c1","note":"a wall leans"}`, 201, &r)
	if !ledger.ValidCode(r.Code) || r.State != "open" || r.Contact != "0461123456" || len(r.Calls) != 1 || r.Calls[0].Caller != "046*******" {
		t.Fatalf("opened: %+v", r)
	}
	at := "/requests/" + r.Code
	o.ask("PATCH", at, `{"by":"op1","owner":"anna","state":"in_progress","note":"asked the mayor"}`, 200, &r)
	if r.Owner != "anna" || r.State != "in_progress" {
		t.Errorf("assigned: %+v", r)
	}
	o.ask("PATCH", at, `{"by":"op1","topic":"weather"}`, 422, nil)
	o.ask("POST", at+"/reopen", `{"by":"op1"}`, 409, nil)
	o.ask("POST", at+"/close", `{"by":"op1"}`, 422, nil)
	o.ask("POST", at+"/close", `{"by":"op1","disposition":"in_depth"}`, 200, &r)
	if r.State != "closed" || r.Closed == nil || r.Disposition != "in_depth" {
		t.Errorf("closed: %+v", r)
	}
	o.ask("PATCH", at, `{"by":"op1","state":"open"}`, 409, nil)
	o.ask("POST", at+"/reopen", `{"by":"op2","note":"it fell"}`, 200, &r)
	if r.State != "in_progress" || r.Reopened != 1 {
		t.Errorf("reopened: %+v", r)
	}
	kinds := ""
	for _, s := range r.Steps {
		kinds += s.Kind + " "
	}
	if kinds != "opened call note owner in_progress note closed reopened note " {
		t.Errorf("history: %s", kinds)
	}
	var list []requestView
	said := o.ask("GET", "/requests?state=in_progress&owner=anna&limit=5", "", 200, &list)
	if len(list) != 1 || list[0].Code != r.Code || strings.Contains(said, "0461123456") {
		t.Errorf("listed: %s", said)
	}
	if o.ask("GET", "/requests?state=closed", "", 200, &list); len(list) != 0 {
		t.Errorf("closed ones: %+v", list)
	}
	o.ask("GET", "/requests?limit=0", "", 422, nil)
	o.ask("GET", at, "", 200, nil)
	if log := o.log.String(); !strings.Contains(log, `"request":"`+r.Code) || strings.Contains(log, "0461123456") {
		t.Errorf("the log: %s", log)
	}
}
