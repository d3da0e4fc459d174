//go:build cgo

package treesitter

import "strings"

// set are words with blanks between.
func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}

// lastWord is the last word of a name in lower case: request of httpRequest and http_request.
func lastWord(id string) string {
	id = strings.TrimRight(id, "_0123456789?!")
	at := len(id)
	for at > 0 && id[at-1] != '_' && id[at-1] != '$' && id[at-1] != '@' {
		at--
		if 'A' <= id[at] && id[at] <= 'Z' && at+1 < len(id) && 'a' <= id[at+1] && id[at+1] <= 'z' {
			break
		}
	}
	return strings.ToLower(id[at:])
}
