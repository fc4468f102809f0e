//go:build !race

package asterisk

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// quiet is a TCP connection that reads and writes without telling Go's scheduler of the system call. The scheduler wants
// to know because a call may block; on a socket of Go's none does. Being told, it wakes a thread that watches the call,
// and each of the five times in a call's life that the switch says something, and this process has been idle before,
// that thread cost more than the work (measured: half of the processor time of waking up, reading and answering).
//
// At most one goroutine may read, and one write, at a time.
type quiet struct {
	*net.TCPConn
	raw     syscall.RawConn
	in, out transfer
}

// transfer is a system call's argument and result. They are fields because a closure over them would be made for each
// read.
type transfer struct {
	number uintptr // of the system call
	p      []byte
	n      int
	errno  syscall.Errno
	try    func(fd uintptr) bool // t.once
}

// hush makes c quiet. A connection that is none of TCP is left as it is.
func hush(c net.Conn) (net.Conn, error) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c, nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	q := &quiet{TCPConn: tcp, raw: raw, in: transfer{number: syscall.SYS_READ}, out: transfer{number: syscall.SYS_WRITE}}
	q.in.try, q.out.try = q.in.once, q.out.once
	return q, nil
}

// once makes the system call, and tells whether it is done: if not, there is nothing to read or no room to write, and
// Go's poller says when to try again.
func (t *transfer) once(fd uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall(t.number, fd, uintptr(unsafe.Pointer(&t.p[0])), uintptr(len(t.p)))
		if errno == syscall.EINTR {
			continue
		}
		if errno == 0 {
			t.n = int(n)
		}
		t.errno = errno
		return errno != syscall.EAGAIN
	}
}

// run makes one transfer, waiting until it is possible or the deadline has passed.
func (t *transfer) run(p []byte, wait func(func(uintptr) bool) error, name string) (int, error) {
	t.p, t.n, t.errno = p, 0, 0
	err := wait(t.try)
	t.p = nil
	if err == nil && t.errno != 0 {
		err = os.NewSyscallError(name, t.errno)
	}
	return t.n, err
}

// Read reads what has come, once there is something.
func (q *quiet) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := q.in.run(p, q.raw.Read, "read")
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// Write writes all of p.
func (q *quiet) Write(p []byte) (done int, err error) {
	for done < len(p) && err == nil {
		var n int
		n, err = q.out.run(p[done:], q.raw.Write, "write")
		done += n
	}
	return done, err
}
