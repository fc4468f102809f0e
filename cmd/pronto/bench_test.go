package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pronto/asterisk/local"
	"pronto/asterisk/siptest"
)

// nativeDialplan is Asterisk's own way to do what the line does, on the same Asterisk: the other side of each figure.
const nativeDialplan = `
[from-trunk](+)
exten => bench-queue,1,Answer()
 same => n,Queue(bench)
exten => bench-announce,1,Answer()
 same => n,Playback(%[1]s)
 same => n,Hangup()
exten => bench-menu,1,Answer()
 same => n,Background(%[2]s)
 same => n,WaitExten(10)
exten => 2,1,Playback(%[3]s)
 same => n,Wait(10)
`

const benchLine = `
book: 1
line: { number: "800840840", name: Bench line, timezone: Europe/Rome, languages: [it, en] }
topics: { information: { class: 2 } }
rescue: { default: { number: "112", say: dial-112 } }
desk: { ring: 15s, capacity: 5000, announce: 10m, music: %s }
start: welcome
nodes:
  welcome: { kind: menu, say: [welcome], keys: { "0": operator, "2": text, "4": announce, "1": danger }, wait: 2s, tries: 2, otherwise: operator }
  text: { kind: say, say: [long-text], then: goodbye }
  announce: { kind: hangup, say: [announce] }
  danger: { kind: rescue, use: default, then: goodbye }
  operator: { kind: queue, topic: information, closed: goodbye, full: goodbye }
  mailbox: { kind: message, topic: information, longest: 20s, then: goodbye }
  goodbye: { kind: hangup, say: [goodbye] }
`

// bench is one line and Asterisk's own queue on one Asterisk.
type bench struct {
	*rig
	phones []*siptest.Phone
}

const benchOperators = 8

