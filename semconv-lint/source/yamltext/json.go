package yamltext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ParseJSON reads JSON, of which a document is all of the file.
func ParseJSON(content []byte) (*Node, error) {
	if !json.Valid(bytes.TrimPrefix(content, []byte(byteOrderMark))) {
		var raw json.RawMessage
		err := json.Unmarshal(bytes.TrimPrefix(content, []byte(byteOrderMark)), &raw)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("json: line %d: %w", 1+bytes.Count(content[:min(int(syntax.Offset), len(content))], []byte("\n")), err)
		}
		return nil, fmt.Errorf("json: %w", err)
	}
	p := jsonParser{content: content}
	if bytes.HasPrefix(content, []byte(byteOrderMark)) {
		p.at = len(byteOrderMark)
	}
	return p.value(), nil
}

// ParseJSONText reads the JSON in a text of another document.
func ParseJSONText(t Text) (*Node, error) {
	n, err := ParseJSON([]byte(t.Value))
	if err != nil {
		return nil, err
	}
	n.place(t, map[*Node]bool{})
	return n, nil
}

// jsonParser reads what is known to be valid.
type jsonParser struct {
	content []byte
	at      int
}

func (p *jsonParser) space() byte {
	for {
		switch c := p.content[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
}

func (p *jsonParser) value() *Node {
	c := p.space()
	n := &Node{Start: p.at, size: 1}
	switch c {
	case '{':
		n.Kind = Mapping
		for p.next('}') {
			p.space()
			pair := Pair{Key: p.value()}
			p.space()
			p.at++ // the colon
			pair.Value = p.value()
			n.Pairs = append(n.Pairs, pair)
		}
	case '[':
		n.Kind = Sequence
		for p.next(']') {
			n.Items = append(n.Items, p.value())
		}
	case '"':
		n.Kind, n.String, n.Text = Scalar, true, p.text()
	default:
		from := p.at
		for p.at < len(p.content) && !bytes.ContainsRune([]byte(" \t\r\n,]}"), rune(p.content[p.at])) {
			p.at++
		}
		n.Kind, n.Text, n.Null = Scalar, Literal(string(p.content[from:p.at]), from), p.content[from] == 'n'
	}
	return n
}

// next goes past a bracket or a comma and says whether an item follows.
func (p *jsonParser) next(end byte) bool {
	if p.space() == end {
		p.at++
		return false
	}
	p.at++
	if p.space() == end { // only behind the opening bracket
		p.at++
		return false
	}
	return true
}

// text decodes a quoted text.
func (p *jsonParser) text() Text {
	p.at++
	var t Maker
	for start := p.at; ; {
		from := p.at
		for p.content[p.at] != '"' && p.content[p.at] != '\\' {
			p.at++
		}
		if part := p.content[from:p.at]; utf8.Valid(part) {
			t.Literal(string(part), from)
		} else {
			t.Decoded(string([]rune(string(part))), from, p.at) // as encoding/json reads it
		}
		if p.content[p.at] == '"' {
			p.at++
			return t.Text(start)
		}
		from = p.at
		r := p.escape()
		t.character(r, from, p.at)
	}
}

func (p *jsonParser) escape() rune {
	c := p.content[p.at+1]
	p.at += 2
	if c != 'u' {
		return escapes[c]
	}
	r := p.hex()
	if utf16.IsSurrogate(r) && bytes.HasPrefix(p.content[p.at:], []byte(`\u`)) {
		before := p.at
		p.at += 2
		if both := utf16.DecodeRune(r, p.hex()); both != utf8.RuneError {
			return both
		}
		p.at = before
	}
	if utf16.IsSurrogate(r) {
		return utf8.RuneError
	}
	return r
}

func (p *jsonParser) hex() rune {
	r, _ := strconv.ParseUint(string(p.content[p.at:p.at+4]), 16, 32) // valid, see ParseJSON
	p.at += 4
	return rune(r)
}
