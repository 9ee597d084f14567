package links

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net"
	"net/http"
	"time"
)

// visitors tells visitors of one day apart without keeping who they are: it
// hashes address and browser under a key that lasts a day and is made of a
// secret, which is never stored.
type visitors struct{ secret []byte }

// newVisitors makes a secret that ends with the process if it is not given one.
func newVisitors(secret []byte) visitors {
	if len(secret) == 0 {
		secret = make([]byte, sha256.Size)
		rand.Read(secret) // never fails, by its documentation
	}
	return visitors{secret}
}

// idSize is the size of an id in bytes, which a CHECK of clicks has as well.
const idSize = 16

func (v visitors) id(address, agent string, now time.Time) []byte {
	day := hmac.New(sha256.New, v.secret)
	day.Write(binary.BigEndian.AppendUint64(nil, uint64(now.Unix()/(24*60*60))))
	mac := hmac.New(sha256.New, day.Sum(nil))
	mac.Write([]byte(address + "\x00" + agent))
	return mac.Sum(nil)[:idSize]
}

// address is where a request comes from.
func (s *server) address(r *http.Request) string {
	if s.addressHeader != "" {
		if address := r.Header.Get(s.addressHeader); address != "" {
			return address
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
