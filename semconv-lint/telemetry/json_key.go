package telemetry

// key gives the key that stands n bytes ahead, behind white space, and where its value begins;
// none if there is none.
func (d *document) key(n int) (string, int) {
	from := -1
	for i := n; i < n+longestKey; i++ {
		for i >= len(d.ahead()) {
			if d.more() != nil {
				return "", 0
			}
		}
		switch c := d.ahead()[i]; {
		case from < 0 && c == '"':
			from = i + 1
		case from < 0 && !isSpace(c):
			return "", 0
		case from >= 0 && c == '"':
			key := string(d.ahead()[from:i])
			return key, d.colon(i + 1)
		}
	}
	return "", 0
}

// longestKey is more than keys of any format have, with what they are indented by.
const longestKey = 4096

// colon gives where a value begins, n bytes ahead or later.
func (d *document) colon(n int) int {
	for {
		ahead := d.ahead()
		for ; n < len(ahead); n++ {
			if ahead[n] == ':' {
				return n + 1
			}
			if !isSpace(ahead[n]) {
				return 0
			}
		}
		if d.more() != nil {
			return 0
		}
	}
}
