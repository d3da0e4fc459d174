package tailsamplingprocessor

// list is a doubly linked list of a shard's traces, through the links that of gives.
type list struct{ head, tail uint32 }

func (l *list) push(ts *traces, of func(*trace) *links, i uint32) {
	k := of(ts.at(i))
	*k = links{prev: l.tail}
	if l.tail != 0 {
		of(ts.at(l.tail)).next = i
	} else {
		l.head = i
	}
	l.tail = i
}

func (l *list) remove(ts *traces, of func(*trace) *links, i uint32) {
	k := *of(ts.at(i))
	if k.prev != 0 {
		of(ts.at(k.prev)).next = k.next
	} else {
		l.head = k.next
	}
	if k.next != 0 {
		of(ts.at(k.next)).prev = k.prev
	} else {
		l.tail = k.prev
	}
}

// prepend puts all of another list before.
func (l *list) prepend(ts *traces, of func(*trace) *links, other *list) {
	switch {
	case other.head == 0:
		return
	case l.head == 0:
		*l = *other
	default:
		of(ts.at(other.tail)).next = l.head
		of(ts.at(l.head)).prev = other.tail
		l.head = other.head
	}
	*other = list{}
}

func slotLinks(t *trace) *links { return &t.slot }
func ageLinks(t *trace) *links  { return &t.age }

// wheel has a list for each tick of the longest wait: to add, to move and to take what is due
// costs the same however many wait.
type wheel struct {
	slots []list
	now   int64 // the next tick to be taken
}

func newWheel(ticks int64, now int64) *wheel {
	return &wheel{slots: make([]list, ticks+2), now: now}
}

func (w *wheel) slot(due int64) *list { return &w.slots[due%int64(len(w.slots))] }

// add puts a trace where it is due, or as late as the wheel goes.
func (w *wheel) add(ts *traces, i uint32, due int64) {
	due = min(max(due, w.now), w.now+int64(len(w.slots))-1)
	ts.at(i).due = due
	w.slot(due).push(ts, slotLinks, i)
}

func (w *wheel) remove(ts *traces, i uint32) { w.slot(ts.at(i).due).remove(ts, slotLinks, i) }

// take removes up to max traces that are due at tick now, and appends them. more says that
// there are others.
func (w *wheel) take(ts *traces, now int64, limit int, due []uint32) (_ []uint32, more bool) {
	for w.now <= now {
		l := w.slot(w.now)
		for l.head != 0 {
			if len(due) == limit {
				return due, true
			}
			i := l.head
			l.remove(ts, slotLinks, i)
			due = append(due, i)
		}
		w.now++
	}
	return due, false
}
