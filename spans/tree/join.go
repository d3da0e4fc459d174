package tree

// JoinTraceIDs gives the long form of the trace id to spans that have the short one: some
// tracers cut an id of 128 bits to its low half (Trace.merge takes the longest). It does so
// if exactly one long form of it is there, sets it in place, and returns how many spans
// changed.
func JoinTraceIDs(spans []Span) int {
	short, long := 0, 0
	for i := range spans {
		if spans[i].TraceHigh == 0 {
			short++
		} else {
			long++
		}
	}
	if short == 0 || long == 0 {
		return 0
	}
	highs := map[uint64]uint64{} // by low half; 0 if there are several
	for i := range spans {
		if s := &spans[i]; s.TraceHigh != 0 {
			if high, ok := highs[s.TraceLow]; ok && high != s.TraceHigh {
				highs[s.TraceLow] = 0
			} else if !ok {
				highs[s.TraceLow] = s.TraceHigh
			}
		}
	}
	changed := 0
	for i := range spans {
		if s := &spans[i]; s.TraceHigh == 0 && highs[s.TraceLow] != 0 {
			s.TraceHigh = highs[s.TraceLow]
			changed++
		}
	}
	return changed
}
