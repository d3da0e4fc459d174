package telemetry

import (
	"bytes"
	"errors"
	"io"
)

// longestLine is how long a line may be to be decoded at once, as the file exporter writes them.
// What is longer is cut, so that several workers share it.
const longestLine = 4 << 20

// takeLine takes a line that is a request by itself, whole or damaged: the next line begins
// another one, or there is none. The workers see to what is in it.
func (d *document) takeLine() bool {
	if !requestBegins(d.ahead()) {
		return false
	}
	seen := 0
	for {
		ahead := d.ahead()
		if n := bytes.IndexByte(ahead[seen:], '\n'); n >= 0 {
			seen += n
			break
		}
		seen = len(ahead)
		if seen > longestLine {
			return false
		}
		if err := d.more(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return false
		}
	}
	for len(d.ahead()) < seen+1+len(requestStart) && d.more() == nil {
	}
	line, rest := d.ahead()[:seen], d.ahead()[seen:]
	if !d.alone(line, rest) {
		return false
	}
	d.put(d.piece(otlpJSONPiece, bytes.Clone(line), d.here()))
	d.skip(seen)
	return true
}

// alone is whether what comes after a line is not its continuation.
func (d *document) alone(line, rest []byte) bool {
	if len(bytes.TrimSpace(rest)) == 0 && d.end != nil {
		return true
	}
	if len(rest) < 2 || rest[1] != '{' {
		return false
	}
	line = bytes.TrimSpace(line)
	return requestBegins(rest[1:]) || bytes.IndexByte([]byte(",:["), line[len(line)-1]) < 0
}
