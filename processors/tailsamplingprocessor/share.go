package tailsamplingprocessor

import (
	"os"
	"slices"
	"sync"

	"github.com/koine-otel/koine/memory"
)

// shares divides the sampler's share of the process's memory among the processors that have no
// limit of their own: there is one for each pipeline that names it.
var shares sharing

type sharing struct {
	mu      sync.Mutex
	engines []*engine
}

// whole is what there is to divide, in bytes.
func (s *sharing) whole() (int64, error) {
	budget, err := memory.Detect(os.Getenv)
	return budget.Sampler(), err
}

func (s *sharing) join(e *engine) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.whole(); err != nil {
		return err
	}
	s.engines = append(s.engines, e)
	return s.divide()
}

func (s *sharing) leave(e *engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.engines, e); i >= 0 {
		s.engines = slices.Delete(s.engines, i, i+1)
		_ = s.divide() // what was known at join is still
	}
}

func (s *sharing) divide() error {
	whole, err := s.whole()
	if err != nil {
		return err
	}
	for _, e := range s.engines {
		e.setLimit(whole / int64(len(s.engines)))
	}
	return nil
}
