package prompts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// RenderOptions say how a book becomes a release. All folders are made if they are not there.
type RenderOptions struct {
	Engine   Engine // speaks what is not recorded; nil if all is
	CacheDir string // spoken texts are kept here and used again
	OutDir   string // the sound root; the release is made below it
	// Progress is told each text that is ready, done rising from 1 to total; it is not called from two goroutines at
	// once. key is <language>/<key>. nil is allowed.
	Progress func(done, total int, key string)
}

// workers speak texts at the same time. More would take the processor from the calls of a running line.
const workers = 2

// Render makes a release of a book that has no faults: it takes the recordings, speaks the other texts and publishes all
// below the sound root, whole or not at all. The same book gives the same release, which is then found and not made again.
//
// The faults are warnings about recordings: those that can not be used are replaced by speech. With ErrUnproven they tell
// which limits of its own the book does not keep, and nothing is published.
func Render(ctx context.Context, book *Book, o RenderOptions) (*Release, []Fault, error) {
	cache, err := openCache(o.CacheDir)
	if err != nil {
		return nil, nil, storageError(err, o.CacheDir)
	}
	r := &renderer{book: book, engine: o.Engine, cache: cache}
	jobs := plan(book)
	takes, err := r.makeAll(ctx, jobs, o.Progress)
	if err != nil {
		return nil, nil, storageError(err, o.CacheDir)
	}
	var faults []Fault
	for _, t := range takes {
		faults = append(faults, t.faults...)
	}
	planned, err := assemble(book, takes)
	if err != nil {
		return nil, faults, err
	}
	faults = append(faults, planned.Proofs.Faults(book)...)
	if blocking(faults) {
		return nil, faults, ErrUnproven
	}
	release, err := publish(ctx, o.OutDir, cache, book, takes)
	if err != nil {
		return nil, faults, storageError(err, o.OutDir)
	}
	return release, faults, nil
}

// Preview is the release that the book would make, with the real lengths of its clips. Texts are spoken into the cache; the sound
// root is not touched, so its clips can not be played.
func Preview(ctx context.Context, book *Book, o RenderOptions) (*Release, []Fault, error) {
	cache, err := openCache(o.CacheDir)
	if err != nil {
		return nil, nil, storageError(err, o.CacheDir)
	}
	r := &renderer{book: book, engine: o.Engine, cache: cache}
	takes, err := r.makeAll(ctx, plan(book), o.Progress)
	if err != nil {
		return nil, nil, storageError(err, o.CacheDir)
	}
	var faults []Fault
	for _, t := range takes {
		faults = append(faults, t.faults...)
	}
	release, err := assemble(book, takes)
	if err != nil {
		return nil, faults, err
	}
	return release, append(faults, release.Proofs.Faults(book)...), nil
}

// job is one clip to be made.
type job struct {
	lang, key string
	text      string // as written; "" is the beep
	recording string // path in the book's FS, "" if the text must be spoken
}

// take is a clip made, in the cache.
type take struct {
	job
	entry
	cached string // its name in the cache
	source string // see Clip.Source
	faults []Fault
}

// plan lists what a release of the book is made of, always in the same order.
func plan(b *Book) []job {
	var jobs []job
	for _, lang := range b.Line.Languages {
		texts, recordings := b.Texts[lang], b.Recordings[lang]
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			switch key {
			case KeyBeep:
			case b.Desk.Position:
				jobs = append(jobs, positions(b, lang)...)
			default:
				jobs = append(jobs, job{lang: lang, key: key, text: texts[key], recording: recordings[key]})
			}
		}
		jobs = append(jobs, numbers(b, lang)...)
		jobs = append(jobs, job{lang: lang, key: KeyBeep})
	}
	return jobs
}

