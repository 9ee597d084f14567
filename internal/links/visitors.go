package links

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"net/http"
	"sync"
	"time"
)

// visitors tells visitors of one day apart without keeping who they are: it
// hashes address and browser under a key that is never stored and that lasts a
// day, or until the process ends.
type visitors struct {
	mu  sync.Mutex
	day int64 // since 1970, UTC
	key [32]byte
}

// idSize is the size of an id in bytes, which a CHECK of clicks has as well.
const idSize = 16

func (v *visitors) id(r *http.Request, now time.Time) []byte {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	key := v.keyOf(now)
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(host + "\x00" + r.UserAgent()))
	return mac.Sum(nil)[:idSize]
}

func (v *visitors) keyOf(now time.Time) [32]byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	if day := now.Unix() / (24 * 60 * 60); day != v.day {
		v.day = day
		rand.Read(v.key[:]) // never fails, by its documentation
	}
	return v.key
}
