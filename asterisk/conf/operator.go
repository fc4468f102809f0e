package conf

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Realm is what operators' telephones authenticate to. It is also what strangers are asked to authenticate to: another
// one would tell them which names are operators'.
const Realm = "pronto"

// OperatorsVariable is the global variable with the names of the operators whom the fail-open branch rings, joined by "&".
const OperatorsVariable = "PRONTO_OPERATORS"

// OperatorsMark is the global variable that the controller writes when all operators' telephones are as it wants them. It lives
// and dies with them, in Asterisk's memory.
const OperatorsMark = "PRONTO_OPERATORS_MADE"

// FailOpenOperators is how many names OperatorsVariable may hold: a variable is not expanded beyond 4 kB.
const FailOpenOperators = 60

// Object is an object of Asterisk's SIP stack that is made while it runs (ARI, PUT /asterisk/config/dynamic/res_pjsip) and kept in
// memory only, see sorcery.conf.
type Object struct {
	Type, ID string
	Fields   []Field
}

// Field is an option of an Object, named as in pjsip.conf.
type Field struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

var digestPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// OperatorObjects are what makes an operator's SIP telephone, in the order in which they must be made; they are removed in the opposite
// one. The digest is hexadecimal MD5 of name:Realm:secret: telephones can not do better, and the secret itself stays with us.
func OperatorObjects(name, digest string) ([]Object, error) {
	if err := CheckOperator(name); err != nil {
		return nil, err
	}
	if !digestPattern.MatchString(digest) {
		return nil, fmt.Errorf("operator %q: the digest of the secret is not 32 hexadecimal digits", name)
	}
	return []Object{
		{Type: "auth", ID: name, Fields: []Field{
			{"auth_type", "digest"}, {"username", name}, {"realm", Realm}, {"password_digest", "MD5:" + digest},
		}},
		{Type: "aor", ID: name, Fields: aorFields},
		{Type: "endpoint", ID: name, Fields: append(slices.Clip(endpointFields), Field{"auth", name}, Field{"aors", name})},
	}, nil
}

// aorFields: the newest registration wins, so that a telephone that was restarted need not wait for its old one to expire.
var aorFields = []Field{
	{"max_contacts", "1"},
	{"remove_existing", "yes"},
	{"minimum_expiration", "30"},
	{"default_expiration", "120"},
	{"maximum_expiration", "3600"},
	{"qualify_frequency", "15"},
	{"qualify_timeout", "2.0"},
}

var endpointFields = []Field{
	{"context", "from-operator"},
	{"identify_by", "auth_username,username"},
	{"transport", "udp"},
	{"allow", "!all,alaw,g722,ulaw"},
	{"dtmf_mode", "rfc4733"},
	{"direct_media", "no"},
	{"rtp_symmetric", "yes"},
	{"force_rport", "yes"},
	{"rewrite_contact", "yes"},
	{"rtp_timeout", "30"},
	{"rtp_timeout_hold", "300"},
	{"allow_transfer", "no"},
	{"allow_subscribe", "no"},
	{"allow_overlap", "no"},
	{"max_audio_streams", "1"},
	{"max_video_streams", "0"},
	{"device_state_busy_at", "1"},
	{"trust_id_outbound", "yes"},
	{"moh_suggest", "default"},
	{"tos_audio", "ef"},
}

// reserved are the names of the configuration's own sections, which an operator must not have.
var reserved = []string{"global", "system", "udp", "trunk", "general", "pronto"}

// CheckOperator says what is wrong with an operator's name.
func CheckOperator(name string) error {
	if err := want(namePattern, "an operator's name", name, nameRule); err != nil {
		return err
	}
	if slices.Contains(reserved, name) {
		return fmt.Errorf("an operator can not be called %q: choose another name", name)
	}
	return nil
}

// FailOpenList is the value of OperatorsVariable for these operators: the first of them, if there are more than it can hold.
func FailOpenList(names []string) string {
	return strings.Join(names[:min(len(names), FailOpenOperators)], "&")
}

// CheckSecret says whether a telephone can be given the secret.
func CheckSecret(name, secret string) error {
	if !secretPattern.MatchString(secret) {
		return errors.New("operator " + name + ": the secret can not be used: " + secretRule)
	}
	return nil
}
