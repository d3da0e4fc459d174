package yamltext

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// text finds where a scalar's bytes stand. It decodes the source a second time, and what does not
// come to what the library read has no place: an edit there would be a guess.
func (b *builder) text(y *yaml.Node, at int) Text {
	want := Text{Value: y.Value}
	if at < 0 {
		return want
	}
	s := scanner{content: b.content[:b.end], at: at, want: y.Value}
	s.properties()
	s.start = s.at
	if s.at < b.end {
		switch c := s.content[s.at]; {
		case y.Style&yaml.DoubleQuotedStyle != 0 && c == '"', y.Style&yaml.SingleQuotedStyle != 0 && c == '\'':
			s.at++
			s.start = s.at
			s.flow(c)
		case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && (c == '|' || c == '>'):
			s.block(c == '>')
		case y.Style&^yaml.TaggedStyle == 0 && y.Value != "":
			s.flow(0)
		}
	}
	if string(s.read) != y.Value {
		return want
	}
	return s.Text(s.start)
}

// scanner decodes one scalar.
type scanner struct {
	Maker
	content []byte
	at      int
	want    string
	start   int
}

// properties passes by anchors and tags, and the space behind them.
func (s *scanner) properties() {
	for s.at < len(s.content) && (s.content[s.at] == '&' || s.content[s.at] == '!') {
		for s.at < len(s.content) && !isBlank(s.content[s.at]) && breakAt(s.content, s.at) == 0 {
			s.at++
		}
		s.space()
	}
}

