package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestGuide: what the admins' guide tells to type is there: each subcommand, each flag.
func TestGuide(t *testing.T) {
	data, err := os.ReadFile("../../prompts/GUIDA.md")
	if err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`\s-([a-z0-9]+)`)
	quoted := regexp.MustCompile(`"[^"]*"`)
	commands := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		command, ok := strings.CutPrefix(line, "    bin/pronto ")
		if !ok {
			continue
		}
		commands++
		command, _, _ = strings.Cut(quoted.ReplaceAllString(command, "x"), "#")
		words := strings.Fields(command)
		names := words[:1]
		if words[0] == "alert" {
			names = words[:2]
		}
		help := helpOf(t, names)
		for _, m := range flags.FindAllStringSubmatch(command, -1) {
			if len(m[1]) > 1 && !strings.Contains(help, "--"+m[1]) || len(m[1]) == 1 && !strings.Contains(help, "-"+m[1]+",") {
				t.Errorf("%s has no flag -%s: %s", strings.Join(names, " "), m[1], line)
			}
		}
	}
	if commands < 12 {
		t.Errorf("%d commands found in the guide", commands)
	}
	play := helpOf(t, []string{"play"})
	for _, m := range regexp.MustCompile("`-([a-z0-9]+)").FindAllStringSubmatch(string(data), -1) {
		if flag := "--" + m[1]; len(m[1]) > 1 && !strings.Contains(play, flag) && !strings.Contains(helpOf(t, []string{"alert", "set"}), flag) {
			t.Errorf("the guide tells of -%s", m[1])
		}
	}
}

func helpOf(t *testing.T, names []string) string {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), append(append([]string{}, names...), "-h"), strings.NewReader(""), &out, &out); code != exitOK {
		t.Fatalf("%v -h: exit %d: %s", names, code, out.String())
	}
	return out.String()
}
