package local

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"pronto/asterisk/conf"
)

// provision makes the telephones of operators, as the controller does, with the secrets that rig.operator has.
func (r *rig) provision(names ...string) {
	r.t.Helper()
	for _, name := range names {
		digest := fmt.Sprintf("%x", md5.Sum([]byte(name+":"+conf.Realm+":secret-of-"+name)))
		objects, err := conf.OperatorObjects(name, digest)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, o := range objects {
			body, err := json.Marshal(map[string]any{"fields": o.Fields})
			if err != nil {
				r.t.Fatal(err)
			}
			r.ari(http.MethodPut, "asterisk/config/dynamic/res_pjsip/"+o.Type+"/"+o.ID, bytes.NewReader(body))
		}
	}
	query := url.Values{"variable": {conf.OperatorsVariable}, "value": {conf.FailOpenList(names)}}
	r.ari(http.MethodPost, "asterisk/variable?"+query.Encode(), nil)
}

// ari makes a request that must succeed, and returns the answer.
func (r *rig) ari(method, path string, body io.Reader) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+r.site.HTTP+"/ari/"+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.SetBasicAuth(r.site.ARIUser, r.site.ARIPassword)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		r.t.Fatalf("%s %s: %s %s (%v)", method, path, resp.Status, text, err)
	}
	return string(text)
}
