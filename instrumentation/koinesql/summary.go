package koinesql

import (
	"slices"
	"strings"
)

// summaryLimit is the conventions' bound of db.query.summary.
const summaryLimit = 255

// summarize is db.query.summary: the operations of a query and what they work on, in its order
// and spelling. It holds words that are SQL's and names, no values.
//
//	select * from a join b on …        select a b
//	INSERT INTO a SELECT x FROM b      INSERT a SELECT b
func summarize(query string, d dialect) string {
	s := summary{lexer: newLexer(query, d)}
	s.advance()
	first := s.token
	if first.kind == word && !isVerb(first) && !first.is("with") {
		return ""
	}
	if d.unsure && strings.IndexByte(query, '\\') >= 0 {
		s.add(first)
		return s.text.String()
	}
	for !s.full && s.token.kind != end {
		s.step()
	}
	return s.text.String()
}

type summary struct {
	*lexer
	text          strings.Builder
	full          bool
	inCall        bool  // in EXTRACT(YEAR FROM x) and the like
	before, token token // where it is, and the one before
}

func (s *summary) advance() {
	s.before = s.token
	s.token = s.next()
}

// add adds a part whole or not at all.
func (s *summary) add(t token) {
	if s.full || s.text.Len()+1+len(t.text) > summaryLimit {
		s.full = true
		return
	}
	if s.text.Len() > 0 {
		s.text.WriteByte(' ')
	}
	s.text.WriteString(t.text)
}

// step takes one token, and the targets behind it.
func (s *summary) step() {
	t, before := s.token, s.before
	s.advance()
	switch {
	case t.text == ")":
		s.inCall = false
	case takesFrom(t) && s.token.text == "(":
		s.inCall = true
	case t.is("select"):
		s.add(t)
	case t.is("from"), t.is("join"):
		if !before.is("distinct") && !s.inCall { // IS DISTINCT FROM
			s.targets()
		}
	case t.is("into"):
		s.target()
	case before.kind == end, before.text == ";", before.is("explain"), before.is("analyze"):
		s.statement(t)
	case before.text == "(" || before.text == ")": // of a common table expression, or behind it
		if t.is("insert") || t.is("update") || t.is("delete") || t.is("merge") {
			s.statement(t)
		}
	}
}

// statement takes a statement's first word. Elsewhere it may be no operation: FOR UPDATE,
// ON CONFLICT DO UPDATE, ON DELETE CASCADE.
func (s *summary) statement(t token) {
	switch {
	case !isVerb(t):
	case t.is("update"):
		s.add(t)
		s.skip("or", "rollback", "abort", "replace", "fail", "ignore", "low_priority")
		s.target()
	case t.is("create"), t.is("alter"), t.is("drop"), t.is("truncate"):
		s.definition(t)
	case t.is("call"), t.is("exec"), t.is("execute"):
		s.add(t)
		s.target()
	default:
		s.add(t)
	}
}

// targets takes what stands behind FROM: names with their aliases, and commas between them.
func (s *summary) targets() {
	for s.target() {
		s.skip("as")
		if s.token.kind == quotedName || s.token.kind == word && !isClause(s.token) {
			s.advance()
		}
		if s.token.text != "," {
			return
		}
		s.advance()
	}
}

// target takes a name, with those of schemas before it. A subquery is none.
func (s *summary) target() bool {
	s.skip("only", "lateral", "table")
	if s.token.kind != quotedName && s.token.kind != word {
		return false
	}
	name := s.token
	s.advance()
	for s.token.text == "." {
		s.advance()
		if s.token.kind != quotedName && s.token.kind != word {
			break
		}
		name.text += "." + s.token.text
		s.advance()
	}
	s.add(name)
	return true
}

// definition takes CREATE, ALTER, DROP and TRUNCATE, the kind of thing and its name.
func (s *summary) definition(t token) {
	s.add(t)
	s.skip("or", "replace", "temp", "temporary", "unique", "global", "local", "unlogged", "materialized", "external")
	if isThing(s.token) {
		s.add(s.token)
		s.advance()
	}
	s.skip("concurrently", "if", "not", "exists")
	s.target()
}

// skip skips words.
func (s *summary) skip(words ...string) {
	for s.token.kind == word && slices.Contains(words, strings.ToLower(s.token.text)) {
		s.advance()
	}
}

// isVerb says whether a word begins a statement.
func isVerb(t token) bool { return t.kind == word && verbs[strings.ToLower(t.text)] }

// isThing says whether a word is a kind of thing that one defines.
func isThing(t token) bool { return t.kind == word && things[strings.ToLower(t.text)] }

// takesFrom says whether a word is a function whose arguments have a FROM between them.
func takesFrom(t token) bool { return t.kind == word && fromCalls[strings.ToLower(t.text)] }

// isClause says whether a word begins a clause, and so is no alias.
func isClause(t token) bool { return clauses[strings.ToLower(t.text)] }

var (
	verbs = set("select insert update delete merge replace upsert call exec execute create alter drop truncate begin start commit rollback " +
		"savepoint release set reset show use explain describe analyze vacuum pragma grant revoke lock unlock copy load declare fetch close " +
		"do listen notify unlisten attach detach optimize rename comment refresh reindex discard values")
	fromCalls = set("extract substring trim overlay")
	things    = set("table index view database schema sequence function procedure trigger type user role extension domain tablespace")
	clauses   = set("where join inner left right full cross natural outer on using group order having limit offset union intersect except " +
		"window for fetch set values returning into select from with")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
