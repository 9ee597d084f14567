//go:build js && wasm

package d1

import (
	"context"
	"strconv"
	"syscall/js"
	"unsafe"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// offered is how the JavaScript that starts the program lets statements cross by
// addresses, if it does: see the package comment. A value of syscall/js costs more than
// reading a row, and an answer that calls a function of Go as much as ten.
var offered = js.Global().Get("dreyD1")

// memory is the host by addresses.
type memory struct {
	call     js.Value
	request  []byte
	numbered map[string]int // what JavaScript has by its number
}

// crossed are the statements that D1 has not answered, by their numbers. There is one
// thread, and JavaScript runs only when Go calls it or waits.
var (
	crossed     = map[int32]*crossing{}
	lastCrossed int32
)

// crossing is a call that waits for its answer. What JavaScript is given the address of
// is on the heap, where it stays: a stack may move while Go calls JavaScript.
type crossing struct {
	*memory
	answer []byte
	done   chan settled // has room for one
}

func (m *memory) run(ctx context.Context, batch bool, list []bound) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	m.request = append(m.request[:0], '[')
	for i, b := range list {
		if i > 0 {
			m.request = append(m.request, ',')
		}
		m.add(b)
	}
	m.request = append(m.request, ']')
	lastCrossed = max(lastCrossed+1, 1)
	id, c := lastCrossed, &crossing{memory: m, done: make(chan settled, 1)}
	crossed[id] = c
	m.call.Invoke(id, batch, uintptr(unsafe.Pointer(&m.request[0])), len(m.request))
	select {
	case s := <-c.done:
		return s.json, s.err
	case <-ctx.Done(): // the statement goes on where it is
		delete(crossed, id)
		return "", ctx.Err()
	}
}

//go:wasmexport drey_d1
func answered(id, failed, length int32) {
	c, ok := crossed[id]
	if !ok {
		return
	}
	delete(crossed, id)
	c.answer = make([]byte, length)
	if length > 0 {
		c.call.Invoke(0, 0, uintptr(unsafe.Pointer(&c.answer[0])))
	}
	s := settled{json: string(c.answer)}
	if failed != 0 {
		s = settled{err: errorOf(s.json)}
	}
	c.done <- s
}

// add writes a statement.
func (m *memory) add(b bound) {
	number, known := m.numbered[b.sql]
	if !known {
		if m.numbered == nil || len(m.numbered) == remote.MaxTexts {
			m.numbered = map[string]int{}
		}
		number = len(m.numbered)
		m.numbered[b.sql] = number
	}
	m.request = append(m.request, '[')
	m.request = strconv.AppendInt(m.request, int64(number), 10)
	m.request = append(m.request, ',')
	if known {
		m.request = append(m.request, `""`...)
	} else {
		m.request = appendJSON(m.request, b.sql)
	}
	for _, arg := range b.args {
		m.request = appendJSON(append(m.request, ','), arg)
	}
	m.request = append(m.request, ']')
}
