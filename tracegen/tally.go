package tracegen

import "sync"

// A tally counts what became of one service's spans. It is safe for concurrent use.
type tally struct {
	mu  sync.Mutex
	row Row
}

func (t *tally) generated(spans, shared int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.row.Generated += int64(spans)
	t.row.Shared += int64(shared)
}

// settled accounts for a batch that has been sent, or given up after so many
// attempts.
func (t *tally) settled(spans, refused, attempts, bytes int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	refused = min(max(refused, 0), spans) // a target may claim to have refused more
	t.row.Accepted += int64(spans - refused)
	t.row.Refused += int64(refused)
	t.row.Requests++
	t.row.Retries += int64(max(0, attempts-1))
	t.row.Bytes += int64(bytes)
	if err != nil {
		t.row.LastError = err.Error()
	}
}

func (t *tally) read() Row {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.row
}
