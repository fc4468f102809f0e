package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// restartWait is the pause before a process that died is started again: short, callers wait; not zero, so that one
// that dies at once does not take a whole core.
const restartWait = 300 * time.Millisecond

// child is a process that is kept running.
type child struct {
	name    string
	sup     *supervisor
	pidFile string
	logFile string // "" throws its output away
	exec    func() *exec.Cmd

	mu       sync.Mutex
	pid      int // of the process itself
	stopping bool
	quick    int           // deaths within five seconds of their start, in a row
	gone     chan struct{} // closed when it is gone and not started again
}

// start starts it and the goroutine that keeps it running; stop ends both.
func (c *child) start() error {
	c.gone = make(chan struct{})
	cmd, err := c.launch()
	if err != nil {
		return err
	}
	go c.keep(func() error { return cmd.Wait() })
	return nil
}

// adopt keeps a process running that somebody else started.
func (c *child) adopt(pid int) {
	c.gone = make(chan struct{})
	c.pid = pid
	go c.keep(func() error { waitGone(pid, 0); return nil })
}

func (c *child) launch() (*exec.Cmd, error) {
	cmd := c.exec()
	// A group of its own: Ctrl-C at the terminal is for the supervisor, who tells its children in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.logFile != "" {
		f, err := openLog(c.logFile)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		cmd.Stdout, cmd.Stderr = f, f
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.name, err)
	}
	pid := innermost(cmd.Process.Pid)
	c.mu.Lock()
	c.pid = pid
	c.mu.Unlock()
	return cmd, writeFile(c.pidFile, []byte(strconv.Itoa(pid)+"\n"), 0o644)
}

// keep waits for the process's end and starts it again, until stop.
func (c *child) keep(wait func() error) {
	defer close(c.gone)
	for {
		began := time.Now()
		err := wait()
		c.mu.Lock()
		if c.stopping {
			c.mu.Unlock()
			_ = os.Remove(c.pidFile)
			return
		}
		if c.quick++; time.Since(began) > 5*time.Second {
			c.quick = 0
		}
		pause := restartWait * time.Duration(min(max(c.quick, 1), 10))
		c.mu.Unlock()
		c.sup.say("%s ended (%v); starting it again", c.name, cause(err))
		time.Sleep(pause)
		for {
			cmd, err := c.launch()
			if err == nil {
				wait = cmd.Wait
				break
			}
			c.sup.say("%v; trying again", err)
			time.Sleep(time.Second)
			if c.isStopping() {
				return
			}
		}
		if c.isStopping() { // stop came between the death and the new start
			c.signal(syscall.SIGTERM)
		}
	}
}

func cause(err error) string {
	if err == nil {
		return "by itself"
	}
	return err.Error()
}

func (c *child) isStopping() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping
}

// failures is how many times in a row it died soon after its start.
func (c *child) failures() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.quick
}

func (c *child) signal(sig syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pid > 0 {
		_ = syscall.Kill(c.pid, sig)
	}
}

// ask tells it to end and not to be started again; the channel is closed when it is gone.
func (c *child) ask() <-chan struct{} {
	c.mu.Lock()
	first := !c.stopping
	c.stopping = true
	c.mu.Unlock()
	if first {
		c.signal(syscall.SIGTERM)
	}
	return c.gone
}

// stop asks, and kills what has not gone after the time.
func (c *child) stop(after time.Duration) {
	gone := c.ask()
	select {
	case <-gone:
		return
	case <-time.After(after):
	}
	c.signal(syscall.SIGKILL)
	<-gone
}

// openLog opens a log for appending; one that has grown over 64 MB becomes the old one.
func openLog(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make the log folder: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 64<<20 {
		_ = os.Rename(path, path+".1")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return f, nil
}

// tail returns the last n lines of a file.
func tail(path string, n int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-n):], []byte("\n")))
}

// innermost follows a wrapper that has a single child (bwrap) to the process that it runs, so that the pid file names
// the one that matters.
func innermost(pid int) int {
	for range 200 {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil || strings.TrimSpace(string(name)) != "bwrap" {
			return pid
		}
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		if fields := strings.Fields(string(children)); len(fields) == 1 {
			if inner, err := strconv.Atoi(fields[0]); err == nil {
				pid = inner
				continue
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return pid
}

// orphan is the process that a pid file names, if it runs and works in dir; else 0. Pids are used again: the command
// line must name the folder.
func orphan(pidFile, dir string) int {
	data, err := os.ReadFile(pidFile)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || pid <= 1 {
		return 0
	}
	if mine(pid, dir) {
		return pid
	}
	return 0
}

// mine says whether the process pid belongs to the state folder dir: by its own command line or, for one in a private
// root, by the command line of the wrapper that is its parent.
func mine(pid int, dir string) bool {
	for range 2 {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			return false
		}
		if strings.Contains(string(line), dir) {
			return true
		}
		if pid = parent(pid); pid <= 1 {
			return false
		}
	}
	return false
}

func parent(pid int) int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	ppid, _ := strconv.Atoi(fields[1])
	return ppid
}

// waitGone waits until pid is gone, at most for the time; zero is without end.
func waitGone(pid int, most time.Duration) {
	began := time.Now()
	for syscall.Kill(pid, 0) == nil {
		if most > 0 && time.Since(began) > most {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
