package yamltext

import "unicode/utf8"

// Maker makes a text from what is read of it, part by part.
type Maker struct {
	read []byte
	runs []run
}

// Text is what was read; it begins at a byte of the file.
func (m *Maker) Text(start int) Text {
	return Text{Value: string(m.read), runs: m.runs, start: start, placed: true}
}

// Literal appends what stands in the file as it is.
func (m *Maker) Literal(value string, at int) {
	if value == "" {
		return
	}
	if n := len(m.runs); n > 0 && m.runs[n-1].literal && m.runs[n-1].source+m.runs[n-1].len == at {
		m.runs[n-1].n += len(value)
		m.runs[n-1].len += len(value)
	} else {
		m.runs = append(m.runs, run{at: len(m.read), n: len(value), source: at, len: len(value), literal: true})
	}
	m.read = append(m.read, value...)
}

// Decoded appends what other bytes of the file stand for.
func (m *Maker) Decoded(value string, from, to int) {
	if value == "" {
		return
	}
	m.runs = append(m.runs, run{at: len(m.read), n: len(value), source: from, len: to - from})
	m.read = append(m.read, value...)
}

// character appends one that an escape stands for.
func (m *Maker) character(r rune, from, to int) {
	m.Decoded(string(utf8.AppendRune(nil, r)), from, to)
}
