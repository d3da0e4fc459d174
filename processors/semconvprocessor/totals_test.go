package semconvprocessor

// totals is what happened to all services.
func totals(w *work) (c counts) {
	for _, s := range w.tally.services() {
		for e := range s.elements {
			for o := range s.elements[e] {
				c.elements[e][o] += s.elements[e][o].Load()
			}
		}
		c.invalid += s.invalid.Load()
	}
	return c
}