// newBench starts a line whose Asterisk also has the native dialplan and queue.
func newBench(b *testing.B, music bool, start string) *bench {
	b.Helper()
	book := toneBook(b)
	how := "none"
	if music {
		how = "all"
	}
	text := fmt.Sprintf(benchLine, how)
	if start != "" {
		text = strings.Replace(text, "start: welcome", "start: "+start, 1)
	}
	writeTest(b, filepath.Join(book, "line.yaml"), []byte(text))
	for _, lang := range []string{"it", "en"} {
		writeTest(b, filepath.Join(book, "audio", lang, "announce.wav"), toneWAV(600, 4))
		f, err := os.OpenFile(filepath.Join(book, "texts", lang+".yaml"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = f.WriteString("announce: \"four seconds\"\n")
		_ = f.Close()
	}
	r := startRig(b, rigOptions{book: book, operators: benchOperators})
	r.native()
	return &bench{rig: r}
}

// native loads Asterisk's own queue and dialplan beside ours.
func (r *rig) native() {
	r.t.Helper()
	time.Sleep(2500 * time.Millisecond) // the controller writes and loads its own dialplan once, a second after its start
	state := filepath.Join(r.dir, "asterisk")
	in, err := local.Find(r.ctx(time.Minute), r.out)
	if err != nil {
		r.t.Fatal(err)
	}
	sound := func(key string) string {
		files, _ := filepath.Glob(filepath.Join(state, "sounds", "releases", "*", "it", key+".*.alaw"))
		if len(files) != 1 {
			r.t.Fatalf("clip %s: %v", key, files)
		}
		rel, _ := filepath.Rel(filepath.Join(state, "sounds"), files[0])
		return filepath.Join(in.Dirs(state).Sounds, strings.TrimSuffix(rel, ".alaw"))
	}
	etc := filepath.Join(state, "etc")
	f, err := os.OpenFile(filepath.Join(etc, "extensions.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	_, _ = fmt.Fprintf(f, nativeDialplan, sound("announce"), sound("welcome"), sound("long-text"))
	_ = f.Close()
	queues := "[general]\nautofill=yes\n[bench]\nstrategy=rrmemory\nringinuse=no\nautofill=yes\ntimeout=15\nretry=1\nwrapuptime=0\njoinempty=yes\nannounce-frequency=0\n"
	for i := range benchOperators {
		queues += fmt.Sprintf("member => PJSIP/op%d\n", i+1)
	}
	writeTest(r.t, filepath.Join(etc, "queues.conf"), []byte(queues))
	for _, command := range []string{
		"module load res_monitor.so", "module load app_queue.so", "module load app_playback.so", "module load pbx_builtins.so",
		"module load app_verbose.so", "dialplan reload", "queue reload all",
	} {
		out, err := local.Control(r.ctx(10*time.Second), state, command)
		if err != nil {
			r.t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	if out, _ := local.Control(r.ctx(10*time.Second), state, "dialplan show bench-queue@from-trunk"); !strings.Contains(out, "Queue") {
		r.t.Fatalf("the native dialplan is not loaded: %s", out)
	}
	if out, _ := local.Control(r.ctx(10*time.Second), state, "queue show bench"); !strings.Contains(out, "op1") {
		r.t.Fatalf("the native queue is not loaded: %s", out)
	}
}

// dialAt calls an extension of the native dialplan, or the line.
func (r *rig) dialAt(exten string, c siptest.Config) *citizen {
	r.t.Helper()
	c.User = fmt.Sprintf("08%08d", lastNumber.Add(1))
	p := r.phone(c)
	call, err := p.Dial(r.ctx(10*time.Minute), "sip:"+exten+"@"+r.sip)
	if err != nil {
		r.t.Fatal(err)
	}
	return &citizen{Call: call, number: c.User, phone: p}
}

// cpu is the processor time that a process has used.
func cpu(pid int) time.Duration {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 14 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on Linux
}

func memory(pid int) int {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.Atoi(fields[1])
	return pages * os.Getpagesize()
}

// fill puts n callers into a queue.
func (b *bench) fill(exten string, n int, wait func() bool) []*citizen {
	b.t.Helper()
	callers := make([]*citizen, 0, n)
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for range n {
		<-tick.C
		callers = append(callers, b.dialAt(exten, siptest.Config{SilentRTP: true}))
	}
	b.eventually(time.Minute, "all callers are in the queue", wait)
	return callers
}

// gaps measures the time from an operator's hang-up to the next ringing of his phone, over cycles calls.
func (b *bench) gaps(cycles int) []time.Duration {
	b.t.Helper()
	var mu sync.Mutex
	var gaps []time.Duration
	var left atomic.Int64
	left.Store(int64(cycles))
	var wg sync.WaitGroup
	for i, p := range b.phones {
		wg.Go(func() {
			var freed time.Time
			for {
				select {
				case c := <-p.Incoming():
					now := time.Now()
					if !freed.IsZero() {
						mu.Lock()
						gaps = append(gaps, now.Sub(freed))
						mu.Unlock()
					}
					if c.Answer(b.ctx(5*time.Second)) != nil {
						freed = time.Time{}
						continue
					}
					time.Sleep(time.Duration(400+37*i) * time.Millisecond)
					freed = time.Now()
					_ = c.Hangup(b.ctx(5 * time.Second))
					if left.Add(-1) < 0 {
						return
					}
				case <-time.After(10 * time.Second):
					return
				}
			}
		})
	}
	wg.Wait()
	return gaps
}

func (b *bench) register(n int) {
	b.t.Helper()
	for i := range n {
		b.phones = append(b.phones, b.operatorPhone(fmt.Sprintf("op%d", i+1)))
	}
}

func (r *rig) operatorPhone(name string) *siptest.Phone {
	r.t.Helper()
	p := r.phone(siptest.Config{User: name, Secret: r.secret(name), SilentRTP: true})
	if err := p.Register(r.ctx(10*time.Second), r.sip); err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (b *bench) unregister() {
	for _, p := range b.phones {
		_ = p.Unregister(b.ctx(5 * time.Second))
	}
	b.phones = nil
}

func (b *bench) hangUpAll(callers []*citizen) {
	b.t.Helper()
	for _, c := range callers {
		_ = c.Hangup(b.ctx(5 * time.Second))
		c.phone.Close()
	}
	b.clean()
}

// table collects the figures of one run.
type table struct{ rows [][4]string }

func (t *table) add(what, native, ours, remark string) {
	t.rows = append(t.rows, [4]string{what, native, ours, remark})
}

func (t *table) print() {
	width := [3]int{}
	for _, row := range t.rows {
		for i := range width {
			width[i] = max(width[i], len(row[i]))
		}
	}
	for _, row := range t.rows {
		fmt.Printf("%-*s | %-*s | %-*s | %s\n", width[0], row[0], width[1], row[1], width[2], row[2], row[3])
	}
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

func spread(d []time.Duration) string {
	return fmt.Sprintf("p50 %s p99 %s (n=%d)", ms(percentile(d, .5)), ms(percentile(d, .99)), len(d))
}

func ratio(a, b time.Duration) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("ratio %.3f", float64(a)/float64(b))
}

// BenchmarkAgainstAsterisk prints the table of DESIGN.md section 11: both sides in one run on the same Asterisk.
func BenchmarkAgainstAsterisk(b *testing.B) {
	out := &table{}
	out.add("what", "Asterisk's own", "pronto", "ratio pronto/native; target")
	b.Run("music", func(b *testing.B) {
		x := newBench(b, true, "")
		x.idleGapNative(out)
		x.idleGap(out, 100, "music", "target p99 <= 20 ms")
		x.keys(out)
	})
	b.Run("announcements", func(b *testing.B) {
		newBench(b, true, "announce").announcements(out)
	})
	b.Run("silence", func(b *testing.B) {
		x := newBench(b, false, "operator")
		x.idleGap(out, 1000, "silence", "target p99 <= 20 ms")
	})
	out.print()
}

var nativeGap time.Duration

func (b *bench) idleGapNative(out *table) {
	b.register(5)
	callers := b.fill("bench-queue", 100+150, func() bool {
		answer, _ := local.Control(b.ctx(5*time.Second), filepath.Join(b.dir, "asterisk"), "queue show bench")
		return strings.Count(answer, "wait: ") >= 100
	})
	gaps := b.gaps(100)
	nativeGap = percentile(gaps, .5)
	out.add("operator idle between calls, 100 waiting, music", spread(gaps), "", "app_queue")
	b.unregister()
	b.hangUpAll(callers)
}

func (b *bench) idleGap(out *table, waiting int, how, target string) {
	serve := b.pid("serve")
	before := memory(serve)
	callers := make([]*citizen, 0, waiting)
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for range waiting + 150 {
		<-tick.C
		callers = append(callers, b.dialAt("800840840", siptest.Config{SilentRTP: true}))
	}
	if how == "music" { // through the menu
		time.Sleep(500 * time.Millisecond)
		for _, c := range callers {
			_ = c.Press(b.ctx(5*time.Second), "0")
		}
	}
	b.eventually(time.Minute, "all callers are in the queue", func() bool { return b.metric("pronto_waiting") == float64(waiting+150) })
	grown := memory(serve) - before
	b.register(5)
	gaps := b.gaps(150)
	p50 := percentile(gaps, .5)
	out.add(fmt.Sprintf("operator idle between calls, %d waiting, %s", waiting, how), "", spread(gaps), ratio(p50, nativeGap)+" of p50; "+target)
	out.add(fmt.Sprintf("memory of the controller per waiting call, %d waiting", waiting+150), "",
		fmt.Sprintf("%.1f kB", float64(grown)/1024/float64(waiting+150)), "target <= 20 kB")
	b.unregister()
	b.hangUpAll(callers)
}

// announcements compares the processor time of a call that hears four seconds and ends.
func (b *bench) announcements(out *table) {
	const calls = 200
	run := func(exten string) (asterisk, serve time.Duration) {
		a, s := cpu(b.pid("asterisk")), cpu(b.pid("serve"))
		var wg sync.WaitGroup
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for range calls {
			<-tick.C
			c := b.dialAt(exten, siptest.Config{SilentRTP: true})
			wg.Go(func() { <-c.Done(); c.phone.Close() })
		}
		wg.Wait()
		return (cpu(b.pid("asterisk")) - a) / calls, (cpu(b.pid("serve")) - s) / calls
	}
	run("bench-announce") // warm
	var native, ours, own []time.Duration
	for range 3 { // in turn, so that the machine's moods meet both
		n, _ := run("bench-announce")
		a, s := run("800840840")
		native, ours, own = append(native, n), append(ours, a), append(own, s)
	}
	n, a, s := percentile(native, .5), percentile(ours, .5), percentile(own, .5)
	out.add("CPU of a 4 s announcement call: Asterisk", ms(n), ms(a), ratio(a, n)+"; target <= 1.2")
	out.add("CPU of a 4 s announcement call: controller", "-", ms(s), "target <= 1 ms")
}

// keys compares the end of the key with the next prompt's first packet.
func (b *bench) keys(out *table) {
	run := func(exten string) (took []time.Duration) {
		for i := range 40 {
			c := b.dialAt(exten, siptest.Config{})
			b.await(c.Answered(), 5*time.Second, "the call is answered")
			b.hears(c.Call, toneWelcome, 3*time.Second)
			time.Sleep(time.Duration(100+13*i) * time.Millisecond)
			c.Mark()
			_ = c.Press(b.ctx(5*time.Second), "2")
			took = append(took, b.hears(c.Call, toneLongText, 3*time.Second).Sub(c.LastKeyEnd()))
			b.hangup(c.Call)
			c.phone.Close()
		}
		return took
	}
	native, ours := run("bench-menu"), run("800840840")
	out.add("end of the key to the next prompt", spread(native), spread(ours),
		fmt.Sprintf("p99 %+.1f ms; target <= +20 ms", float64(percentile(ours, .99)-percentile(native, .99))/1e6))
	b.clean()
}
