package local

import (
	"regexp"
	"strconv"
)

// oldest are, per series, the first versions with the ARI fixes of June 2026 (GHSA-wcvv-g26m-wx5c, GHSA-vrfp-mg3q-3959,
// GHSA-4pgv-j3mr-3rcp). A series that is not here and not newer gets no fixes any more.
var oldest = map[int][3]int{20: {20, 20, 1}, 21: {21, 12, 3}, 22: {22, 10, 1}, 23: {23, 4, 1}}

// newest is the newest series that has an entry in oldest.
const newest = 23

const wanted = "20.20.1, 21.12.3, 22.10.1, 23.4.1 or newer"

var versionPattern = regexp.MustCompile(`^(?:Asterisk )?(\d+)\.(\d+)(?:\.(\d+))?(-(?:rc|beta|alpha|pre)\d+)?`)

// recent says whether Asterisk of that version ("Asterisk 22.10.1~dfsg", as it says itself) may be used. Versions that it can
// not read, certified ones among them, may not.
func recent(version string) bool {
	m := versionPattern.FindStringSubmatch(version)
	if m == nil {
		return false
	}
	var v [3]int
	for i := range v {
		v[i], _ = strconv.Atoi(m[i+1]) // "" is 0
	}
	least, known := oldest[v[0]]
	if !known {
		return v[0] > newest
	}
	for i := range v {
		if v[i] != least[i] {
			return v[i] > least[i]
		}
	}
	return m[4] == "" // a candidate comes before its release
}
