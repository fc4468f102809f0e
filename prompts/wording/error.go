package wording

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// sentenceError is an error that can be told in every language.
type sentenceError struct{ Sentence }

// Errorf is an error that is a sentence. As with fmt.Errorf, errors among the arguments are wrapped if their verb is %w.
func Errorf(format string, args ...any) error {
	if false {
		_ = fmt.Errorf(format, args...) // so that go vet compares the format with the arguments
	}
	s := Sentence{Format: strings.ReplaceAll(format, "%w", "%v"), Args: args}
	if s.Format != format {
		return &wrapError{sentenceError{s}}
	}
	return &sentenceError{s}
}

func (e *sentenceError) Error() string { return e.String() }

// wrapError is one that others ask for what is in it.
type wrapError struct{ sentenceError }

func (e *wrapError) Unwrap() []error {
	var wrapped []error
	for _, arg := range e.Args {
		if err, ok := arg.(error); ok {
			wrapped = append(wrapped, err)
		}
	}
	return wrapped
}

// Tell puts an error into words. What is no sentence stays as it is, but for what the operating system reports most.
func Tell(lang Language, err error) string {
	if told, ok := err.(Teller); ok { //nolint:errorlint // what wraps a sentence says more than the sentence
		return told.In(lang)
	}
	switch err := err.(type) { //nolint:errorlint // likewise
	case *fs.PathError:
		if lang == Italian {
			return err.Path + ": " + Tell(lang, err.Err)
		}
	case syscall.Errno:
		return system(err).In(lang)
	case interface{ Unwrap() []error }: // errors.Join
		if joined := errors.Join(err.Unwrap()...); joined != nil && joined.Error() == err.(error).Error() {
			var lines []string
			for _, one := range err.Unwrap() {
				lines = append(lines, Tell(lang, one))
			}
			return strings.Join(lines, "\n")
		}
	}
	return err.Error()
}

// system is what the operating system reports.
func system(err syscall.Errno) Sentence {
	for errno, sentence := range map[syscall.Errno]Sentence{
		syscall.ENOENT:       Say("no such file or directory"),
		syscall.EACCES:       Say("permission denied"),
		syscall.EPERM:        Say("operation not permitted"),
		syscall.ENOSPC:       Say("no space left on device"),
		syscall.EROFS:        Say("read-only file system"),
		syscall.ENOTDIR:      Say("not a directory"),
		syscall.EISDIR:       Say("is a directory"),
		syscall.ECONNREFUSED: Say("connection refused"),
	} {
		if errno == err {
			return sentence
		}
	}
	return Name(err.Error())
}
