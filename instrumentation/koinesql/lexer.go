package koinesql

import (
	"strings"
	"unicode/utf8"
)

// queryLimit is how many bytes of a query are read: an insert of many rows has all that its
// summary needs in the first few, and no reader looks at more of its text.
const queryLimit = 4 << 10

// dialect is what of a system's SQL decides whether something is a value.
type dialect struct {
	doubleQuoted bool // "x" is a string
	backslash    bool // \' does not end one
	eitherQuoted bool // "x" is a name, or a string where nothing has that name
	brackets     bool // [x] is a name
	hash         bool // # begins a comment
	// unsure is a system that may have any of these: a query in which it matters is not read.
	unsure bool
}

func dialectOf(system string) dialect {
	switch system {
	case "mysql", "mariadb", "hive", "gcp.spanner":
		return dialect{doubleQuoted: true, backslash: true, hash: true}
	case "clickhouse":
		return dialect{backslash: true, hash: true}
	case "microsoft.sql_server":
		return dialect{brackets: true}
	case "sqlite":
		return dialect{eitherQuoted: true}
	case "postgresql", "cockroachdb", "aws.redshift", "oracle.db", "trino", "sap.hana", "firebirdsql", "ibm.db2":
		return dialect{}
	default:
		return dialect{doubleQuoted: true, unsure: true}
	}
}

type kind int

const (
	end         kind = iota
	word             // a keyword, a name, a parameter
	quotedName       // "x", `x`, [x]
	literal          // a string or a number
	punctuation      // one sign
)

type token struct {
	kind kind
	text string
	// apart is whether blanks or a comment stand before it.
	apart bool
}

// is says whether a token is a keyword.
func (t token) is(keyword string) bool { return t.kind == word && strings.EqualFold(t.text, keyword) }

// lexer cuts a query into tokens. What it cannot make out it takes for a value, up to the end.
type lexer struct {
	rest string
	cut  bool // there is more than is read
	dialect
}

func newLexer(query string, d dialect) *lexer {
	cut := len(query) > queryLimit
	if cut {
		query = query[:queryLimit]
	}
	return &lexer{rest: query, cut: cut, dialect: d}
}

func (l *lexer) next() token {
	apart := l.skipBlanks()
	if l.rest == "" {
		return token{}
	}
	kind, n := l.scan()
	text := l.rest[:n]
	l.rest = l.rest[n:]
	if l.rest == "" && l.cut && kind != literal {
		return token{} // half of something
	}
	return token{kind, text, apart}
}

// skipBlanks skips blanks and comments.
func (l *lexer) skipBlanks() bool {
	before := len(l.rest)
	for l.rest != "" {
		switch {
		case strings.IndexByte(" \t\r\n\f\v", l.rest[0]) >= 0:
			l.rest = l.rest[1:]
		case strings.HasPrefix(l.rest, "--"), l.hash && l.rest[0] == '#':
			_, l.rest, _ = strings.Cut(l.rest, "\n")
		case strings.HasPrefix(l.rest, "/*"):
			_, l.rest, _ = strings.Cut(l.rest[2:], "*/")
		default:
			return len(l.rest) != before
		}
	}
	return true
}

// scan says what the next token is and how long.
func (l *lexer) scan() (kind, int) {
	switch c := l.rest[0]; {
	case c == '\'':
		return literal, l.quoted(1, '\'', l.backslash)
	case c == '"':
		if l.doubleQuoted {
			return literal, l.quoted(1, '"', l.backslash)
		}
		return quotedName, l.quoted(1, '"', false)
	case c == '`':
		return quotedName, l.quoted(1, '`', false)
	case c == '[' && l.brackets:
		return quotedName, l.quoted(1, ']', false)
	case isDigit(c), c == '.' && len(l.rest) > 1 && isDigit(l.rest[1]):
		return literal, l.number()
	case c == '$':
		return l.dollar()
	case isLetter(c), c == '@', c == ':' && len(l.rest) > 1 && isLetter(l.rest[1]):
		return l.word()
	case c == ':' && strings.HasPrefix(l.rest, "::"):
		return punctuation, 2
	default:
		return punctuation, 1
	}
}

// quoted is the length of what begins with from bytes and goes to a quote; a quote twice is one
// within.
func (l *lexer) quoted(from int, quote byte, backslash bool) int {
	for i := from; i < len(l.rest); i++ {
		switch {
		case backslash && l.rest[i] == '\\':
			i++
		case l.rest[i] == quote:
			if i+1 < len(l.rest) && l.rest[i+1] == quote {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(l.rest)
}

// number takes 1, 1.5, 1e-9, 0xff, 1_000.
func (l *lexer) number() int {
	i := 1
	for ; i < len(l.rest); i++ {
		c := l.rest[i]
		exponent := (c == '+' || c == '-') && (l.rest[i-1] == 'e' || l.rest[i-1] == 'E') && !strings.HasPrefix(l.rest, "0x")
		if !isLetter(c) && !isDigit(c) && c != '.' && !exponent {
			break
		}
	}
	return i
}

// dollar takes $1, a parameter, and $tag$…$tag$, a string.
func (l *lexer) dollar() (kind, int) {
	i := 1
	for i < len(l.rest) && (isLetter(l.rest[i]) || isDigit(l.rest[i])) {
		i++
	}
	if i == len(l.rest) || l.rest[i] != '$' {
		return word, i
	}
	tag := l.rest[:i+1]
	if at := strings.Index(l.rest[len(tag):], tag); at >= 0 {
		return literal, at + 2*len(tag)
	}
	return literal, len(l.rest)
}

// word takes a name; with a quote right behind it, as in N'x', x'ff' or E'a\'b', it is of a string.
func (l *lexer) word() (kind, int) {
	i := 1
	for i < len(l.rest) && (isLetter(l.rest[i]) || isDigit(l.rest[i]) || l.rest[i] == '$' || l.rest[i] == '#' && !l.hash) {
		i++
	}
	if i < len(l.rest) && l.rest[i] == '\'' {
		return literal, l.quoted(i+1, '\'', l.backslash || strings.EqualFold(l.rest[:i], "e"))
	}
	if strings.HasPrefix(l.rest[i:], "&'") && strings.EqualFold(l.rest[:i], "u") {
		return literal, l.quoted(i+2, '\'', false)
	}
	return word, i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isLetter takes all that is no ASCII for letters.
func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}
