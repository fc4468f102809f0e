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
func (r *rig) originate(context, number string) int {
	r.t.Helper()
	q := url.Values{
		"endpoint": {"Local/" + number + "@" + context + "/n"}, "app": {r.site.App}, "callerId": {"0266050"},
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
		r.originate("pronto-rescue", number)
	}
	eventually(t, func() bool { return strings.Contains(r.control("core show channels count"), "0 active channels") })
	if status := r.originate("pronto-rescue", "115"); status != http.StatusOK {
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

// TestOnlyAllowedNumbersAreDialled: whatever the controller asks for, the dialplan dials operators' own telephones that are listed
// and the kinds of number that may be called back, in any way of writing, and shows the line's number.
func TestOnlyAllowedNumbersAreDialled(t *testing.T) {
	carrier, err := siptest.New(t.Context(), siptest.Config{Host: "127.0.0.9", User: "carrier", Tone: toneOperator})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(carrier.Close)
	r := start(t, func(s *conf.Site) {
		s.Trunk, s.Rescue = carrier.Addr(), []string{"112"}
		s.Numbers = conf.Numbers{Outside: []string{"+393331234567"}, Callback: []string{"39", "41", "351:2/9"}}
	})
	r.controller()
	for context, numbers := range map[string][]string{
		"pronto-outside": {
			"112", "0612345678", "3331234568", "33312345671", "333123456", "+393331234567", "899123456", "_X.", "carrier", "s", "h",
		},
		"pronto-callback": {
			"112", "113", "118", "1240", "12345678901", "4312345", "800840840", "803803", "848123456", "892123", "899123456", "+39899123456",
			"0039899123456", "+39112", "00390039061234567", "+390039899123456", "+39+390612345678", "+49891234567", "00447911123456", "+41900123456",
			"0041840123456", "+351601234567", "+1900123456", "061", "0612345678901234", "333123", "33312345678901", "06123a5678", "s", "h",
			"0612345678&PJSIP", "899123456;x", "t",
		},
		"pronto-rescue": {"0612345678", "3331234567", "118"},
	} {
		for _, number := range numbers {
			r.originate(context, number)
		}
	}
	eventually(t, func() bool { return strings.Contains(r.control("core show channels count"), "0 active channels") })
	select {
	case call := <-carrier.Incoming():
		t.Fatalf("the carrier is asked for %s", call.To())
	default:
	}
	for _, c := range []struct{ context, number, want string }{
		{"pronto-outside", "3331234567", "3331234567"},
		{"pronto-callback", "0612345678", "0612345678"},
		{"pronto-callback", "+390612345678", "0612345678"},
		{"pronto-callback", "00393331234567", "3331234567"},
		{"pronto-callback", "+41441234567", "0041441234567"},
		{"pronto-callback", "00351211234567", "00351211234567"},
	} {
		if status := r.originate(c.context, c.number); status != http.StatusOK {
			t.Fatalf("%s: ARI says %d", c.number, status)
		}
		select {
		case call := <-carrier.Incoming():
			if call.To() != c.want || call.From() != r.site.Line {
				t.Errorf("for %s the carrier is asked for %s by %s, want %s by the line", c.number, call.To(), call.From(), c.want)
			}
			if err := call.Reject(r.within(5*time.Second), 486); err != nil {
				t.Fatal(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is not dialled", c.number)
		}
	}
	eventually(t, func() bool { return strings.Contains(r.control("core show channels count"), "0 active channels") })
}
