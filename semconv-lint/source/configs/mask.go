package configs

import "bytes"

// masked puts filler in place of a template's actions, as long as they are, so that what is left
// is YAML and stands where it stood. Lines of nothing but actions become empty.
func masked(content []byte) []byte {
	out := bytes.Clone(content)
	for _, pair := range [][2]string{{"{{", "}}"}, {"{%", "%}"}} {
		mask(out, []byte(pair[0]), []byte(pair[1]))
	}
	for line := range bytes.Lines(out) {
		if text := bytes.TrimSpace(line); len(text) > 0 && len(bytes.Trim(text, string(filler)+" \t")) == 0 {
			for i := range line {
				if line[i] == filler {
					line[i] = ' '
				}
			}
		}
	}
	return out
}

// mask fills what stands between two signs, and these.
func mask(out, opening, closing []byte) {
	for at := 0; ; {
		from := bytes.Index(out[at:], opening)
		if from < 0 {
			return
		}
		from += at
		n := bytes.Index(out[from:], closing)
		if n < 0 {
			return
		}
		at = from + n + len(closing)
		for i := from; i < at; i++ {
			if out[i] != '\n' && out[i] != '\r' {
				out[i] = filler
			}
		}
	}
}

// filler may stand anywhere in a plain text, and in no name.
const filler = '$'