// numbers are what the program puts together from digits: what a caller typed, and the numbers of offices.
func numbers(b *Book, lang string) []job {
	var jobs []job
	add := func(key, text string) {
		jobs = append(jobs, job{lang: lang, key: key, text: text, recording: b.Recordings[lang][key]})
	}
	if b.saysDigits() {
		for digit := byte('0'); digit <= '9'; digit++ {
			add(DigitKey(digit), string(rune(digit)))
		}
	}
	for _, name := range sortedKeys(b.Directory) {
		add(NumberKey(name), spaced(b.Directory[name].Number))
	}
	if b.has(KindRequest) {
		for _, d := range dates(lang) {
			add(d.key, d.text)
		}
	}
	return jobs
}

// saysDigits says whether callers hear digits one by one.
func (b *Book) saysDigits() bool { return b.readsBack() || b.opensRequests() || b.has(KindCallback) }

// readsBack says whether callers hear digits that they typed.
func (b *Book) readsBack() bool {
	for _, n := range b.Nodes {
		if n.Kind == KindAsk && n.Confirm {
			return true
		}
	}
	return false
}

// spaced is a number as it is dictated, digit by digit with pauses: 0 6, 6 8, 2 0, 1.
func spaced(number string) string {
	var b strings.Builder
	for i, digit := range number {
		switch {
		case i > 0 && i%2 == 0:
			b.WriteString(", ")
		case i > 0:
			b.WriteString(" ")
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// positions are the sentences that tell the place in the queue: whole sentences, because languages put numbers
// together with words in different ways.
func positions(b *Book, lang string) []job {
	text, recordings := b.Texts[lang][b.Desk.Position], b.Recordings[lang]
	jobs := make([]job, 0, MaxPosition)
	for n := 1; n <= MaxPosition; n++ {
		j := job{lang: lang, key: b.PositionKey(n), text: strings.ReplaceAll(text, "{n}", strconv.Itoa(n))}
		j.recording = recordings[j.key]
		jobs = append(jobs, j)
	}
	return jobs
}

// renderer makes clips.
type renderer struct {
	book   *Book
	engine Engine
	cache  *cache
}

// makeAll makes all clips; the takes are in the order of the jobs.
func (r *renderer) makeAll(ctx context.Context, jobs []job, progress func(done, total int, key string)) ([]take, error) {
	takes := make([]take, len(jobs))
	var next atomic.Int64
	finished := make(chan int)
	group, work := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return nil
				}
				if work.Err() != nil {
					return context.Cause(work)
				}
				t, err := r.make(work, jobs[i])
				if err != nil {
					return wording.Errorf("text %s/%s: %w", jobs[i].lang, jobs[i].key, err)
				}
				takes[i] = t
				finished <- i
			}
		})
	}
	result := make(chan error, 1)
	go func() {
		result <- group.Wait()
		close(finished)
	}()
	done := 0
	for i := range finished {
		done++
		if progress != nil {
			progress(done, len(jobs), jobs[i].lang+"/"+jobs[i].key)
		}
	}
	return takes, <-result
}

// make makes one clip: the recording if there is a good one, else speech.
func (r *renderer) make(ctx context.Context, j job) (take, error) {
	if j.key == KeyBeep {
		return r.beep(j)
	}
	var faults []Fault
	if j.recording != "" {
		t, ok, err := r.record(j)
		if ok || err != nil {
			return t, err
		}
		faults = t.faults
	}
	t, err := r.speak(ctx, j)
	t.faults = faults
	return t, err
}

func (r *renderer) beep(j job) (take, error) {
	name := cacheName("beep", audio.Version)
	e, err := r.cache.fetch(name, func() (audio.Sound, []audio.Problem, error) { return audio.Beep(), nil, nil })
	return take{job: j, entry: e, cached: name, source: "tone"}, err
}

