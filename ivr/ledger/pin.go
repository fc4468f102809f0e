package ledger

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// What a PIN's hash costs: 19 MiB and two passes, about 60 ms of a core (OWASP's second choice for Argon2id). A PIN has
// few digits: what keeps it safe is that whoever asks may not try often, and that the database does not tell it.
const (
	pinMemory  = 19 << 10 // KiB
	pinPasses  = 2
	pinThreads = 1
	pinSalt    = 16
	pinKey     = 32
)

// HashPIN is what an operator's account holds of a PIN, in the PHC string format. It takes time, see CheckPIN.
func HashPIN(pin string) string {
	salt := make([]byte, pinSalt)
	_, _ = rand.Read(salt) // never fails: it ends the program instead (crypto/rand)
	key := argon2.IDKey([]byte(pin), salt, pinPasses, pinMemory, pinThreads, pinKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, pinMemory, pinPasses, pinThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// CheckPIN tells whether pin is the one that was hashed. It takes as long for a wrong hash, some 60 ms of a core: not to
// be called by a goroutine that others wait for.
func CheckPIN(hash, pin string) bool {
	var version int
	var memory, passes uint32
	var threads uint8
	salt, want := make([]byte, pinSalt), []byte(nil)
	parts := strings.Split(hash, "$")
	ok := len(parts) == 6 && parts[1] == "argon2id"
	if ok {
		_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
		_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads)
		s, err3 := base64.RawStdEncoding.DecodeString(parts[4])
		k, err4 := base64.RawStdEncoding.DecodeString(parts[5])
		ok = err1 == nil && err2 == nil && err3 == nil && err4 == nil && version == argon2.Version && len(k) >= 16 &&
			passes > 0 && passes < 100 && threads > 0 && memory < 1<<20
		if ok {
			salt, want = s, k
		}
	}
	if !ok {
		memory, passes, threads, want = pinMemory, pinPasses, pinThreads, make([]byte, pinKey)
	}
	got := argon2.IDKey([]byte(pin), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && ok
}
