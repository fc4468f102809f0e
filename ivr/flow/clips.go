package flow

import (
	"sort"
	"time"

	"pronto/prompts"
)

// clips are the clips of texts in the caller's language. One that is missing is left out.
func (m *machine) clips(keys ...string) []prompts.Clip {
	clips := make([]prompts.Clip, 0, len(keys))
	for _, key := range keys {
		if key == prompts.KeyAlert {
			if a := m.alert(); a != nil {
				if clip, ok := a.Clip(m.r.Book, m.s.Language); ok {
					clips = append(clips, clip)
				}
			}
			continue
		}
		if clip, ok := m.r.Clip(m.s.Language, key); ok {
			clips = append(clips, clip)
		}
	}
	return clips
}

// digits are the clips that say digits one by one.
func (m *machine) digits(digits string) []prompts.Clip {
	var clips []prompts.Clip
	for _, digit := range []byte(digits) {
		clips = append(clips, m.clips(prompts.DigitKey(digit))...)
	}
	return clips
}

// languageClips are the node's one text in each language offered, in the order of the keys.
func (m *machine) languageClips(node prompts.Node) []prompts.Clip {
	keys := make([]string, 0, len(node.Keys))
	for key := range node.Keys {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var clips []prompts.Clip
	for _, key := range keys {
		for _, text := range node.Say {
			if clip, ok := m.r.Clip(node.Keys[key], text); ok {
				clips = append(clips, clip)
			}
		}
	}
	return clips
}

func length(clips []prompts.Clip) time.Duration {
	var seconds float64
	for _, clip := range clips {
		seconds += clip.Seconds
	}
	return time.Duration(seconds * float64(time.Second))
}
