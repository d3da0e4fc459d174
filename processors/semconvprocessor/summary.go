package semconvprocessor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// summary says in the log, from time to time, what was converted and for whom.
type summary struct {
	tally  *tally
	logger *zap.Logger
	every  time.Duration
	target string
	report bool // nothing was changed
	// before is by service what had happened at the last one.
	before map[*service]*snapshot

	stop context.CancelFunc
	done sync.WaitGroup
}

// snapshot is what of a service the summary compares.
type snapshot struct {
	seen, converted, invalid int64
	rules                    []int64
}

// worst is how many services a summary names, and how many rules of each.
const (
	worstServices = 5
	worstRules    = 3
)

func (s *summary) start() {
	if s.every == 0 {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	// The summary's goroutine; shutdown ends it.
	s.done.Go(func() {
		ticker := time.NewTicker(s.every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				s.log()
			case <-ctx.Done():
				return
			}
		}
	})
}

func (s *summary) shutdown() {
	if s.stop != nil {
		s.stop()
		s.done.Wait()
	}
}

// log writes one summary, none where nothing was converted and nothing failed.
func (s *summary) log() {
	var total snapshot
	var list []changes
	for _, service := range s.tally.services() {
		c := s.since(service)
		total.seen += c.seen
		total.converted += c.converted
		total.invalid += c.invalid
		if c.converted+c.invalid > 0 {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b changes) int {
		return cmp.Or(cmp.Compare(b.converted+b.invalid, a.converted+a.invalid), cmp.Compare(a.service, b.service))
	})
	worst := make([]string, 0, worstServices)
	for _, c := range list[:min(len(list), worstServices)] {
		worst = append(worst, s.describe(&c))
	}
	message, key := "Converted to", "converted"
	if s.report {
		message, key = "Would convert to", "would_convert"
	}
	s.logger.Info(message+" semantic conventions "+s.target,
		zap.Duration("within", s.every),
		zap.Int64("elements", total.seen),
		zap.Int64(key, total.converted),
		zap.Int64("invalid_values", total.invalid),
		zap.Int("services", len(list)),
		zap.Strings("worst", worst))
}

// changes is what happened to a service since the last summary.
type changes struct {
	service string
	snapshot
}

func (s *summary) since(service *service) changes {
	old := s.before[service]
	if old == nil {
		old = &snapshot{rules: make([]int64, len(service.rules))}
		s.before[service] = old
	}
	now := service.snapshot()
	c := changes{service.name, snapshot{now.seen - old.seen, now.converted - old.converted, now.invalid - old.invalid, make([]int64, len(now.rules))}}
	for n := range now.rules {
		c.rules[n] = now.rules[n] - old.rules[n]
	}
	s.before[service] = now
	return c
}

func (s *service) snapshot() *snapshot {
	now := &snapshot{invalid: s.invalid.Load(), rules: make([]int64, len(s.rules))}
	for e := range s.elements {
		for o := range s.elements[e] {
			n := s.elements[e][o].Load()
			now.seen += n
			if outcome(o) == converted || outcome(o) == merged || outcome(o) == duplicate {
				now.converted += n
			}
		}
	}
	for n := range s.rules {
		now.rules[n] = s.rules[n].Load()
	}
	return now
}

// describe is "cart: 200 converted, 3 invalid values (100 × http.method → http.request.method)".
func (s *summary) describe(c *changes) string {
	var b strings.Builder
	verb := "converted"
	if s.report {
		verb = "to convert"
	}
	fmt.Fprintf(&b, "%s: %d %s", cmp.Or(c.service, "(no service.name)"), c.converted, verb)
	if c.invalid > 0 {
		fmt.Fprintf(&b, ", %d invalid values", c.invalid)
	}
	numbers := make([]int, 0, len(c.rules))
	for n, times := range c.rules {
		if times > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.SortStableFunc(numbers, func(a, b int) int { return cmp.Compare(c.rules[b], c.rules[a]) })
	rules := make([]string, 0, worstRules)
	for _, n := range numbers[:min(len(numbers), worstRules)] {
		rules = append(rules, fmt.Sprintf("%d × %s → %s", c.rules[n], s.tally.rules[n].From, s.tally.rules[n].To))
	}
	if len(rules) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(rules, ", "))
	}
	return b.String()
}
