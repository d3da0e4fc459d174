package tailsamplingprocessor

import (
	"fmt"
	"slices"
	"sync"
)

// claims are the places that running processors keep what is normal in. A processor that is in
// several pipelines runs as often, under one name.
var claims = &claimed{taken: map[string][]bool{}}

type claimed struct {
	mu    sync.Mutex
	taken map[string][]bool
}

// claim is the first, or the second, to a name. The zero claim is of nothing.
type claim struct {
	name   string
	number int
}

func (c *claimed) take(name string) claim {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := slices.Index(c.taken[name], false)
	if n < 0 {
		n = len(c.taken[name])
		c.taken[name] = append(c.taken[name], false)
	}
	c.taken[name][n] = true
	return claim{name, n + 1}
}

func (c claim) release() {
	if c.number == 0 {
		return
	}
	claims.mu.Lock()
	defer claims.mu.Unlock()
	taken := claims.taken[c.name]
	taken[c.number-1] = false
	if !slices.Contains(taken, true) {
		delete(claims.taken, c.name)
	}
}

// suffixed is a name, for all but the first with the number.
func (c claim) suffixed(name, separator string) string {
	if c.number == 1 {
		return name
	}
	return fmt.Sprint(name, separator, c.number)
}
