package wording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// written is a sentence in a file: in English for who reads the file, and whole for this program.
type written struct {
	Text   string            `json:"text"`
	Format string            `json:"format"`
	Args   []json.RawMessage `json:"args,omitempty"`
}

// writtenNumber is a Number in a file.
type writtenNumber struct {
	Value    float64 `json:"value"`
	Decimals int     `json:"decimals"`
}

// MarshalJSON keeps the sentence so that it can be told in any language when it is read again. Arguments that are neither
// sentences nor numbers are kept as text.
func (s Sentence) MarshalJSON() ([]byte, error) {
	w := written{Text: s.String(), Format: s.Format}
	for _, arg := range s.Args {
		data, err := json.Marshal(plain(arg))
		if err != nil {
			return nil, fmt.Errorf("write down %q: %w", s.Format, err)
		}
		w.Args = append(w.Args, data)
	}
	return json.Marshal(w)
}

// plain is an argument as JSON can hold it.
func plain(arg any) any {
	switch arg := arg.(type) {
	case Sentence, int:
		return arg
	case Number:
		return writtenNumber(arg)
	case *sentenceError:
		return arg.Sentence
	case *wrapError:
		return arg.Sentence
	default:
		return fmt.Sprint(arg)
	}
}

// UnmarshalJSON reads what MarshalJSON wrote. A mere text is taken, too: it is told as it is in every language.
func (s *Sentence) UnmarshalJSON(data []byte) error {
	*s = Sentence{}
	var text string
	if json.Unmarshal(data, &text) == nil {
		if text != "" {
			*s = Name(text)
		}
		return nil
	}
	var w written
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("read a sentence: %w", err)
	}
	s.Format = w.Format
	for _, raw := range w.Args {
		arg, err := argument(raw)
		if err != nil {
			return err
		}
		s.Args = append(s.Args, arg)
	}
	return nil
}

func argument(raw json.RawMessage) (any, error) {
	var text string
	var whole int
	var number writtenNumber
	var sentence Sentence
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return text, nil
	case json.Unmarshal(raw, &whole) == nil:
		return whole, nil
	case strict.Decode(&number) == nil:
		return Number(number), nil
	case json.Unmarshal(raw, &sentence) == nil:
		return sentence, nil
	}
	return nil, errors.New("read a sentence: an argument is of no known kind")
}