func (r *renderer) speak(ctx context.Context, j job) (take, error) {
	if r.engine == nil {
		return take{}, wording.Errorf("it has no usable recording and there is no speech engine: record it, or install espeak-ng")
	}
	voice, ok := r.engine.Voice(j.lang)
	if !ok {
		return take{}, wording.Errorf("no speech engine speaks %q: install espeak-ng, or record every text of that language", j.lang)
	}
	text := r.book.spoken(j.lang, j.text)
	name := cacheName("speech", audio.Version, voice.Engine, voice.Version, voice.Name, fmt.Sprintf("%+v", voice.EQ), j.lang, text)
	e, err := r.cache.fetch(name, func() (audio.Sound, []audio.Problem, error) {
		raw, err := r.engine.Speak(ctx, j.lang, text)
		if err != nil {
			return audio.Sound{}, nil, wording.Errorf("speak it: %w", err)
		}
		master, err := audio.Master(raw, voice.EQ)
		if errors.Is(err, audio.ErrSilent) {
			return master, nil, wording.Errorf("%s makes no sound of it: write words that can be spoken", voice.Engine)
		}
		return master, nil, err
	})
	return take{job: j, entry: e, cached: name, source: voice.Engine}, err
}

// record takes the job's recording; false if it can not be used, the take's faults saying why.
func (r *renderer) record(j job) (take, bool, error) {
	t := take{job: j, source: "recording"}
	data, err := readRecording(r.book.FS, j.recording)
	if err != nil {
		t.faults = r.faults(j, []audio.Problem{{Message: wording.Say("%v", err), Remedy: tell("replace the file"), Fatal: true}})
		return t, false, nil
	}
	t.cached = cacheName("recording", audio.Version, string(data))
	t.entry, err = r.cache.fetch(t.cached, func() (audio.Sound, []audio.Problem, error) { return judge(data) })
	if err != nil {
		return t, false, err
	}
	t.faults = r.faults(j, t.Problems)
	return t, t.Samples > 0, nil
}

// readRecording reads a recording unless it is far too big to be one.
func readRecording(fsys fs.FS, path string) ([]byte, error) {
	if fsys == nil {
		return nil, wording.Errorf("it can not be read: the book has no folder")
	}
	f, err := fsys.Open(path)
	if err != nil {
		return nil, wording.Errorf("it can not be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	// One byte more than DecodeWAV takes, for it to say so.
	data, err := io.ReadAll(io.LimitReader(f, audio.MaxBytes+1))
	if err != nil {
		return nil, wording.Errorf("it can not be read: %w", err)
	}
	return data, nil
}

// judge makes a master of a recording. If the recording can not be used, the master is empty and a problem is fatal.
func judge(data []byte) (audio.Sound, []audio.Problem, error) {
	raw, err := audio.DecodeWAV(data)
	if err != nil {
		return audio.Sound{}, []audio.Problem{{Code: "unreadable", Message: wording.Say("%v", err), Remedy: tell("replace the file"), Fatal: true}}, nil
	}
	problems := audio.Check(raw)
	if slices.ContainsFunc(problems, func(p audio.Problem) bool { return p.Fatal }) {
		return audio.Sound{}, problems, nil
	}
	master, err := audio.Master(raw, audio.EQ{})
	if err != nil {
		problems = append(problems, audio.Problem{Code: "silent", Message: wording.Say("%v", err), Remedy: tell("record it again"), Fatal: true})
		return audio.Sound{}, problems, nil
	}
	return master, problems, nil
}

// faults tells an admin about a recording.
func (r *renderer) faults(j job, problems []audio.Problem) []Fault {
	file := j.recording
	if r.book.Dir != "" {
		file = filepath.Join(r.book.Dir, filepath.FromSlash(file))
	}
	faults := make([]Fault, 0, len(problems))
	for _, p := range problems {
		message := p.Message
		if p.Fatal {
			message = tell("the recording is not used, a speech engine speaks the text: %s", message)
		}
		faults = append(faults, Fault{File: file, Message: message, Hint: p.Remedy, Warning: true})
	}
	return faults
}
