//go:build race

package asterisk

import "net"

// hush leaves c as it is: the race detector counts on the runtime's system calls to see what happened before what.
func hush(c net.Conn) (net.Conn, error) { return c, nil }
