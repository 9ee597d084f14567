package drey

import "encoding/binary"

// maxParameters is SQLite's limit on bound parameters in one statement,
// SQLITE_MAX_VARIABLE_NUMBER. See https://www.sqlite.org/limits.html.
const maxParameters = 32766

// shapeMark begins every shape, so that none equals the text of a query without
// one.
const shapeMark = 0

// mode is what a query asks of its source.
type mode uint8

const (
	modeRows mode = iota
	modeCount
	modeExists
	modePage    // the rows, and some of their columns as SQLite has them
	modeColumns // some columns of the rows
	modeMatched // the columns of the rows that are not NULL
	modeUpdate
	modeUpdateReturning
	modeDelete
	modeDeleteReturning
	modeInsert
	modeInsertReturning
	modeRelated // the rows that are related to others
)

// ofRows reports whether the rows are read as the query has them.
func (m mode) ofRows() bool { return m == modeRows || m == modePage || m == modeRelated }

// whole reports whether nothing but the rows is read, as the query has them.
func (m mode) whole() bool { return m == modeRows || m == modeRelated }

// ofColumns reports whether the mode is about some columns of the rows.
func (m mode) ofColumns() bool { return m >= modePage && m <= modeMatched }

// The shape of a query is everything that its SQL text depends on: source,
// mode, predicates, orders, list lengths, which of LIMIT and OFFSET there is;
// not the values. It is written as a prefix code, in which every part says how
// long it is, so equal keys mean equal SQL.

// naming says how a shape names relations: by their numbers, or where it outlives
// the process by their names.
type naming bool

const (
	numbered naming = false
	named    naming = true
)

func (r *Relation) appendTo(key []byte, by naming) []byte {
	if by == named {
		return append(binary.AppendUvarint(key, uint64(len(r.Name))), r.Name...)
	}
	return binary.AppendUvarint(key, uint64(r.id))
}

// appendShape appends the shape of the predicate. It reports false if the
// predicate does not have one, because it is squirrel's or invalid.
func (n *node) appendShape(key []byte, by naming) ([]byte, bool) {
	key, ok := append(key, byte(n.op)), true
	switch n.op {
	case opNever:
	case opIn, opNotIn:
		key, ok = n.on.appendShape(key, by)
		key = binary.AppendUvarint(key, uint64(len(n.list)))
	case opAnd, opOr, opNot:
		key = binary.AppendUvarint(key, uint64(len(n.kids)))
		for i := range n.kids {
			if key, ok = n.kids[i].appendShape(key, by); !ok {
				return key, false
			}
		}
	case opInQuery, opNotInQuery:
		if key, ok = n.on.appendShape(key, by); !ok {
			return key, false
		}
		fallthrough
	case opExists, opBeyond, opTerm:
		shape, ok := n.vals[0].(term).shape(by)
		return append(key, shape...), ok
	case opNative, opError:
		return key, false
	default:
		return n.on.appendShape(key, by)
	}
	return key, ok
}

// appendArgs appends the values of the predicate in the order of its
// placeholders.
func (n *node) appendArgs(args []any) []any {
	switch n.op {
	case opIn, opNotIn:
		return append(n.on.appendArgs(args), n.list...)
	case opAnd, opOr, opNot:
		for i := range n.kids {
			args = n.kids[i].appendArgs(args)
		}
		return args
	case opInQuery, opNotInQuery:
		return append(n.on.appendArgs(args), n.vals[0].(term).bound()...)
	case opExists, opBeyond, opTerm:
		return append(args, n.vals[0].(term).bound()...)
	case opNever, opNative, opError:
		return args
	}
	for _, i := range operators[n.op].binds {
		if i == itself {
			args = n.on.appendArgs(args)
		} else {
			args = append(args, n.vals[i])
		}
	}
	return args
}
