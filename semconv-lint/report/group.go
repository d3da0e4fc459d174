package report

import (
	"cmp"
	"slices"

	"github.com/koine-otel/koine/semconv-lint/config"
)

// configuration is the name of the group of what concerns no service. The brackets keep it apart
// from a service of the name.
const configuration = "(configuration)"

// group is the findings of a service, a file, or of the configuration.
type group struct {
	name     string
	config   bool
	score    *Score
	findings []Finding
}

// groups are by service or file, the configuration's own findings last.
func (r *Report) groups(findings []Finding) []*group {
	by := map[string]*group{}
	var all []*group
	for _, f := range findings {
		name, own := serviceName(f.Service), f.Signal == config.OnConfiguration
		if f.Source != nil {
			name = f.Source.Path
		}
		if own {
			name = configuration
		}
		g := by[name]
		if g == nil {
			g = &group{name: name, config: own}
			if !own {
				g.score = r.score(f.Service)
			}
			by[name], all = g, append(all, g)
		}
		g.findings = append(g.findings, f)
	}
	slices.SortFunc(all, func(a, b *group) int {
		switch {
		case a.config:
			return 1
		case b.config:
			return -1
		}
		return cmp.Compare(a.name, b.name)
	})
	return all
}

func (r *Report) score(service string) *Score {
	for i := range r.Scores {
		if r.Scores[i].Service == service {
			return &r.Scores[i]
		}
	}
	return nil
}

func serviceName(service string) string { return cmp.Or(service, "(no service.name)") }
