package prompts

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"

	"pronto/prompts/wording"
)

// The parts of a Difference.
const (
	PartTexts  = "texts"  // what is said
	PartNodes  = "nodes"  // where keys and steps lead
	PartRescue = "rescue" // the rescue numbers and where they hold
	PartHours  = "hours"  // when the line is open
	PartLine   = "line"   // everything else: number, languages, topics, desk, limits, offices
	PartTimes  = "times"  // how long the prompt of a node is
	PartProofs = "proofs" // what was found out about the whole: seconds to the rescue advice, to a person ...
)

// Parts are the parts in the order in which one reads them.
var Parts = []string{PartTexts, PartNodes, PartRescue, PartHours, PartLine, PartTimes, PartProofs}

// Difference is one thing that callers hear or find differently in another release.
type Difference struct {
	Part     string `json:"part"`
	Language string `json:"language,omitempty"` // texts, times
	Where    string `json:"where"`              // a text's key, or a path as in line.yaml: nodes.welcome.keys.3
	Old      string `json:"old"`                // "" if it was not there
	New      string `json:"new"`                // "" if it is no more
	// The lengths in seconds: texts, times. 0 if it is not there.
	OldSeconds float64 `json:"old_seconds,omitempty"`
	NewSeconds float64 `json:"new_seconds,omitempty"`
	// Sound: the words are the same, the recording or the voice is another.
	Sound bool `json:"sound,omitempty"`
}

// Diff tells what callers will hear differently in the release to than in from. The order is always the same.
func Diff(from, to *Release) []Difference {
	var all []Difference
	for _, lang := range languagesOf(from, to) {
		all = append(all, diffClips(lang, from.Clips[lang], to.Clips[lang])...)
	}
	all = append(all, diffBooks(from.Book, to.Book)...)
	all = append(all, diffTimes(from, to)...)
	all = append(all, diffProofs(from.Proofs, to.Proofs)...)
	order := map[string]int{}
	for i, part := range Parts {
		order[part] = i
	}
	slices.SortStableFunc(all, func(a, b Difference) int { return cmp.Compare(order[a.Part], order[b.Part]) })
	return all
}

// languagesOf are the languages of both, in the order of the line.
func languagesOf(from, to *Release) []string {
	langs := slices.Clone(to.Book.Line.Languages)
	for _, lang := range from.Book.Line.Languages {
		if !slices.Contains(langs, lang) {
			langs = append(langs, lang)
		}
	}
	return langs
}

func diffClips(lang string, from, to map[string]Clip) []Difference {
	var all []Difference
	for _, key := range keysOf(from, to) {
		a, b := from[key], to[key]
		sound := soundOf(a) != soundOf(b)
		if a.Text == b.Text && !sound && (a.Key != "") == (b.Key != "") {
			continue
		}
		all = append(all, Difference{
			Part: PartTexts, Language: lang, Where: key, Old: a.Text, New: b.Text, OldSeconds: a.Seconds, NewSeconds: b.Seconds,
			Sound: a.Text == b.Text && a.Key != "" && b.Key != "",
		})
	}
	return all
}

// soundOf is the part of a clip's file name that changes with its sound.
func soundOf(c Clip) string { return c.File[strings.LastIndexByte(c.File, '.')+1:] }

