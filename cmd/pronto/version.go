package main

import (
	"fmt"
	"runtime"
)

// version is set by the build.
var version = "dev"

type versionCmd struct{}

// Run prints the version of the program and of what it was built with.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintf(e.stdout, "pronto %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
