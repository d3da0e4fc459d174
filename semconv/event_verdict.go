package semconv

import "strings"

// Event says what is wrong with the name of an event, a span's or a log record's, nothing if it is
// right or the user's own. What span events are called was prose once: that is nobody's to judge.
func (j *Judge) Event(name string) []Problem {
	known, to := j.registry.LookupEvent(name), j.table.EventName(name)
	if since, was := j.table.NewEvent(name); since != "" {
		return []Problem{j.tooNew(name, since, was)}
	}
	switch {
	case to != "":
		p := Problem{Code: Retired, Key: name, Instead: []string{to}}
		if known != nil {
			p.Since = known.Since
		}
		return []Problem{p}
	case known != nil && j.table.Retired(&known.Retirement) && !j.table.OldEvent(name):
		return []Problem{{Code: Retired, Key: name, Instead: nonEmpty(known.RenamedTo), Since: known.Since}}
	case known != nil || strings.Contains(name, " "):
		return nil
	}
	return j.unknown(name, j.events)
}

// eventsInUse adds the names of the target version.
func (j *Judge) eventsInUse(add func(name string)) {
	all := j.registry.Events()
	for i := range all {
		e := &all[i]
		since, _ := j.table.NewEvent(e.Name)
		if e.Refinement == "" && since == "" && (!j.table.Retired(&e.Retirement) || j.table.OldEvent(e.Name)) {
			add(e.Name)
		}
	}
}