func keysOf[V any](a, b map[string]V) []string {
	all := map[string]bool{}
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// diffBooks compares everything but the texts, which are compared as they are heard.
func diffBooks(from, to *Book) []Difference {
	a, b := map[string]string{}, map[string]string{}
	for values, book := range map[*map[string]string]*Book{&a: from, &b: to} {
		plain := portable(book)
		plain.Texts = nil
		flatten(*values, "", reflect.ValueOf(*plain))
	}
	var all []Difference
	for _, where := range keysOf(a, b) {
		if a[where] != b[where] {
			all = append(all, Difference{Part: partOf(where), Where: where, Old: a[where], New: b[where]})
		}
	}
	return all
}

func partOf(where string) string {
	top, _, _ := strings.Cut(where, ".")
	switch top {
	case "nodes", "start":
		return PartNodes
	case "rescue", "areas":
		return PartRescue
	case "hours":
		return PartHours
	}
	return PartLine
}

// flatten writes down a part of a book as path and value, both as an admin writes them in line.yaml. Whatever fields a
// book has, they are in it.
func flatten(to map[string]string, path string, v reflect.Value) {
	if d, ok := v.Interface().(time.Duration); ok {
		put(to, path, lengthOf(path, d))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && (f.Name != "Name" || path == "line") {
				flatten(to, join(path, kebab(f.Name)), v.Field(i))
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			flatten(to, join(path, key.String()), v.MapIndex(key))
		}
	case reflect.Slice:
		flattenList(to, path, v)
	case reflect.Interface, reflect.Pointer:
	default:
		if !v.IsZero() {
			put(to, path, fmt.Sprint(v.Interface()))
		}
	}
}

// flattenList writes a list of plain values on one line, and cases under what they are for.
func flattenList(to map[string]string, path string, v reflect.Value) {
	var items []string
	for i := range v.Len() {
		switch item := v.Index(i).Interface().(type) {
		case Case:
			put(to, join(path, item.Is), item.Then)
		case time.Weekday:
			items = append(items, strings.ToLower(item.String()[:3]))
		default:
			items = append(items, fmt.Sprint(item))
		}
	}
	if len(items) > 0 {
		put(to, path, strings.Join(items, ", "))
	}
}

// lengthOf is a length of time, or a time of day where a book has one.
func lengthOf(path string, d time.Duration) string {
	if strings.HasPrefix(path, "hours.") {
		return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
	}
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%gs", d.Seconds())
}

func put(to map[string]string, path, value string) {
	if value != "" {
		to[path] = value
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// kebab is a field's name as it is written in line.yaml: RescueAdvice is rescue-advice.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// diffTimes compares how long a caller listens at each node before anything can happen but a key.
func diffTimes(from, to *Release) []Difference {
	var all []Difference
	for _, name := range keysOf(from.Book.Nodes, to.Book.Nodes) {
		for _, lang := range languagesOf(from, to) {
			a, b := from.spoken(name, lang), to.spoken(name, lang)
			if math.Abs(a-b) >= 0.05 {
				all = append(all, Difference{Part: PartTimes, Language: lang, Where: name, OldSeconds: a, NewSeconds: b})
			}
		}
	}
	sort.SliceStable(all, func(i, k int) bool { return all[i].Where < all[k].Where })
	return all
}

// diffProofs puts the figures of the proofs side by side. A way that leads nowhere has no seconds.
func diffProofs(from, to Proofs) []Difference {
	var all []Difference
	for _, b := range to.Languages {
		for _, a := range from.Languages {
			if a.Language == b.Language {
				all = append(all, diffWays(b.Language, proved(a), proved(b))...)
			}
		}
	}
	return all
}

// provedWay is one figure of the proofs and what it means.
type provedWay struct {
	what wording.Sentence
	Way
}

func proved(l LanguageProofs) []provedWay {
	return []provedWay{
		{tell("until the first rescue advice has been told"), l.Rescue},
		{tell("until a person can be chosen"), l.Operator},
		{tell("nothing pressed"), l.Silent.Way},
		{tell("nothing pressed, desk closed"), l.Closed.Way},
		{tell("longest path"), l.Longest},
	}
}

// Title is Where for who reads it: a figure of the proofs has a name in every language.
func (d Difference) Title() wording.Sentence {
	for _, way := range proved(LanguageProofs{}) {
		if d.Part == PartProofs && way.what.String() == d.Where {
			return way.what
		}
	}
	return wording.Name(d.Where)
}

func diffWays(lang string, from, to []provedWay) []Difference {
	var all []Difference
	for i, b := range to {
		a := from[i]
		if a.Never == b.Never && a.Path == b.Path && math.Abs(a.Seconds-b.Seconds) < 0.05 {
			continue
		}
		all = append(all, Difference{
			Part: PartProofs, Language: lang, Where: b.what.String(), Old: a.Path, New: b.Path, OldSeconds: a.Seconds, NewSeconds: b.Seconds,
		})
	}
	return all
}

// spoken is the length of the texts of a node.
func (r *Release) spoken(node, lang string) float64 {
	var seconds float64
	if !slices.Contains(r.Book.Line.Languages, lang) {
		return 0
	}
	for _, key := range r.Book.Nodes[node].Say {
		if clip, ok := r.Clip(lang, key); ok {
			seconds += clip.Seconds
		}
	}
	return seconds
}
