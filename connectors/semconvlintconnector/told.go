package semconvlintconnector

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

// told is what was said so far: of services, in sums that go on, and of causes, once. It is for
// one goroutine at a time.
type told struct {
	resource pcommon.Resource // the collector's: it is who says it
	lint     *config.Config
	services *services
	causes   *causes
}

func newTold(resource pcommon.Resource, lint *config.Config, cfg *Config) *told {
	return &told{
		resource: resource, lint: lint,
		services: newServices(cfg.MaxServices, time.Now()), causes: newCauses(cfg.MaxCauses, cfg.Window),
	}
}

// add takes over what was found, without what is ignored. It gives the findings of causes that
// are to be told, and how many there is no room to remember.
func (t *told) add(r *semconvlint.Result, now time.Time) (fresh []*semconvlint.Finding, untold int64) {
	by, _ := t.lint.Suppress(r.Findings, config.Scope{}, now)
	var kept []*semconvlint.Finding
	for i := range r.Findings {
		if by[i] == nil {
			kept = append(kept, &r.Findings[i])
		}
	}
	t.services.add(r, kept, now)
	return t.causes.fresh(kept, now)
}

func (t *told) forget(now time.Time) {
	t.services.forget(now)
	t.causes.forget(now)
}
