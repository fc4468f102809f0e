package local

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/conf"
	"pronto/asterisk/siptest"
)

// originate dials through the dialplan as the controller does, and returns ARI's status.
func (r *rig) originate(number string) int {
	r.t.Helper()
	q := url.Values{
		"endpoint": {"Local/" + number + "@pronto-rescue/n"}, "app": {r.site.App}, "callerId": {"0266050"},
		"api_key": {r.site.ARIUser + ":" + r.site.ARIPassword},
	}
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, "http://"+r.site.HTTP+"/ari/channels?"+q.Encode(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestOnlyRescueNumbersAreDialled(t *testing.T) {
	carrier, err := siptest.New(t.Context(), siptest.Config{Host: "127.0.0.9", User: "carrier", Tone: toneOperator})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(carrier.Close)
	r := start(t, func(s *conf.Site) { s.Trunk, s.Rescue = carrier.Addr(), []string{"112", "115"} })
	c := r.controller()
	for _, number := range []string{"118", "0266051", "113"} {
		r.originate(number)
	}
	eventually(t, func() bool { return strings.Contains(r.control("core show channels count"), "0 active channels") })
	if status := r.originate("115"); status != http.StatusOK {
		t.Fatalf("ARI says %d", status)
	}
	select {
	case call := <-carrier.Incoming():
		if call.To() != "115" || call.From() != "0266050" {
			t.Errorf("the carrier is asked for %s by %s", call.To(), call.From())
		}
		if err := call.Answer(r.within(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		c.start(t)
		if err := call.Hangup(r.within(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the carrier is not called")
	}
	select {
	case call := <-carrier.Incoming():
		t.Errorf("the carrier is asked for %s too", call.To())
	default:
	}
	eventually(t, func() bool { return strings.Contains(r.control("core show channels count"), "0 active channels") })
	if got := r.complaints(); len(got) > 0 {
		t.Errorf("warnings:\n%s", strings.Join(got, "\n"))
	}
}