// space passes by blanks, breaks and comments.
func (s *scanner) space() {
	for s.at < len(s.content) {
		switch n := breakAt(s.content, s.at); {
		case n > 0:
			s.at += n
		case isBlank(s.content[s.at]):
			s.at++
		case s.content[s.at] == '#':
			for s.at < len(s.content) && breakAt(s.content, s.at) == 0 {
				s.at++
			}
		default:
			return
		}
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// flow decodes a quoted scalar up to its quote, or a plain one (quote 0) up to its length.
func (s *scanner) flow(quote byte) {
	for s.at < len(s.content) && len(s.read) <= len(s.want) {
		if quote == 0 && len(s.read) == len(s.want) {
			return
		}
		switch c := s.content[s.at]; {
		case isBlank(c) || breakAt(s.content, s.at) > 0:
			s.fold(false)
		case quote != 0 && c == quote:
			if quote == '"' || s.at+1 >= len(s.content) || s.content[s.at+1] != quote {
				return
			}
			s.Decoded("'", s.at, s.at+2)
			s.at += 2
		case quote == '"' && c == '\\':
			if !s.escape() {
				return
			}
		default:
			from, end := s.at, len(s.content)
			if quote == 0 {
				end = min(end, from+len(s.want)-len(s.read))
			}
			for s.at < end && !s.special(quote) {
				s.at++
			}
			s.Literal(string(s.content[from:s.at]), from)
		}
	}
}

// special says whether a byte of a flow scalar may stand for something else than itself. A
// plain scalar ends where its text does.
func (s *scanner) special(quote byte) bool {
	c := s.content[s.at]
	if isBlank(c) || breakAt(s.content, s.at) > 0 || quote == '"' && c == '\\' {
		return true
	}
	return quote != 0 && c == quote
}

// fold decodes blanks, and the line breaks among them, if there are any. Behind an escaped
// break each further one counts.
func (s *scanner) fold(escaped bool) {
	from, breaks, lineEnd := s.at, 0, s.at
	for s.at < len(s.content) {
		n := breakAt(s.content, s.at)
		if n == 0 && !isBlank(s.content[s.at]) {
			break
		}
		if n > 0 {
			breaks++
		} else {
			n = 1
		}
		s.at += n
		if breaks == 0 {
			lineEnd = s.at
		}
	}
	switch {
	case escaped:
		s.Decoded(strings.Repeat("\n", breaks), from, s.at)
	case breaks == 0:
		s.Literal(string(s.content[from:lineEnd]), from)
	case breaks == 1:
		s.Decoded(" ", from, s.at)
	default:
		s.Decoded(strings.Repeat("\n", breaks-1), from, s.at)
	}
}

var escapes = map[byte]rune{
	'0': 0, 'a': '\a', 'b': '\b', 't': '\t', '\t': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', 'e': 0x1B,
	' ': ' ', '"': '"', '\'': '\'', '/': '/', '\\': '\\', 'N': 0x85, '_': 0xA0, 'L': 0x2028, 'P': 0x2029,
}

var hexEscapes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escape decodes one of a double-quoted scalar.
func (s *scanner) escape() bool {
	from := s.at
	if n := breakAt(s.content, from+1); n > 0 {
		s.at += 1 + n
		s.fold(true)
		return true
	}
	if from+1 >= len(s.content) {
		return false
	}
	c := s.content[from+1]
	if r, ok := escapes[c]; ok {
		s.at += 2
		s.character(r, from, s.at)
		return true
	}
	n := hexEscapes[c]
	if n == 0 || from+2+n > len(s.content) {
		return false
	}
	r, err := strconv.ParseUint(string(s.content[from+2:from+2+n]), 16, 32)
	if err != nil {
		return false
	}
	s.at += 2 + n
	s.character(rune(r), from, s.at)
	return true
}

// block decodes a literal or folded block.
func (s *scanner) block(folded bool) {
	for s.at < len(s.content) && breakAt(s.content, s.at) == 0 {
		s.at++ // the header, and a comment behind it
	}
	s.at += breakAt(s.content, s.at)
	s.start = s.at
	indent := s.indent()
	// As the specification folds: the break before a line is held back until the line is seen.
	held, heldFrom, empty, emptyFrom, blankBefore := 0, s.at, 0, s.at, false
	for s.at < len(s.content) && len(s.read) < len(s.want) {
		lineFrom := s.at
		for s.at < len(s.content) && s.at-lineFrom < indent && s.content[s.at] == ' ' {
			s.at++
		}
		if n := breakAt(s.content, s.at); n > 0 {
			s.at += n
			empty++
			continue
		}
		if s.at-lineFrom < indent || s.at >= len(s.content) {
			s.at = lineFrom
			break
		}
		blank := isBlank(s.content[s.at])
		if held > 0 {
			switch {
			case !folded || blank || blankBefore:
				s.newline(heldFrom, heldFrom+held)
			case empty == 0:
				s.Decoded(" ", heldFrom, heldFrom+held)
			}
		}
		s.newlines(empty, emptyFrom, lineFrom)
		from := s.at
		for s.at < len(s.content) && breakAt(s.content, s.at) == 0 {
			s.at++
		}
		s.Literal(string(s.content[from:s.at]), from)
		held, heldFrom = breakAt(s.content, s.at), s.at
		s.at += held
		empty, emptyFrom, blankBefore = 0, s.at, blank
	}
	switch rest := len(s.want) - len(s.read); {
	case held == 0:
		s.newlines(min(empty, len(s.want)), emptyFrom, s.at) // nothing but empty lines
	case rest > 0:
		s.newline(heldFrom, heldFrom+held)
		s.newlines(rest-1, emptyFrom, s.at)
	}
}

// indent is how far a block's lines are indented: its first line that is not empty tells, less
// the blanks that belong to the text.
func (s *scanner) indent() int {
	for line := range bytes.Lines(s.content[s.at:]) {
		trimmed := bytes.TrimLeft(line, " ")
		if len(bytes.TrimRight(trimmed, "\r\n")) == 0 {
			continue
		}
		text := strings.TrimLeft(s.want, "\n")
		return max(len(line)-len(trimmed)-(len(text)-len(strings.TrimLeft(text, " "))), 0)
	}
	return 0
}

// newline appends a break, which is itself unless it is more than a line feed.
func (s *scanner) newline(from, to int) {
	if to-from == 1 && s.content[from] == '\n' {
		s.Literal("\n", from)
		return
	}
	s.Decoded("\n", from, to)
}

func (s *scanner) newlines(n, from, to int) {
	if n > 0 {
		s.Decoded(strings.Repeat("\n", n), from, to)
	}
}
