package main

import (
	"github.com/alecthomas/kong"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// schemaFlag is which file's schema is wanted; the flag alone is line.yaml's.
type schemaFlag string

// Decode reads the flag's value, if it has one.
func (s *schemaFlag) Decode(ctx *kong.DecodeContext) error {
	*s = schemaFlag(prompts.SchemaFiles[0])
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	file, err := ctx.Scan.PopValue("file")
	*s = schemaFlag(file.String())
	return err
}

// IsBool lets the flag stand without a value.
func (*schemaFlag) IsBool() bool { return true }

func printSchema(e *env, file string) error {
	data, err := prompts.Schema(file, e.lang)
	if err != nil {
		return usageError{err}
	}
	if _, err := e.stdout.Write(data); err != nil {
		return wording.Errorf("print the schema: %w", err)
	}
	return nil
}
