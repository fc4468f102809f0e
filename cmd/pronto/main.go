// Command pronto answers a toll-free public information line on Asterisk. Each subcommand has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/alecthomas/kong"

	"pronto/prompts/wording"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // it was tried and did not work
	exitUsage  = 2 // the command line is wrong
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// cli is the command line.
type cli struct {
	Run      runCmd      `cmd:"" help:"Everything in one: a private Asterisk and the line. Example: pronto run"`
	Serve    serveCmd    `cmd:"" help:"The line on your own Asterisk. Example: pronto serve -config /etc/pronto/serve.yaml"`
	Check    checkCmd    `cmd:"" help:"Check a book's folder. Example: pronto check book/"`
	Play     playCmd     `cmd:"" help:"A call in the terminal, without a telephone. Example: pronto play -clock 2026-12-25T03:00 -operators 0 book/"`
	Diff     diffCmd     `cmd:"" help:"What callers will hear differently. Example: pronto diff book/"`
	Publish  publishCmd  `cmd:"" help:"Put a book in service while calls are up. Example: pronto publish -m \"new opening hours\" book/"`
	Rollback rollbackCmd `cmd:"" help:"Put an older release in service again. Example: pronto rollback -m \"wrong number in 7\""`
	Releases releasesCmd `cmd:"" help:"List the releases. Example: pronto releases"`
	Calls    callsCmd    `cmd:"" help:"Print the ledger. Example: pronto calls -format csv -from 2026-11-01"`
	Report   reportCmd   `cmd:"" help:"The line's figures for a period. Example: pronto report -from 2026-11-01 -to 2026-12-01 -format html -output november.html"`
	Audit    auditCmd    `cmd:"" help:"Compare the ledger with the switch's records; differences exit 1. Example: pronto audit -from 2026-11-01 -to 2026-12-01"`
	Alert    alertCmd    `cmd:"" help:"What callers are told now: set, clear, show. Example: pronto alert show"`
	Operator operatorCmd `cmd:"" help:"Operators of the line that runs: list, add, set, remove, pin, login, logout, pause, ready, history. Example: pronto operator list"`
	FollowUp followUpCmd `cmd:"" name:"followup" help:"Citizens to be looked after: list, show, done. Example: pronto followup list"`
	DB       dbCmd       `cmd:"" name:"db" help:"The ledger's database: check, backup, migrate. Example: pronto db check"`
	Asterisk asteriskCmd `cmd:"" help:"The Asterisk side: conf, install. Example: pronto asterisk conf -write /etc/asterisk"`
	Version  versionCmd  `cmd:"" help:"Print the version. Example: pronto version"`
}

// env is what a subcommand may use of the outside.
type env struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	lang           wording.Language // of what is told to who gave the command
}

// tell writes a sentence as a line.
func (e *env) tell(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintln(w, wording.Say(format, args...).In(e.lang))
}

// errReported is returned by a subcommand that has said already what is wrong.
var errReported = errors.New("reported")

// usageError is a fault of the command line, not of the work.
type usageError struct{ error }

func (e usageError) In(lang wording.Language) string { return wording.Tell(lang, e.error) }

// exitPanic carries kong's wish to exit (after -h) up to run.
type exitPanic int

// longFlag matches -format, as this program's documents write flags; kong knows --format only.
var longFlag = regexp.MustCompile(`^-[a-z][a-z0-9-]+(=|$)`)

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			exit, ok := r.(exitPanic)
			if !ok {
				panic(r)
			}
			code = int(exit)
		}
	}()
	long := make([]string, len(args))
	for i, a := range args {
		if long[i] = a; longFlag.MatchString(a) {
			long[i] = "-" + a
		}
	}
	lang := wording.FromEnv(os.Getenv)
	var c cli
	parser, err := kong.New(&c, kong.Name("pronto"),
		kong.Description("pronto answers a toll-free public information line on Asterisk."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(exitPanic(code)) }), kong.UsageOnError())
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "pronto:", err)
		return exitFailed
	}
	k, err := parser.Parse(long)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, wording.Say("pronto: %s (see pronto -h)", flagFault(err.Error())).In(lang))
		return exitUsage
	}
	e := &env{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, lang: lang}
	err = k.Run(e)
	return report(stderr, e.lang, err)
}

func report(stderr io.Writer, lang wording.Language, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errReported):
		return exitFailed
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "pronto: %s\n", wording.Tell(lang, err))
		return exitUsage
	default:
		_, _ = fmt.Fprintf(stderr, "pronto: %s\n", wording.Tell(lang, err))
		return exitFailed
	}
}
