package asterisk

import (
	"net/http"
	"strings"
	"testing"

	"pronto/asterisk/conf"
	"pronto/ivr/phone"
)

func account(name string) phone.Account {
	return phone.Account{Name: name, Digest: phone.Digest(name, "secret")}
}

// TestRealm: the digests are for the realm that the switch asks for.
func TestRealm(t *testing.T) {
	if phone.Realm != conf.Realm {
		t.Errorf("the digests are for the realm %q, the switch's is %q", phone.Realm, conf.Realm)
	}
}

// provisioned takes the requests of a change and returns them without the bodies.
func (b *bench) provisioned(n int) []string {
	b.Helper()
	var got []string
	for range n {
		verb, rest, _ := strings.Cut(receive(b.T, b.ari.asked, "a request"), " ")
		target, _, _ := strings.Cut(rest, " ")
		got = append(got, verb+" "+strings.TrimPrefix(target, "/asterisk/config/dynamic/res_pjsip"))
	}
	return got
}

func (b *bench) wantProvisioned(want ...string) {
	b.Helper()
	if got := b.provisioned(len(want)); strings.Join(got, ", ") != strings.Join(want, ", ") {
		b.Fatalf("asked %q\nwant  %q", got, want)
	}
}

func TestOperatorsAreMadeWhole(t *testing.T) {
	b := connected(t)
	b.check("one", b.sw.SetOperators(t.Context(), []phone.Account{account("op1")}))
	const global = "POST /asterisk/variable"
	b.wantProvisioned(global, "PUT /auth/op1", "PUT /aor/op1", "PUT /endpoint/op1", global, global, "GET /endpoints/PJSIP/op1")
	b.want("operator op1 false")
	changed := phone.Account{Name: "op1", Digest: phone.Digest("op1", "another")}
	b.check("another secret", b.sw.SetOperators(t.Context(), []phone.Account{changed}))
	b.wantProvisioned(global, "PUT /auth/op1", global, global, "GET /endpoints/PJSIP/op1")
	b.check("the same again", b.sw.SetOperators(t.Context(), []phone.Account{changed}))
	b.wantProvisioned(global, global, global)
	b.check("none", b.sw.SetOperators(t.Context(), nil))
	b.wantProvisioned(global, "DELETE /endpoint/op1", "DELETE /aor/op1", "DELETE /auth/op1", global, global, "GET /endpoints/PJSIP/op1")
}

// TestOperatorsAfterAConnect: a switch that has them all is left alone, one that has just started gets them all, and strangers are removed.
func TestOperatorsAfterAConnect(t *testing.T) {
	b := connected(t)
	b.check("two", b.sw.SetOperators(t.Context(), []phone.Account{account("op1"), account("op2")}))
	mark := ""
	for range 11 {
		request := receive(t, b.ari.asked, "a request")
		if _, value, ok := strings.Cut(request, "value="); ok && strings.Contains(request, conf.OperatorsMark) {
			mark, _, _ = strings.Cut(value, "&")
		}
	}
	b.want("operator op1 false", "operator op2 false")
	again := func(mark string, names ...string) {
		t.Helper()
		b.ari.set(func() {
			b.ari.phones = nil
			for _, name := range names {
				b.ari.phones = append(b.ari.phones, map[string]any{"technology": "PJSIP", "resource": name, "state": "offline"})
			}
			b.ari.answers["GET /asterisk/variable"] = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"value":"` + mark + `"}`))
			}
		})
		b.check("drop", b.conn.CloseNow())
		b.want("link false")
		b.accept()
		b.wantProvisioned("GET /asterisk/variable")
	}
	again(mark, "trunk", "op1", "op2")
	b.want("operator op1 false", "operator op2 false", "link true")
	if n := len(b.ari.asked); n != 0 {
		t.Errorf("%d requests to a switch that has everything", n)
	}
	again("", "trunk", "op1", "old")
	got := strings.Join(b.provisioned(12), " ")
	for _, want := range []string{"PUT /endpoint/op1", "PUT /endpoint/op2", "DELETE /endpoint/old"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "trunk") {
		t.Errorf("the trunk was touched: %s", got)
	}
}

func TestOperatorsRefused(t *testing.T) {
	b := connected(t)
	for _, bad := range [][]phone.Account{
		{{Name: "trunk", Digest: phone.Digest("trunk", "x")}},
		{{Name: "op1](x", Digest: phone.Digest("op1", "x")}},
		{{Name: "op1", Digest: "no digest"}},
		{account("op1"), account("op1")},
	} {
		if err := b.sw.SetOperators(t.Context(), bad); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
	if n := len(b.ari.asked); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	b.ari.set(func() {
		b.ari.answers["PUT /asterisk/config/dynamic/res_pjsip/auth/op1"] = refuseWith(http.StatusForbidden, "not yours")
	})
	err := b.sw.SetOperators(t.Context(), []phone.Account{account("op1"), account("op2")})
	if err == nil || !strings.Contains(err.Error(), "pronto asterisk conf") || strings.Contains(err.Error(), phone.Digest("op1", "secret")) {
		t.Errorf("op1 is in the site's own file: %v", err)
	}
	all := strings.Join(b.provisioned(len(b.ari.asked)), " ")
	if !strings.Contains(all, "PUT /endpoint/op2") || strings.Contains(all, "PUT /endpoint/op1") {
		t.Errorf("asked %s", all)
	}
}
