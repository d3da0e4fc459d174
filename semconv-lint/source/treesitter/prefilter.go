//go:build cgo

package treesitter

import "bytes"

// worthParsing says by a file's bytes whether there may be uses in it: a text that is nothing but
// a name of the conventions, a package of constants, or a word of a telemetry API beside one of
// what is called. Reading bytes is a hundred times as fast as parsing.
func worthParsing(l *language, src []byte, names *vocabulary) bool {
	for _, prefix := range l.conventions {
		if bytes.Contains(src, []byte(prefix)) {
			return true
		}
	}
	if bytes.Contains(src, []byte("OTEL_")) {
		return true
	}
	if !mentionsTelemetry(l, src) {
		// A constant for other files, or a span that was handed in.
		return hasName(src, names.known)
	}
	if hasName(src, names.interesting) {
		return true
	}
	for id := range l.byName {
		if bytes.Contains(src, []byte(id)) {
			return true
		}
	}
	return false
}

// mentionsTelemetry is whether a word of a telemetry API is anywhere.
func mentionsTelemetry(l *language, src []byte) bool {
	for _, words := range [][]string{telemetryWords, l.telemetry} {
		for _, word := range words {
			if bytes.Contains(src, []byte(word)) {
				return true
			}
		}
	}
	return bytes.Contains(src, []byte("OpenTelemetry"))
}

// hasName is whether a name of the conventions stands between quotes.
func hasName(src []byte, is func(name string) bool) bool {
	for at := 0; at < len(src); {
		quote := bytes.IndexAny(src[at:], "\"'`")
		if quote < 0 {
			return false
		}
		at += quote + 1
		end, dots := at, 0
		for end < len(src) && nameByte(src[end]) {
			if src[end] == '.' {
				dots++
			}
			end++
		}
		if dots > 0 && end < len(src) && src[end] == src[at-1] && end-at <= maxName && is(string(src[at:end])) {
			return true
		}
		at = end
	}
	return false
}

func nameByte(c byte) bool { return letter(c) || '0' <= c && c <= '9' || c == '.' || c == '-' }
