package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// errOther is returned by Open where another controller writes the same database.
var errOther = errors.New("another controller writes this database: stop one of the two")

var errLost = errors.New("the connection was lost")

const (
	// writerLock is the advisory lock of the one who writes: "pronto", as a number.
	writerLock = 0x70726f6e746f
	// pgQueue is how many statements are sent to the server at once.
	pgQueue = 4000
	// pgReaders is how many connections read at once.
	pgReaders = 4
)

// postgresServer is a database on a PostgreSQL server.
type postgresServer struct {
	config *pgx.ConnConfig
	busy   time.Duration // how long the writer's lock is waited for

	mu    sync.Mutex // guards the fields below
	reads *sql.DB    // nil: nobody has read yet
	bound map[string]string
}

// OnServer tells whether name, as in Options.Path, is the address of a server, not the path of a file.
func OnServer(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// newPostgres reads the address, and, where it is silent, PostgreSQL's own environment (PGPASSWORD, PGSSLMODE, ~/.pgpass).
func newPostgres(address string, busy time.Duration) (*postgresServer, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		var e *pgconn.ParseConfigError
		if errors.As(err, &e) { // its text holds the address, the password crossed out
			err = errors.New("write it as postgres://user:password@host:5432/database")
		}
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	for name, value := range map[string]string{
		"application_name": "pronto",
		"lock_timeout":     "5s",
		// A server whose client's machine is gone must let the writer's lock go, or no other controller can take over.
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
	} {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	return &postgresServer{config: config, busy: busy, bound: map[string]string{}}, nil
}

func (d *postgresServer) String() string {
	host := net.JoinHostPort(d.config.Host, strconv.Itoa(int(d.config.Port)))
	if strings.HasPrefix(d.config.Host, "/") {
		host = d.config.Host + ":" + strconv.Itoa(int(d.config.Port))
	}
	return "postgres://" + host + "/" + d.config.Database
}

// bind numbers what is bound: $1, $2, ...
func (d *postgresServer) bind(query string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b, ok := d.bound[query]; ok {
		return b
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	if len(d.bound) < 1000 { // filters make statements of their own
		d.bound[query] = b.String()
	}
	return b.String()
}

// reader is one pool for all who read: it makes its connections anew by itself.
func (d *postgresServer) reader(context.Context) (*sql.DB, func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reads == nil {
		config := d.config.Copy()
		config.RuntimeParams["default_transaction_read_only"] = "on"
		d.reads = stdlib.OpenDB(*config)
		d.reads.SetMaxOpenConns(pgReaders)
		d.reads.SetConnMaxIdleTime(time.Minute)
	}
	return d.reads, func() {}, nil
}

func (d *postgresServer) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reads == nil {
		return nil
	}
	err := d.reads.Close()
	d.reads = nil
	return err
}

// postgresStore is the writer's connection. It holds the writer's lock, which ends with it.
type postgresStore struct {
	db   *postgresServer
	conn *pgx.Conn
}

// open connects, takes the writer's lock and brings the schema up to date.
func (d *postgresServer) open(ctx context.Context) (store, error) {
	conn, err := pgx.ConnectConfig(ctx, d.config)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d, unwrapped(err))
	}
	s := &postgresStore{db: d, conn: conn}
	if err := s.lock(ctx); err != nil {
		_ = s.close()
		return nil, fmt.Errorf("open %s: %w", d, err)
	}
	db := stdlib.OpenDB(*d.config)
	defer func() { _ = db.Close() }()
	if err := migrate(ctx, db, goose.DialectPostgres, "postgres"); err != nil {
		_ = s.close()
		return nil, fmt.Errorf("open %s: %w", d, err)
	}
	return s, nil
}

// lock takes the writer's lock. It waits a little: the server may not have seen yet that the one before is gone.
func (s *postgresStore) lock(ctx context.Context) error {
	for until := time.Now().Add(s.db.busy); ; {
		var got bool
		if err := s.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(writerLock)).Scan(&got); err != nil {
			return fmt.Errorf("take the writer's lock: %w", err)
		}
		if got {
			return nil
		}
		if time.Now().After(until) {
			return errOther
		}
		wait := time.NewTimer(50 * time.Millisecond)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
	}
}

func (s *postgresStore) fit() error {
	if s.conn.IsClosed() {
		return errLost
	}
	return nil
}

func (s *postgresStore) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.conn.Close(ctx); err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	return nil
}

