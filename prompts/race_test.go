//go:build race

package prompts

// slower is how much longer the race detector makes what is measured.
const slower = 5
