package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

const (
	// codes is how many there are.
	codes = 10_000_000
	// codeDigits is the length of a code: seven digits and the check digit.
	codeDigits = 8

	halfBits = 12 // codes < 1 << (2*halfBits)
	halfMask = 1<<halfBits - 1
	rounds   = 8
)

// ValidCode tells whether s can be the code of a request: eight digits, the last of which is the check digit of ISO/IEC
// 7064 MOD 11,10 over the others. It finds every single wrong digit and nearly all that have changed places.
func ValidCode(s string) bool {
	if len(s) != codeDigits {
		return false
	}
	check, ok := checkDigit(s[:codeDigits-1])
	return ok && s[codeDigits-1] == check
}

// checkDigit is the check digit of ISO/IEC 7064 MOD 11,10. ok: digits holds nothing but digits.
func checkDigit(digits string) (check byte, ok bool) {
	product := 10
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return 0, false
		}
		sum := (product + int(d-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	return '0' + byte((11-product)%10), true
}

// codeCipher turns the numbers below codes into codes, one to one, so that none can be guessed from another one.
type codeCipher struct{ block cipher.Block }

// newCodeCipher takes a key of 16 bytes.
func newCodeCipher(key []byte) (codeCipher, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return codeCipher{}, fmt.Errorf("read the key of the requests' codes: %w", err)
	}
	return codeCipher{b}, nil
}

// code is the n-th code.
func (c codeCipher) code(n int) string {
	n = c.permute(n)
	for n >= codes { // cycle walking: the network permutes 2^24 numbers, we want those that are codes
		n = c.permute(n)
	}
	digits := fmt.Sprintf("%0*d", codeDigits-1, n)
	check, _ := checkDigit(digits)
	return digits + string(check)
}

// permute is a balanced Feistel network with AES as its round function.
func (c codeCipher) permute(n int) int {
	left, right := uint32(n>>halfBits)&halfMask, uint32(n)&halfMask
	var in, out [aes.BlockSize]byte
	for round := range uint32(rounds) {
		binary.BigEndian.PutUint32(in[0:], round)
		binary.BigEndian.PutUint32(in[4:], right)
		c.block.Encrypt(out[:], in[:])
		left, right = right, left^binary.BigEndian.Uint32(out[:])&halfMask
	}
	return int(left<<halfBits | right)
}