func (s *postgresStore) inTx(ctx context.Context, do func(t tx) error) error {
	t, err := s.conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	p := &postgresTx{ctx: ctx, db: s.db, tx: t}
	err = do(p)
	if err == nil {
		err = p.finish()
	}
	if err != nil {
		_ = t.Rollback(ctx)
		return fmt.Errorf("write the ledger: %w", err)
	}
	if err := t.Commit(ctx); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// postgresTx is a transaction. What may run later is gathered and sent at once: a statement costs the server little, the
// way there and back much.
type postgresTx struct {
	ctx    context.Context
	db     *postgresServer
	tx     pgx.Tx
	queued *pgx.Batch
	thens  []func(n int64) // of the queued, in order
	events events
}

// events are steps of calls on their way: most of what is written, and nothing else in a transaction looks at them. All
// of them are one statement.
type events struct {
	calls, kinds, texts []string
	at                  []int64
}

const sqlEvents = `INSERT INTO events (call, at, kind, text)
	SELECT call, at, kind, text FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) WITH ORDINALITY AS e (call, at, kind, text, place) ORDER BY place`

func (t *postgresTx) later(query string, then func(n int64), args ...any) error {
	if query == sqlEvent {
		args = storable(args)
		t.events.calls = append(t.events.calls, args[0].(string))
		t.events.at = append(t.events.at, args[1].(int64))
		t.events.kinds = append(t.events.kinds, args[2].(string))
		t.events.texts = append(t.events.texts, args[3].(string))
		return nil
	}
	if t.queued == nil {
		t.queued = &pgx.Batch{}
	}
	t.queued.Queue(t.db.bind(query), storable(args)...)
	t.thens = append(t.thens, then)
	if len(t.thens) >= pgQueue {
		return t.send()
	}
	return nil
}

// finish runs all that has not been run yet.
func (t *postgresTx) finish() error {
	if e := t.events; len(e.calls) > 0 {
		if t.queued == nil {
			t.queued = &pgx.Batch{}
		}
		t.queued.Queue(sqlEvents, e.calls, e.at, e.kinds, e.texts)
		t.thens = append(t.thens, nil)
	}
	return t.send()
}

// send runs what is queued.
func (t *postgresTx) send() error {
	if t.queued == nil {
		return nil
	}
	results := t.tx.SendBatch(t.ctx, t.queued)
	thens := t.thens
	t.queued, t.thens = nil, nil
	for _, then := range thens {
		tag, err := results.Exec()
		if err != nil {
			_ = results.Close()
			return err
		}
		if then != nil {
			then(tag.RowsAffected())
		}
	}
	return results.Close()
}

func (t *postgresTx) exec(query string, args ...any) (int64, error) {
	if err := t.send(); err != nil {
		return 0, err
	}
	tag, err := t.tx.Exec(t.ctx, t.db.bind(query), storable(args)...)
	return tag.RowsAffected(), err
}

func (t *postgresTx) row(into []any, query string, args ...any) (found bool, err error) {
	if err := t.send(); err != nil {
		return false, err
	}
	return noRows(t.tx.QueryRow(t.ctx, t.db.bind(query), storable(args)...).Scan(into...))
}

func (t *postgresTx) rows(scan func(scan func(into ...any) error) error, query string, args ...any) error {
	if err := t.send(); err != nil {
		return err
	}
	rows, err := t.tx.Query(t.ctx, t.db.bind(query), storable(args)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// storable makes texts ones that PostgreSQL takes: it refuses what is no UTF-8, and NUL. The network's word for a caller
// may be anything.
func storable(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

// unwrapped is what made a connection fail, without the address.
func unwrapped(err error) error {
	var e *pgconn.ConnectError
	if errors.As(err, &e) {
		if inner := e.Unwrap(); inner != nil {
			return inner
		}
	}
	return err
}

func (d *postgresServer) explain(err error) (message, remedy string) {
	if errors.Is(err, errOther) {
		return "another controller writes the ledger " + d.String(), "stop one of the two: a database has one controller that writes"
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return "the database of the ledger " + d.String() + " does not answer: " + plain(err), "see that PostgreSQL runs and can be reached from here"
	}
	switch {
	case e.Code == "53100":
		return "no space for the ledger " + d.String(), "free space on the disk of PostgreSQL"
	case e.Code == "53300":
		return "PostgreSQL takes no more connections for the ledger " + d.String(), "raise its max_connections or end other programs' connections"
	case e.Code == "25006":
		return "the ledger " + d.String() + " can only be read", "name the primary server in PRONTO_DB, not a standby"
	case e.Code == "3D000":
		return "there is no database for the ledger " + d.String(), "make it: createdb " + d.config.Database
	case strings.HasPrefix(e.Code, "28"):
		return "PostgreSQL does not let us into the ledger " + d.String() + ": " + e.Message, "see to user and password in PRONTO_DB, and to pg_hba.conf"
	case e.Code == "42501":
		return "PostgreSQL forbids us to write the ledger " + d.String() + ": " + e.Message, "make " + d.config.User + " the owner of the database"
	case e.Code == "55P03":
		return "another program holds the ledger " + d.String() + " locked", "end that program (pg_stat_activity names it)"
	case strings.HasPrefix(e.Code, "57P"):
		return "PostgreSQL of the ledger " + d.String() + " is stopping or starting: " + e.Message, "see that it runs"
	}
	return "the ledger " + d.String() + " can not be written: " + e.Message + " (" + e.Code + ")", "look at the log of PostgreSQL"
}

// plain is an error's text on one line.
func plain(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// refused: class 22 is about values, 23 about constraints, 54000 about what is too large for an index.
func (d *postgresServer) refused(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (strings.HasPrefix(e.Code, "22") || strings.HasPrefix(e.Code, "23") || e.Code == "54000")
}
