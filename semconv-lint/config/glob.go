package config

// Match says whether a text is of a glob: * stands for any text, ? for one byte. path.Match would
// stop at the slashes that scopes are full of.
func Match(glob, text string) bool {
	star, after := -1, 0
	g, t := 0, 0
	for t < len(text) {
		switch {
		case g < len(glob) && glob[g] == '*':
			star, after = g, t
			g++
		case g < len(glob) && (glob[g] == '?' || glob[g] == text[t]):
			g++
			t++
		case star >= 0: // the last star takes one more
			after++
			g, t = star+1, after
		default:
			return false
		}
	}
	for g < len(glob) && glob[g] == '*' {
		g++
	}
	return g == len(glob)
}
