package flow_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pronto/prompts"
)

// TestProofsAgainstCalls holds the figures of prompts.Prove against calls: a walker tries everything that a caller who
// listens can do in a generated book, on flow itself and with a virtual clock.
func TestProofsAgainstCalls(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, branches := drawRelease(rt)
		for _, proofs := range prompts.Prove(r).Languages {
			w := newWalker(rt, r, proofs.Language)
			same(rt, "the first rescue advice", proofs.Rescue, w.worst(func(o outcomes) float64 { return o.rescue }))
			for _, closed := range []bool{false, true} {
				want, at := w.silent(closed)
				got := proofs.Silent
				if closed {
					got = proofs.Closed
				}
				if !strings.Contains(at, got.At) {
					rt.Fatalf("%s: nothing pressed, closed %v, ends at %q, in calls at %q\n%+v", proofs.Language, closed, got.At, at, r.Book.Nodes)
				}
				same(rt, fmt.Sprintf("nothing pressed, closed %v", closed), got.Way, want)
			}
			if branches { // whether a key leads to a person is another matter in each world
				continue
			}
			same(rt, "a person can be chosen", proofs.Operator, w.worst(func(o outcomes) float64 { return o.person }))
			got := make([]float64, 0, len(proofs.Choices))
			for _, way := range proofs.Choices {
				got = append(got, way.Seconds)
			}
			slices.Sort(got)
			if diff := cmp.Diff(w.choices(), got, cmpopts.EquateApprox(0, 0.01), cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("%s: paths to a person (-calls +proofs):\n%s\n%+v", proofs.Language, diff, r.Book.Nodes)
			}
		}
	})
}

func same(t *rapid.T, what string, got prompts.Way, want float64) {
	if got.Never != math.IsInf(want, 1) || !got.Never && math.Abs(got.Seconds-want) > 0.01 {
		t.Fatalf("%s: %.3f s by %q (never: %v), in calls %.3f s", what, got.Seconds, got.Path, got.Never, want)
	}
}

// drawRelease makes a book of six nodes in two languages. Its texts name keys and rescue numbers at random; true: it has a branch.
func drawRelease(t *rapid.T) (*prompts.Release, bool) {
	var texts []string
	r := &prompts.Release{ID: "r1", Book: testBook(), Clips: map[string]map[string]prompts.Clip{"it": {}, "en": {}}}
	clip := func(key, text string) {
		for _, lang := range r.Book.Line.Languages {
			quarters := rapid.IntRange(2, 30).Draw(t, "quarters of a second")
			r.Clips[lang][key] = prompts.Clip{Key: key, File: lang + "/" + key, Seconds: float64(quarters) / 4, Text: text}
		}
	}
	says := rapid.SampledFrom([]string{"open 9:00", "press 1.", "2, please", "call 112", "call 1 1 2", "code 12", "at 1:30", "9.2", "#", "no key"})
	for i := range 5 {
		key := fmt.Sprintf("t%d", i)
		clip(key, strings.Join(rapid.SliceOfN(says, 1, 3).Draw(t, "text"), "; "))
		texts = append(texts, key)
	}
	clip("dial-112", "dial 112")
	clip("office", "the office")
	clip(prompts.NumberKey("office"), "0 6, 6 8, 2 0, 1")
	r.Book.Directory = map[string]prompts.Office{"office": {Number: "0668201", Say: "office"}}
	for _, key := range []string{prompts.KeyRescueOffer, prompts.KeyInvalid, prompts.KeyBeep, prompts.KeySorry, prompts.KeyMessageThanks, prompts.KeyAskInvalid} {
		clip(key, key)
	}
	for _, key := range []string{
		prompts.KeyCallbackNumber, prompts.KeyCallbackConfirm, prompts.KeyCallbackType, prompts.KeyCallbackBooked, prompts.KeyCallbackLater,
		prompts.KeyRequestOpen, prompts.KeyRequestWorking, prompts.KeyRequestClosed, prompts.KeyRequestOpenedOn, prompts.KeyRequestClosedOn,
	} {
		clip(key, key)
	}
	for _, lang := range r.Book.Line.Languages {
		for digit := byte('0'); digit <= '9'; digit++ {
			r.Clips[lang][prompts.DigitKey(digit)] = prompts.Clip{Key: prompts.DigitKey(digit), File: lang + "/digit", Seconds: 0.5, Text: string(rune(digit))}
		}
	}
	if rapid.Bool().Draw(t, "dates") {
		for _, lang := range r.Book.Line.Languages {
			for i := 1; i <= 31; i++ {
				r.Clips[lang][prompts.DayKey(i)] = prompts.Clip{Key: prompts.DayKey(i), File: lang + "/day", Seconds: 0.5}
				r.Clips[lang][prompts.MonthKey(time.Month(i))] = prompts.Clip{Key: prompts.MonthKey(time.Month(i)), File: lang + "/month", Seconds: 0.75}
			}
		}
	}
	branches := false
	name := rapid.SampledFrom(nodeNames)
	r.Book.Start, r.Book.Nodes = "n0", map[string]prompts.Node{}
	for _, n := range nodeNames {
		node := drawProofNode(t, n, name, rapid.SampledFrom(texts), !branches)
		branches = branches || node.Kind == prompts.KindBranch
		r.Book.Nodes[n] = node
	}
	return r, branches
}

func drawProofNode(t *rapid.T, n string, name, text *rapid.Generator[string], branch bool) prompts.Node {
	kinds := []prompts.Kind{
		prompts.KindMenu, prompts.KindMenu, prompts.KindMenu, prompts.KindSay, prompts.KindQueue, prompts.KindRescue,
		prompts.KindMessage, prompts.KindLanguage, prompts.KindGoto, prompts.KindHangup,
		prompts.KindAsk, prompts.KindDirectory, prompts.KindRequest, prompts.KindCallback,
	}
	if branch {
		kinds = append(kinds, prompts.KindBranch)
	}
	node := prompts.Node{
		Name: n, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Then: name.Draw(t, "then"), Otherwise: name.Draw(t, "otherwise"),
		Tries: rapid.IntRange(1, 3).Draw(t, "tries"), Wait: 5 * time.Second, Topic: "report", Use: "default", Longest: time.Minute,
		Full: name.Draw(t, "full"), Variable: "code", Min: 1, Max: 4, Between: 3 * time.Second, Office: "office",
	}
	node.Closed = node.Full
	if node.Kind == prompts.KindRequest {
		node.Min, node.Max = prompts.CodeDigits, prompts.CodeDigits
	}
	switch node.Kind { //nolint:exhaustive // the others are all made in the same way, below
	case prompts.KindBranch:
		node.On, node.Cases = prompts.OnAlert, []prompts.Case{{Is: "yes", Then: node.Then}}
		node.Then = ""
		return node
	case prompts.KindGoto:
		return node
	case prompts.KindLanguage:
		node.Say = []string{text.Draw(t, "say")}
		node.Keys = map[string]string{"1": "it", "2": "en"}
		return node
	}
	node.Say = rapid.SliceOfN(text, 1, 3).Draw(t, "say")
	if node.Kind == prompts.KindMenu {
		node.Keys = map[string]string{}
		for _, k := range []string{"1", "2", "#"} {
			if rapid.Bool().Draw(t, "has key") {
				node.Keys[k] = name.Draw(t, "key")
			}
		}
	}
	if node.Kind == prompts.KindQueue && rapid.Bool().Draw(t, "nobody") {
		node.Nobody = name.Draw(t, "nobody")
	}
	return node
}
