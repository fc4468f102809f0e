package prompts

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// TextHash names a text: 12 hex digits, the same for texts that differ in white space only.
func TextHash(text string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
	return hex.EncodeToString(sum[:6])
}
