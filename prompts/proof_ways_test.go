package prompts

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// web is a release of n menus and texts that lead to each other at random, with keys of each menu.
func web(n, keys int, draw func(int) int) *Release {
	book := &Book{Start: "n0", Line: Line{Languages: []string{"it"}}, Nodes: map[string]Node{}}
	clips := map[string]Clip{}
	name := func() string { return fmt.Sprintf("n%d", draw(n)) }
	for i := range n {
		node := Node{Name: fmt.Sprintf("n%d", i), Kind: KindMenu, Say: []string{fmt.Sprintf("t%d", i)}, Wait: 5 * time.Second, Tries: 1, Keys: map[string]string{}}
		clips[node.Say[0]] = Clip{Seconds: float64(1 + draw(20))}
		switch draw(6) {
		case 0:
			node.Kind = KindHangup
		case 1:
			node.Kind, node.Then = KindSay, name()
		default:
			node.Otherwise = name()
			for k := range keys {
				node.Keys["0123456789*#"[k:k+1]] = name()
			}
		}
		book.Nodes[node.Name] = node
	}
	return &Release{Book: book, Clips: map[string]map[string]Clip{"it": clips}}
}

// TestLongestPath compares the search, which leaves out what can not be longer, with one that tries all.
func TestLongestPath(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := web(6, 2, func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "any") })
		p := newProver(r, "it")
		want := time.Duration(0)
		on := map[string]bool{}
		var visit func(name string, sum time.Duration)
		visit = func(name string, sum time.Duration) {
			if on[name] {
				return
			}
			on[name] = true
			sum += p.stations[name].dwell
			want = max(want, sum)
			for _, e := range p.stations[name].exits {
				visit(e.to, sum)
			}
			on[name] = false
		}
		visit("n0", 0)
		if got, cut := p.longest(); cut || got.Seconds != seconds(want) {
			rt.Fatalf("%v by %q (broken off: %v), want %v", got.Seconds, got.Path, cut, want.Seconds())
		}
	})
}

// BenchmarkProveWeb: the worst there can be, 500 menus of twelve keys that lead anywhere.
func BenchmarkProveWeb(b *testing.B) {
	r := web(500, 12, rand.New(rand.NewPCG(1, 2)).IntN)
	for b.Loop() {
		Prove(r)
	}
}
