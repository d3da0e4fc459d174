package ottl

import (
	"fmt"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// Parse reads a statement. A condition or a value alone is one, too.
func Parse(t yamltext.Text) (*Statement, error) {
	p := parser{of: t}
	p.advance()
	s := &Statement{Does: p.expression(0)}
	if p.err == nil && p.token.kind == word && p.token.text == "where" {
		p.advance()
		s.Where = p.expression(0)
	}
	if p.err == nil && p.token.kind != end {
		p.fail()
	}
	if p.err != nil {
		return nil, p.err
	}
	return s, nil
}

// maxDepth bounds how deep an expression may be nested.
const maxDepth = 200

type parser struct {
	of    yamltext.Text
	token token
	depth int
	err   error
}

func (p *parser) advance() { p.token = next(p.of.Value, p.token.End) }

func (p *parser) fail() {
	if p.err == nil {
		p.err = fmt.Errorf("ottl: byte %d: unexpected %q", p.token.Start, p.token.text)
	}
	p.token.kind = end
}

// is says whether a symbol is next, and goes past it if so.
func (p *parser) is(sign string) bool {
	if p.token.kind != symbol || p.token.text != sign {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(sign string) {
	if !p.is(sign) {
		p.fail()
	}
}

// bindings are how strongly operators bind.
var bindings = map[string]int{"or": 1, "and": 2, "==": 4, "!=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}

const bindingOfNot = 3

// expression reads one of operators that bind more strongly than another.
func (p *parser) expression(than int) *Expression {
	if p.depth++; p.depth > maxDepth {
		p.fail()
	}
	defer func() { p.depth-- }()
	left := p.operand()
	for p.err == nil && (p.token.kind == symbol || p.token.kind == word) {
		binding := bindings[p.token.text]
		if binding <= than {
			break
		}
		e := &Expression{Kind: Binary, Name: p.token.text, Left: left, At: left.At}
		p.advance()
		e.Right = p.expression(binding)
		e.At.End = e.Right.At.End
		left = e
	}
	return left
}

func (p *parser) operand() *Expression {
	t := p.token
	e := &Expression{At: t.Range, Name: t.text}
	switch {
	case t.kind == word && t.text == "not":
		p.advance()
		e.Kind, e.Right = Unary, p.expression(bindingOfNot)
		e.At.End = e.Right.At.End
	case t.kind == word:
		p.name(e)
	case t.kind == text:
		p.advance()
		e.Kind, e.Text = String, p.of.Of(unquoted(t))
		e.Name = ""
	case t.kind == number:
		p.advance()
		e.Kind = Number
	case p.is("-"), p.is("+"):
		e.Kind, e.Right = Unary, p.expression(bindings["*"])
		e.At.End = e.Right.At.End
	case p.is("("):
		e = p.expression(0)
		p.expect(")")
	case p.is("["):
		e.Kind, e.Arguments = List, p.items("]", nil)
		e.At.End = p.token.Start
	case p.is("{"):
		e.Kind, e.Arguments = Map, p.items("}", p.mapKey)
		e.At.End = p.token.Start
	default:
		p.fail()
	}
	return e
}

// items reads what stands between brackets, up to the closing one.
func (p *parser) items(closing string, key func(*Argument)) []Argument {
	var all []Argument
	for p.err == nil && !p.is(closing) {
		var a Argument
		if key != nil {
			key(&a)
		}
		a.Value = p.expression(0)
		all = append(all, a)
		if !p.is(",") {
			p.expect(closing)
			break
		}
	}
	return all
}

func (p *parser) mapKey(a *Argument) {
	a.Key = p.operand()
	p.expect(":")
}

// argumentName reads the name of an argument, if it has one.
func (p *parser) argumentName(a *Argument) {
	if p.token.kind != word {
		return
	}
	if after := next(p.of.Value, p.token.End); after.kind == symbol && after.text == "=" {
		a.Name = p.token.text
		p.token = after
		p.advance()
	}
}

// name reads what begins with a name: a call, a path or a word.
func (p *parser) name(e *Expression) {
	p.advance()
	if p.is("(") {
		e.Kind, e.Arguments = Call, p.items(")", p.argumentName)
		e.Keys = p.keys()
		e.At.End = p.token.Start
		return
	}
	e.Kind = Path
	e.Fields = []Field{{Name: e.Name, Keys: p.keys()}}
	for p.err == nil && p.is(".") {
		name := p.token
		if name.kind != word {
			p.fail()
			return
		}
		p.advance()
		e.Fields = append(e.Fields, Field{Name: name.text, Keys: p.keys()})
	}
	e.At.End = p.token.Start
	if c := e.Name[0]; len(e.Fields) == 1 && len(e.Fields[0].Keys) == 0 && (c >= 'A' && c <= 'Z' || e.Name == "true" || e.Name == "false" || e.Name == "nil") {
		e.Kind, e.Fields = Word, nil
	}
}

func (p *parser) keys() []*Expression {
	var all []*Expression
	for p.err == nil && p.is("[") {
		all = append(all, p.expression(0))
		p.expect("]")
	}
	return all
}

// unquoted is a string as it is meant, with places in the statement's text.
func unquoted(t token) yamltext.Text {
	var m yamltext.Maker
	at, to := t.Start+1, t.End-1
	said := t.text[1 : len(t.text)-1]
	for i := 0; i < len(said); {
		n := 0
		for i+n < len(said) && said[i+n] != '\\' {
			n++
		}
		m.Literal(said[i:i+n], at+i)
		if i += n; i == len(said) {
			break
		}
		m.Decoded(escaped(said[i+1]), at+i, min(at+i+2, to))
		i += 2
	}
	return m.Text(at)
}

func escaped(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	}
	return string([]byte{c})
}
