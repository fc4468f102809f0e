// Package ledgertest runs a private PostgreSQL for tests: a cluster in a temporary folder, on a socket there and nowhere
// else, with the programs that this machine has. Nothing of the machine's own PostgreSQL is touched.
//
// A package's TestMain ends with os.Exit(ledgertest.Run(m)); the cluster starts when the first test asks for it, and
// ends with the process, whatever becomes of that. Tests may run at once.
package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is the process's own, of which there is one.
type cluster struct {
	mu     sync.Mutex
	bin    string // where the programs are
	dir    string
	as     *syscall.Credential // nil: us
	ended  chan struct{}       // closed when the server has ended
	server *os.Process
	failed error
	count  int
}

var theCluster cluster

// Run runs a package's tests and then ends the cluster.
func Run(m *testing.M) int {
	code := m.Run()
	theCluster.mu.Lock()
	defer theCluster.mu.Unlock()
	theCluster.stop()
	return code
}

// Postgres is the address of a fresh, empty database, which belongs to the user pronto, who may nothing else. There is a
// user guest who may do nothing at all. Without PostgreSQL on this machine the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	theCluster.mu.Lock()
	defer theCluster.mu.Unlock()
	c := &theCluster
	if c.server == nil && c.failed == nil {
		c.failed = c.start()
	}
	if errors.Is(c.failed, errMissing) {
		t.Skip(c.failed)
	}
	if c.failed != nil {
		t.Fatal(c.failed)
	}
	c.count++
	name := fmt.Sprintf("ledger_%d", c.count)
	if err := c.admin(t.Context(), `CREATE DATABASE `+name+` OWNER pronto`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.server != nil {
			_ = c.admin(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
		}
	})
	return c.address(name)
}

// Shut has the database of an address refuse everybody, who is connected too, until Unshut.
func Shut(t testing.TB, address string) {
	t.Helper()
	theCluster.allow(t, address, "false")
}

// Unshut see Shut.
func Unshut(t testing.TB, address string) {
	t.Helper()
	theCluster.allow(t, address, "true")
}

func (c *cluster) allow(t testing.TB, address, to string) {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	err = c.admin(t.Context(), `ALTER DATABASE `+config.Database+` ALLOW_CONNECTIONS `+to)
	if err == nil && to == "false" {
		err = c.admin(t.Context(), `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '`+config.Database+`'`)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Durable has the server wait for the disk, as one at work does, until the test ends. Otherwise it does not: no test pulls
// the plug.
func Durable(t testing.TB) {
	t.Helper()
	set := func(ctx context.Context, to string) error {
		theCluster.mu.Lock()
		defer theCluster.mu.Unlock()
		return errors.Join(theCluster.admin(ctx, `ALTER SYSTEM SET fsync = `+to), theCluster.admin(ctx, `SELECT pg_reload_conf()`))
	}
	if err := set(t.Context(), "on"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = set(context.Background(), "off") })
}

// Stop stops the server as an administrator does, Start starts it again. In between nobody can connect.
func Stop(t testing.TB) {
	t.Helper()
	theCluster.mu.Lock()
	defer theCluster.mu.Unlock()
	theCluster.halt(syscall.SIGINT)
}

// Start see Stop.
func Start(t testing.TB) {
	t.Helper()
	theCluster.mu.Lock()
	defer theCluster.mu.Unlock()
	if theCluster.server != nil {
		return
	}
	if err := theCluster.serve(); err != nil {
		t.Fatal(err)
	}
}

var errMissing = errors.New("PostgreSQL is not installed here (apt-get install postgresql): this test needs it")

// programs is the folder with initdb and postgres, of the newest version there is.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Slice(found, func(i, j int) bool { return major(found[i]) > major(found[j]) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errMissing
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", fmt.Errorf("find PostgreSQL: %w", err)
	}
	return filepath.Dir(path), nil
}

// major is the version in /usr/lib/postgresql/15/bin/initdb.
func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// start makes the cluster and starts its server.
func (c *cluster) start() (err error) {
	if c.bin, err = programs(); err != nil {
		return err
	}
	if c.dir, err = os.MkdirTemp("", "pronto-pg-"); err != nil {
		return fmt.Errorf("make a PostgreSQL: %w", err)
	}
	if c.as, err = credential(); err != nil {
		return err
	}
	if c.as != nil {
		if err := os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid)); err != nil {
			return fmt.Errorf("make a PostgreSQL: %w", err)
		}
	}
	init := c.command("initdb", "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("make a PostgreSQL: initdb: %w\n%s", err, out)
	}
	// In the file, not on the command line: see Durable.
	conf, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("make a PostgreSQL: %w", err)
	}
	_, err = conf.WriteString("fsync = off\n")
	if err := errors.Join(err, conf.Close()); err != nil {
		return fmt.Errorf("make a PostgreSQL: %w", err)
	}
	if err := c.serve(); err != nil {
		return err
	}
	return c.admin(context.Background(), `CREATE ROLE pronto LOGIN; CREATE ROLE guest LOGIN`)
}

// credential is whose processes the cluster's are: PostgreSQL refuses to be root's.
func credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("make a PostgreSQL: neither the user postgres nor nobody is there, and root may not run it")
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) address(database string) string {
	return "postgres://pronto@/" + database + "?host=" + c.dir
}

// adminAddress is that of the server's own database, for its administrator.
func (c *cluster) adminAddress() string {
	return "postgres://postgres@/postgres?host=" + c.dir
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	return cmd
}

// serve starts the server and waits until it takes connections. The kernel ends it with us: the thread that starts it
// lives as long as it does.
func (c *cluster) serve() error {
	cmd := c.command("postgres", "-D", c.data(), "-k", c.dir, "-c", "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=64MB")
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer func() { _ = log.Close() }()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	c.server, c.ended = cmd.Process, ended
	return c.ready()
}

func (c *cluster) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := c.admin(ctx, `SELECT 1`)
		if err == nil {
			return nil
		}
		select {
		case <-c.ended:
			c.server = nil
			text, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("start PostgreSQL: it ended at once:\n%s", text)
		case <-ctx.Done():
			return fmt.Errorf("start PostgreSQL: it takes no connections: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *cluster) admin(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.adminAddress())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func (c *cluster) halt(how syscall.Signal) {
	if c.server == nil {
		return
	}
	_ = c.server.Signal(how)
	<-c.ended
	c.server = nil
}

func (c *cluster) stop() {
	c.halt(syscall.SIGQUIT)
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}
