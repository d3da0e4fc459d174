package koinesql

import (
	"strings"
	"sync"
)

// sanitize is a query with a ? for every literal, on one line and without comments; empty where
// it is not known how to read it. Parameters stay as they are.
//
//	select * from orders where id = 7 and name = 'x'   select * from orders where id = ? and name = ?
func sanitize(query string, d dialect) string {
	if d.unsure && strings.IndexByte(query, '\\') >= 0 {
		return ""
	}
	var b strings.Builder
	l := newLexer(query, d)
	for t := l.next(); t.kind != end; t = l.next() {
		if t.apart && b.Len() > 0 {
			b.WriteByte(' ')
		}
		switch {
		case t.kind == literal, t.is("true"), t.is("false"), d.eitherQuoted && t.text[0] == '"':
			b.WriteByte('?')
		default:
			b.WriteString(t.text)
		}
	}
	return strings.ToValidUTF8(b.String(), "")
}

// memoLimit bounds the summaries that are kept: an application has some hundred queries, and one
// that writes values into them has as many as it has values, which then cost what they cost.
const memoLimit = 1000

// memo remembers summaries.
type memo struct {
	mu        sync.RWMutex
	summaries map[string]string
}

func (m *memo) of(query string, d dialect) string {
	m.mu.RLock()
	summary, ok := m.summaries[query]
	m.mu.RUnlock()
	if ok {
		return summary
	}
	summary = summarize(query, d)
	if len(query) > queryLimit {
		return summary
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.summaries == nil || len(m.summaries) >= memoLimit {
		m.summaries = map[string]string{}
	}
	m.summaries[strings.Clone(query)] = summary
	return summary
}
