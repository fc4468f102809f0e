package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pronto/asterisk/conf"
	"pronto/ivr/console"
	"pronto/ivr/phone"
)

// operatorAccount is a line of operators.txt.
type operatorAccount struct{ name, secret string }

// operatorsFile holds the operators' accounts; mode 0600, one in a line: user, space, secret.
func operatorsFile(dir string) string { return filepath.Join(dir, "operators.txt") }

// readOperators reads the accounts. An error names the line.
func readOperators(path string) ([]operatorAccount, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the operators' accounts: %w", err)
	}
	var out []operatorAccount
	seen := map[string]bool{}
	for i, line := range strings.Split(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("%s:%d: a line holds a user and a secret, with a space between: mend or delete the line", path, i+1)
		}
		a := operatorAccount{name: fields[0], secret: fields[1]}
		if err := errors.Join(conf.CheckOperator(a.name), conf.CheckSecret(a.name, a.secret)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		if seen[a.name] {
			return nil, fmt.Errorf("%s:%d: %s is there twice: delete one of the lines", path, i+1, a.name)
		}
		seen[a.name] = true
		out = append(out, a)
	}
	return out, nil
}

// accounts are what the switch needs to know of them.
func accounts(operators []operatorAccount) []phone.Account {
	out := make([]phone.Account, len(operators))
	for i, o := range operators {
		out[i] = phone.Account{Name: o.name, Digest: phone.Digest(o.name, o.secret)}
	}
	return out
}

// accountsPoll is how soon the switch knows of an account that was added, changed or deleted.
const accountsPoll = 2 * time.Second

// followOperators gives the switch the operators' accounts, and every change of their file. A file that can not be read changes nothing.
func (s *service) followOperators(ctx context.Context) error {
	tick := time.NewTicker(accountsPoll)
	defer tick.Stop()
	for {
		s.setOperators(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-s.operatorsChanged:
		case <-tick.C:
		}
	}
}

// phones is what the API may do with the operators' telephones. It is called by one request at a time.
func (s *service) phones() console.Phones {
	return console.Phones{
		Check: conf.CheckOperator,
		Names: func() (names []string, err error) {
			accounts, err := readOperators(operatorsFile(s.conf.Dir))
			if errors.Is(err, os.ErrNotExist) {
				return nil, nil
			}
			for _, a := range accounts {
				names = append(names, a.name)
			}
			return names, err
		},
		Grant:  s.grantPhone,
		Revoke: s.revokePhone,
		Outside: func(number string) bool {
			_, ok := s.dial.OutsideNumber(number)
			return ok
		},
	}
}

// grantPhone makes a secret for an operator who has none. What else is in the file stays as it is.
func (s *service) grantPhone(name string) (secret string, err error) {
	path := operatorsFile(s.conf.Dir)
	accounts, err := readOperators(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if slices.ContainsFunc(accounts, func(a operatorAccount) bool { return a.name == name }) {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the operators' accounts: %w", err)
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	secret = newSecret()
	return secret, s.writePhones(fmt.Appendf(text, "%s %s\n", name, secret))
}

// revokePhone takes an operator's line out of the file. That there is none is no error.
func (s *service) revokePhone(name string) error {
	text, err := os.ReadFile(operatorsFile(s.conf.Dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the operators' accounts: %w", err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	kept := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		fields := strings.Fields(line)
		return len(fields) > 0 && fields[0] == name
	})
	if len(kept) == len(lines) {
		return nil
	}
	return s.writePhones([]byte(strings.Join(kept, "")))
}

func (s *service) writePhones(text []byte) error {
	if err := writeFile(operatorsFile(s.conf.Dir), text, 0o600); err != nil {
		return err
	}
	select {
	case s.operatorsChanged <- struct{}{}:
	default: // it is looked at anyhow
	}
	return nil
}

// setOperators reads the accounts if their file has changed. A switch that does not answer is asked again.
func (s *service) setOperators(ctx context.Context) {
	path := operatorsFile(s.conf.Dir)
	var seen fileMark
	if info, err := os.Stat(path); err == nil {
		seen = fileMark{info.ModTime(), info.Size()}
	}
	if seen == s.operatorsSeen {
		return
	}
	s.operatorsSeen = seen
	operators, err := readOperators(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		s.log.Warn().Str("file", path).Msg("the file with the operators' accounts is gone; their telephones stay as they are")
		return
	case err != nil:
		s.log.Error().Err(err).Msg("the operators' accounts can not be read; their telephones stay as they are")
		return
	}
	if err := s.sw.SetOperators(ctx, accounts(operators)); err != nil {
		if errors.Is(err, phone.ErrUnavailable) {
			s.operatorsSeen = fileMark{}
		}
		s.log.Error().Err(err).Msg("not all operators' telephones are as they should be")
		return
	}
	s.log.Info().Int("accounts", len(operators)).Msg("the operators' telephones")
}
