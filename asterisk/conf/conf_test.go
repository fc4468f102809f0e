package conf

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func good() Site {
	return Site{
		Name: "pronto", Line: "800840840", App: "pronto", SIP: "127.0.0.1:5060", RTPLow: 10000, RTPHigh: 19999,
		HTTP: "127.0.0.1:8088", ARIUser: "pronto", ARIPassword: "a-long-password", Trunk: "192.0.2.7:5060", Language: "it",
		Rescue:  []string{"112", "1515"},
		Numbers: Numbers{Outside: []string{"+393331234567"}, Callback: []string{"39"}},
		Dirs: Dirs{
			Etc: "/pronto/etc", State: "/pronto", Modules: "/usr/lib/asterisk/modules", Data: "/usr/share/asterisk",
			Sounds: "/pronto/sounds",
		},
		FailOpen: FailOpen{Advice: []string{"r/1/it/advice.0a", "r/1/en/advice.0b"}, Wait: "r/1/it/wait", Beep: "r/1/it/beep"},
	}
}

func files(t *testing.T, s Site) map[string]string {
	t.Helper()
	f, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// section returns the lines of the sections of an ini file that begin with that header.
func section(text, header string) string {
	var out []string
	in := false
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "[") {
			in = strings.HasPrefix(line, header)
		}
		if in && line != "" && !strings.HasPrefix(line, ";") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func TestTrunkIsKnownByAddressOnly(t *testing.T) {
	pjsip := files(t, good())["pjsip.conf"]
	trunk := section(pjsip, "[trunk]")
	for _, want := range []string{"identify_by=ip\n", "match=192.0.2.7\n", "contact=sip:192.0.2.7:5060"} {
		if !strings.Contains(trunk+"\n", want) {
			t.Errorf("the trunk has no %q:\n%s", want, trunk)
		}
	}
	if strings.Contains(pjsip, "anonymous\n") {
		t.Error("there is an anonymous endpoint")
	}
	s := good()
	s.Trunk = ""
	all := files(t, s)
	if trunk := section(all["pjsip.conf"], "[trunk]"); !strings.Contains(trunk, "match=127.0.0.0/8") || strings.Contains(trunk, "contact=") {
		t.Errorf("without a carrier only loopback may call and nothing can be dialled:\n%s", trunk)
	}
	if rescue := section(all["extensions.conf"], "[pronto-rescue]"); strings.Contains(rescue, "Dial(") {
		t.Errorf("without a carrier something is dialled:\n%s", rescue)
	}
}

func TestDialplanDialsRescueNumbersOnly(t *testing.T) {
	got := section(files(t, good())["extensions.conf"], "[pronto-rescue]")
	want := `[pronto-rescue]
exten => 112,1,Dial(PJSIP/${EXTEN}@trunk,30)
 same => n,Hangup(${HANGUPCAUSE})
exten => 1515,1,Dial(PJSIP/${EXTEN}@trunk,30)
 same => n,Hangup(${HANGUPCAUSE})
exten => _X!,1,Hangup(1)`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLineAnswersToItsNumberOnly(t *testing.T) {
	got := section(files(t, good())["extensions.conf"], "[from-trunk]")
	want := `[from-trunk]
exten => 800840840,1,Set(TIMEOUT(absolute)=14400)
 same => n,Set(CDR(dialled)=${EXTEN})
 same => n,Set(CHANNEL(language)=it)
 same => n,Stasis(pronto)
 same => n,GotoIf($["${STASISSTATUS}" = "FAILED"]?failopen,${EXTEN},1)
 same => n,Hangup()
exten => +39800840840,1,Goto(800840840,1)
exten => 39800840840,1,Goto(800840840,1)
exten => 0039800840840,1,Goto(800840840,1)`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAdviceIsSaidInEveryLanguage(t *testing.T) {
	got := section(files(t, good())["extensions.conf"], "[failopen]")
	it, en := strings.Index(got, "Playback(/pronto/sounds/r/1/it/advice.0a)"), strings.Index(got, "Playback(/pronto/sounds/r/1/en/advice.0b)")
	if it < 0 || en < it || strings.Index(got, "Stasis(pronto,failopen)") < en {
		t.Errorf("the advice is not said first, in order:\n%s", got)
	}
}

func TestLaterLanguagesFollowTheRinging(t *testing.T) {
	site := good()
	site.FailOpen.Advice = append(site.FailOpen.Advice, "r/1/de/advice.0c")
	got := section(files(t, site)["extensions.conf"], "[failopen]")
	if de, ring := strings.Index(got, "advice.0c"), strings.Index(got, "Dial("); ring < 0 || de < ring {
		t.Errorf("the third language is not said after the operators were rung:\n%s", got)
	}
}

func TestCDRColumnsAreWritten(t *testing.T) {
	got := section(files(t, good())["cdr_custom.conf"], "[mappings]")
	if n := strings.Count(got, "CSV_QUOTE"); n != len(CDRColumns) {
		t.Errorf("%d of %d columns:\n%s", n, len(CDRColumns), got)
	}
	if !strings.HasSuffix(CDRFile, "/calls.csv") || !strings.Contains(got, "calls.csv =>") {
		t.Errorf("CDRFile is %s, the mapping is\n%s", CDRFile, got)
	}
}

func TestBadValuesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Site)
		want   string // in the error
	}{
		"name with a line end":                    {func(s *Site) { s.Name = "a\nrunuser=root" }, "the switch's name"},
		"name in capitals":                        {func(s *Site) { s.Name = "Pronto" }, "small letters"},
		"no name":                                 {func(s *Site) { s.Name = "" }, "the switch's name"},
		"app with a comma":                        {func(s *Site) { s.App = "pronto,x" }, "application"},
		"line with a letter":                      {func(s *Site) { s.Line = "800X" }, "the line's number"},
		"SIP without a port":                      {func(s *Site) { s.SIP = "127.0.0.1" }, "the SIP address"},
		"SIP at a name":                           {func(s *Site) { s.SIP = "localhost:5060" }, "IP address"},
		"SIP at port 0":                           {func(s *Site) { s.SIP = "127.0.0.1:0" }, "port"},
		"port with a sign":                        {func(s *Site) { s.SIP = "127.0.0.1:+506" }, "port"},
		"ARI for everybody":                       {func(s *Site) { s.HTTP = "0.0.0.0:8088" }, "from outside"},
		"RTP upside down":                         {func(s *Site) { s.RTPLow, s.RTPHigh = 20000, 10000 }, "RTP"},
		"trunk with a semicolon":                  {func(s *Site) { s.Trunk = "a;b:5060" }, "the trunk"},
		"trunk with a line end":                   {func(s *Site) { s.Trunk = "a\n:5060" }, "the trunk"},
		"short password":                          {func(s *Site) { s.ARIPassword = "short" }, "the ARI password"},
		"password with a newline":                 {func(s *Site) { s.ARIPassword = "long-enough\nread_only=no" }, "the ARI password"},
		"outside is a pattern":                    {func(s *Site) { s.Numbers.Outside[0] = "_X." }, "outside"},
		"outside is 112":                          {func(s *Site) { s.Numbers.Outside[0] = "112" }, "emergency"},
		"outside is premium":                      {func(s *Site) { s.Numbers.Outside[0] = "+39899123456" }, "premium"},
		"outside with a line end":                 {func(s *Site) { s.Numbers.Outside[0] = "3331234567\n" }, "outside"},
		"callback to a country that is not known": {func(s *Site) { s.Numbers.Callback[0] = "351" }, "351:2/9"},
		"callback is a pattern":                   {func(s *Site) { s.Numbers.Callback[0] = "4[14]" }, "callback"},
		"callback to Italy with prefixes":         {func(s *Site) { s.Numbers.Callback[0] = "39:8" }, "fixed"},
		"rescue pattern":                          {func(s *Site) { s.Rescue[0] = "_X." }, "a rescue number"},
		"rescue number twice":                     {func(s *Site) { s.Rescue[0] = "1515" }, "twice"},
		"language":                                {func(s *Site) { s.Language = "it,en" }, "the language"},
		"relative folder":                         {func(s *Site) { s.Dirs.Etc = "etc" }, "the configuration folder"},
		"no modules":                              {func(s *Site) { s.Dirs.Modules = "" }, "the modules' folder"},
		"folder with a space":                     {func(s *Site) { s.Dirs.State = "/var/lib/our line" }, "the state folder"},
		"long folder":                             {func(s *Site) { s.Dirs.State = "/" + strings.Repeat("x", 100) }, "too long"},
		"user":                                    {func(s *Site) { s.RunUser = "root\n" }, "runs as"},
		"no advice":                               {func(s *Site) { s.FailOpen.Advice = nil }, "the advice"},
		"sound with a function":                   {func(s *Site) { s.FailOpen.Wait = "${SHELL(reboot)}" }, "a sound"},
		"sound elsewhere":                         {func(s *Site) { s.FailOpen.Beep = "../../etc/passwd" }, "leaves the sound root"},
	} {
		t.Run(name, func(t *testing.T) {
			s := good()
			c.change(&s)
			if _, err := s.Files(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	s := good()
	s.Name, s.Line, s.SIP, s.Rescue[0] = "A", "x", "y", "z"
	if _, err := s.Files(); err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("want four faults, one a line: %v", err)
	}
}

func TestSecretsAreNotInErrors(t *testing.T) {
	s := good()
	s.ARIPassword = "hush;hush"
	if _, err := s.Files(); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("the error tells a secret: %v", err)
	}
	if err := CheckSecret("op1", "quiet;quiet"); err == nil || strings.Contains(err.Error(), "quiet") {
		t.Errorf("the error tells a secret: %v", err)
	}
	if _, err := OperatorObjects("op1", "no-digest"); err == nil || strings.Contains(err.Error(), "no-digest") {
		t.Errorf("the error tells a digest: %v", err)
	}
}

// Whatever a value is, either it is refused or the files keep their shape: no line, section or comment more or less.
func TestNoValueChangesTheShape(t *testing.T) {
	shape := func(files map[string]string) map[string][3]int {
		out := map[string][3]int{}
		for name, text := range files {
			out[name] = [3]int{strings.Count(text, "\n"), strings.Count(text, "["), strings.Count(text, ";")}
		}
		return out
	}
	want := shape(files(t, good()))
	rapid.Check(t, func(t *rapid.T) {
		s := good()
		var texts []*string
		for _, v := range []any{&s, &s.Dirs, &s.FailOpen} {
			fields := reflect.ValueOf(v).Elem()
			for i := range fields.NumField() {
				if p, ok := fields.Field(i).Addr().Interface().(*string); ok {
					texts = append(texts, p)
				}
			}
		}
		texts = append(texts, &s.Rescue[0], &s.FailOpen.Advice[0], &s.Numbers.Outside[0], &s.Numbers.Callback[0])
		p := texts[rapid.IntRange(0, len(texts)-1).Draw(t, "field")]
		tail := rapid.StringOf(rapid.SampledFrom([]rune("a1-_./:;,[](){}$&=>\n\r\t \"'\\#+*!"))).Draw(t, "tail")
		if *p == "" && tail == "" {
			return
		}
		empty := *p == ""
		*p += tail
		got, err := s.Files()
		if err != nil || empty { // an optional value that was absent adds its line
			return
		}
		if diff := cmp.Diff(want, shape(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCDRBest(t *testing.T) {
	order := []string{
		"", "failopen=abandoned", "failopen=advised", "failopen=returned", "failopen=operator:op1@1795567890", "failopen=message:msg-1.wav",
	}
	for i, a := range order {
		for j, b := range order {
			if got, want := CDRBest(a, b), order[max(i, j)]; got != want {
				t.Errorf("of %q and %q it is %q, want %q", a, b, got, want)
			}
		}
	}
}
