package collector

import (
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// rule says what stands at a place in a component's configuration.
type rule struct {
	// at is a path: a.b[].c, where [] is every item of a list, * every key of a mapping and **
	// any number of both.
	at   string
	take take
}

// take takes what is found at a path.
type take func(f *finder, n *yamltext.Node, path string)

// find calls take for all places below a node that the rule means.
func (r rule) find(f *finder, n *yamltext.Node, path string) {
	var steps []string
	callee := f.component
	for step := range strings.SplitSeq(strings.ReplaceAll(r.at, "[]", ".[]"), ".") {
		switch step {
		case "":
			continue
		case "[]", "*", "**":
		default:
			callee += "." + step
		}
		steps = append(steps, step)
	}
	f.callee = callee
	descend(n, steps, path, func(n *yamltext.Node, path string) { r.take(f, n, path) })
}

func descend(n *yamltext.Node, steps []string, path string, take func(*yamltext.Node, string)) {
	if n == nil {
		return
	}
	if len(steps) == 0 {
		take(n, path)
		return
	}
	step, rest := steps[0], steps[1:]
	if step == "**" {
		descend(n, rest, path, take)
		rest = steps
	}
	if step == "[]" || step == "**" {
		for i, item := range n.Items {
			descend(item, rest, path+"["+strconv.Itoa(i)+"]", take)
		}
	}
	for _, p := range n.Pairs {
		if key := p.Key.Value(); key == step || step == "*" || step == "**" {
			descend(p.Value, rest, path+"."+key, take)
		}
	}
}
