package tailsamplingprocessor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer/consumererror"
)

// errTooManySets is permanent, as long as the process lives.
var errTooManySets = consumererror.NewPermanent(errors.New("tail_sampling: too many different values of metadata_keys, see metadata_cardinality_limit"))

// sets numbers the combinations of metadata that spans came with, so that they leave with the
// same. 0 is none.
type sets struct {
	keys  []string
	limit int

	mu    sync.RWMutex
	ids   map[string]uint32
	infos []client.Info
}

func newSets(keys []string, limit int) *sets {
	return &sets{keys: keys, limit: limit, ids: map[string]uint32{}, infos: []client.Info{{}}}
}

// rekey goes on with other keys. Spans that wait keep what they came with.
func (s *sets) rekey(keys []string, limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	if !slices.Equal(s.keys, keys) {
		s.keys, s.ids = keys, map[string]uint32{}
	}
}

// of gives the number of the context's metadata.
func (s *sets) of(ctx context.Context) (uint32, error) {
	if len(s.keys) == 0 {
		return 0, nil
	}
	metadata := client.FromContext(ctx).Metadata
	var b strings.Builder
	for _, key := range s.keys {
		values := metadata.Get(key)
		fmt.Fprintf(&b, "%d:", len(values))
		for _, value := range values {
			fmt.Fprintf(&b, "%d:%s", len(value), value)
		}
	}
	id := b.String()
	s.mu.RLock()
	n, ok := s.ids[id]
	s.mu.RUnlock()
	if ok {
		return n, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok = s.ids[id]; ok {
		return n, nil
	}
	if s.limit > 0 && len(s.ids) >= s.limit {
		return 0, errTooManySets
	}
	values := map[string][]string{}
	for _, key := range s.keys {
		if v := metadata.Get(key); len(v) > 0 {
			values[key] = v
		}
	}
	n = uint32(len(s.infos))
	s.ids[id] = n
	s.infos = append(s.infos, client.Info{Metadata: client.NewMetadata(values)})
	return n, nil
}

// context gives a context with a set's metadata.
func (s *sets) context(ctx context.Context, set uint32) context.Context {
	if set == 0 {
		return ctx
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return client.NewContext(ctx, s.infos[set])
}
