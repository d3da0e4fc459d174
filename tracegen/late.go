package tracegen

import "time"

// late holds the spans that are told late until a sampler will have decided on their
// traces. It holds what is encoded, about 300 B a span: a hundredth of 10,000 spans a
// second for lateBy is 14 MB.
type late struct {
	held   []heldBatch // in the order in which they are due
	closed time.Time
}

type heldBatch struct {
	due  time.Time
	line *line
	batch
}

// lateBy is more than samplers wait by default, which is 30 s.
const lateBy = 45 * time.Second

// flush closes the lines' batches once a second, and sends what is due.
func (l *late) flush(lines []line, now time.Time) {
	if now.Sub(l.closed) < time.Second {
		return
	}
	l.close(lines, now)
	for len(l.held) > 0 && !l.held[0].due.After(now) {
		l.sendFirst()
	}
}

// end sends everything: what comes after the traffic's end is late enough.
func (l *late) end(lines []line) {
	l.close(lines, time.Now())
	for len(l.held) > 0 {
		l.sendFirst()
	}
}

func (l *late) close(lines []line, now time.Time) {
	l.closed = now
	for i := range lines {
		line := &lines[i]
		spans := line.late.Spans()
		if spans == 0 {
			continue
		}
		body := line.late.Finish(make([]byte, 0, line.late.Size()))
		l.held = append(l.held, heldBatch{now.Add(lateBy), line, batch{body: body, spans: spans, tally: line.tally}})
	}
}

func (l *late) sendFirst() {
	first := l.held[0]
	l.held = l.held[1:]
	first.line.sender.queue <- first.batch
}
