package links

import (
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
	// Keys have one length and what comes out is cut, so that a plain hash is enough; HMAC
	// would be 10 kB of a worker.
	key := sha256.Sum256(v.secret)
	day := sha256.Sum256(binary.BigEndian.AppendUint64(key[:], uint64(now.Unix()/(24*60*60))))
	id := sha256.Sum256(append(day[:], address+"\x00"+agent...))
	return id[:idSize]
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
