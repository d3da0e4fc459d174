package extract

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unicode"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// spanName yields a span's name: a constant, or one of parts of which some are not.
func (x *extractor) spanName(c *Callee, e ast.Expr, call *ast.CallExpr, s spot) {
	if e == nil {
		return
	}
	if _, ok := x.named(e); ok {
		x.use(c, e, nil, call, s)
		return
	}
	if o := x.object(e); x.parameters[o] || x.changed[o] {
		return // the caller's business, and told there where it is a constant; or one of several values
	}
	n := x.parts(e, 0)
	if n.fixed == "" && !n.unbounded {
		return // a variable of which nothing is known: the caller's business
	}
	u := source.Use{
		Role: source.SpanName, Tier: c.Tier, At: x.at(e), Key: n.text, Varies: n.varies, Bounded: !n.unbounded,
		Within: x.within(s), Callee: x.text(call.Fun),
	}
	x.emit(s.file, u)
}

// formatter yields the names that a function returns which instrumentation asks for them.
func (x *extractor) formatter(function string, call *ast.CallExpr, s spot) {
	if !strings.HasSuffix(function, ".WithSpanNameFormatter") || len(call.Args) != 1 {
		return
	}
	f, ok := ast.Unparen(call.Args[0]).(*ast.FuncLit)
	if !ok {
		return
	}
	c := Callee{Role: source.SpanName, Tier: source.A, Value: -1}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 1 {
				x.spanName(&c, n.Results[0], call, s)
			}
		}
		return true
	})
}

// parts is a text that is put together: what is not constant stands between braces.
type parts struct {
	text, fixed string
	varies      bool
	// unbounded is whether a part has many values as far as its type, its name or its maker tells:
	// a number, an id, a path. Most others are words of the program: a method, a kind, a topic.
	unbounded bool
}

func (p parts) plus(q parts) parts {
	return parts{p.text + q.text, p.fixed + q.fixed, p.varies || q.varies, p.unbounded || q.unbounded}
}

func (x *extractor) parts(e ast.Expr, depth int) parts {
	e = ast.Unparen(e)
	if text, ok := x.constant(e); ok {
		return parts{text: text, fixed: text}
	}
	if depth > maxDepth {
		return x.variable(e, e)
	}
	if inner := x.conversion(e); inner != nil {
		return x.parts(inner, depth+1)
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return x.parts(e.X, depth+1).plus(x.parts(e.Y, depth+1))
		}
	case *ast.Ident:
		if value := x.values[x.object(e)]; value != nil {
			return x.parts(value, depth+1)
		}
	case *ast.CallExpr:
		return x.made(e, depth)
	}
	return x.variable(e, e)
}

// variable is a part that is not constant, by the expression that tells how many values it has.
func (x *extractor) variable(e, telling ast.Expr) parts {
	text := x.text(e)
	if len(text) > maxPart || strings.ContainsAny(text, "{}\n\"") {
		text = strings.Join(wordsOf(e), "_")
	}
	return parts{"{" + text + "}", "", true, x.unbounded(telling)}
}

// maxPart is how much of an expression is shown.
const maxPart = 60

// made is a text that a function makes.
func (x *extractor) made(call *ast.CallExpr, depth int) parts {
	name := x.called(call)
	switch {
	case name == "fmt.Sprintf" && len(call.Args) > 0:
		if format, ok := x.constant(call.Args[0]); ok {
			return x.formatted(format, call.Args[1:], depth)
		}
	case name == "fmt.Sprint" || name == "fmt.Sprintln":
		var all parts
		for _, arg := range call.Args {
			all = all.plus(x.parts(arg, depth+1))
		}
		return all
	case strings.HasPrefix(name, "strings.To") || strings.HasPrefix(name, "strings.Trim"):
		if len(call.Args) > 0 {
			return x.parts(call.Args[0], depth+1)
		}
	case strings.HasPrefix(name, "strconv.") && len(call.Args) > 0:
		return x.variable(call.Args[0], call.Args[0])
	}
	return x.variable(call, call)
}

// formatted replaces the verbs of a format.
func (x *extractor) formatted(format string, args []ast.Expr, depth int) parts {
	var all parts
	fixed := func(text string) { all = all.plus(parts{text: text, fixed: text}) }
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			break
		}
		fixed(format[:i])
		format = format[i+1:]
		verb := strings.IndexFunc(format, func(r rune) bool { return unicode.IsLetter(r) || r == '%' })
		if verb < 0 {
			return all
		}
		if format[verb] == '%' {
			fixed("%")
		} else if len(args) > 0 {
			all = all.plus(x.parts(args[0], depth+1))
			args = args[1:]
		} else {
			fixed("%!")
		}
		format = format[verb+1:]
	}
	fixed(format)
	return all
}

// unbounded is whether an expression has many values as far as can be told.
func (x *extractor) unbounded(e ast.Expr) bool {
	words := wordsOf(e)
	for i := len(words) - 1; i >= 0 && i >= len(words)-2; i-- {
		switch {
		case few[words[i]]:
			return false
		case many[words[i]]:
			return i == 0 || !programParts[words[i-1]]
		}
	}
	t := x.Info.TypeOf(e)
	if t == nil {
		return false
	}
	if typeName(t) == "time.Time" {
		return true
	}
	b, ok := types.Unalias(t).(*types.Basic) // a number of a type of its own is an enum's
	return ok && b.Info()&types.IsNumeric != 0
}

// wordsOf are the words of the name that an expression ends in: userID, r.URL.Path, u.GetID().
func wordsOf(e ast.Expr) []string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return split(e.Name)
	case *ast.SelectorExpr:
		return append(wordsOf(e.X), split(e.Sel.Name)...)
	case *ast.CallExpr:
		words := wordsOf(e.Fun)
		if n := len(words); n > 1 && (words[n-1] == "string" || words[n-1] == "text") {
			words = words[:n-1]
		}
		return words
	case *ast.StarExpr:
		return wordsOf(e.X)
	case *ast.IndexExpr:
		return wordsOf(e.X)
	}
	return nil
}

// split cuts an identifier into lower-case words: userID is user, id.
func split(identifier string) []string {
	var words []string
	var word strings.Builder
	runes := []rune(identifier)
	for i, r := range runes {
		starts := unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if (starts || r == '_') && word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
		if r != '_' {
			word.WriteRune(unicode.ToLower(r))
		}
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return words
}

// set are words with blanks between.
func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}

// programParts are words for parts of a program, whose ids are in its configuration.
var programParts = set("component receiver exporter processor extension connector pipeline scraper plugin module region zone")

// few and many are words for what has few values and for what has many.
var (
	few = set(`method route pattern template operation op verb kind type handler topic queue exchange collection table
command cmd action function func fn component module service package phase stage state status code version level
name names label prefix suffix attempt retry shard partition worker step category class mode direction system`)
	many = set(`id ids uuid guid ulid path url uri query sql statement token hash digest checksum email username phone
session timestamp unix nano offset cursor body payload message error err ip address addr filename`)
)
