package sensitive

import "strings"

// Personal finds the first e-mail address in a text, or else the first card number.
func Personal(text string) (Match, bool) { return first(text, email, card) }

// Card finds the first card number in a text.
func Card(text string) (Match, bool) { return first(text, card) }

func email(text string, from int) (Match, bool) {
	for {
		at := strings.IndexByte(text[from:], '@')
		if at < 0 {
			return Match{}, false
		}
		if start, end := address(text, from+at); end > start {
			return Match{"an e-mail address", start, end}, true
		}
		from += at + 1
	}
}

// address is where that around an @ is, if there is one: user@host of a URL or a git remote
// has a scheme or no dot, and package@1.2 of a version no letters at its end.
func address(text string, at int) (start, end int) {
	start, end = at, at+1
	for start > 0 && isLocal(text[start-1]) {
		start--
	}
	for end < len(text) && (isWord(text[end]) || text[end] == '.' || text[end] == '-') {
		end++
	}
	host := strings.TrimRight(text[at+1:end], ".")
	dot := strings.LastIndexByte(host, '.')
	switch {
	case start == at, dot < 1, len(host)-dot < 3:
		return 0, 0
	case start > 0 && strings.IndexByte("/:", text[start-1]) >= 0: // credentials, or a remote
		return 0, 0
	case end+1 < len(text) && text[end] == ':' && text[end+1] != ' ':
		return 0, 0 // git@github.com:a/b
	}
	for _, c := range []byte(host[dot+1:]) {
		if !isWord(c) || isDigit(c) {
			return 0, 0
		}
	}
	if noMail(strings.ToLower(host)) {
		return 0, 0
	}
	return start, at + 1 + len(host)
}

// noMail says whether a host is the end of a file's name (logo@2x.png), or machines' own (rabbit@ and
// celery@ are nodes, and service accounts nobody). What might be a top-level domain is none of the
// files'.
func noMail(host string) bool {
	if files[host[strings.LastIndexByte(host, '.')+1:]] {
		return true
	}
	for _, domain := range machines {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return false
}

var (
	files = map[string]bool{
		"png": true, "jpg": true, "jpeg": true, "webp": true, "gif": true, "svg": true, "ico": true, "pdf": true,
		"css": true, "scss": true, "js": true, "mjs": true, "jsx": true, "tsx": true, "html": true, "json": true, "xml": true, "yaml": true, "yml": true, "txt": true,
		"gz": true, "tgz": true, "whl": true, "jar": true, "war": true, "dll": true, "exe": true, "ttf": true, "woff": true, "woff2": true,
	}
	machines = [...]string{".cluster.local", ".ec2.internal", ".compute.internal", ".gserviceaccount.com"}
)

func isLocal(c byte) bool { return isWord(c) || strings.IndexByte(".+-%", c) >= 0 }

// card finds a card's number: 13 to 19 digits, perhaps in groups, that begin as cards do and have the right check digit. Numbers in the middle of words and longer ones are ids.
func card(text string, from int) (Match, bool) {
	for i := from; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		end, digits := i, 0
		for end < len(text) && (isDigit(text[end]) || (text[end] == ' ' || text[end] == '-') && end+1 < len(text) && isDigit(text[end+1])) {
			if isDigit(text[end]) {
				digits++
			}
			end++
		}
		alone := (i == 0 || !isWord(text[i-1]) && text[i-1] != '.' || escaped(text, i)) && (end == len(text) || !isWord(text[end]) && text[end] != '.')
		if alone && digits >= 13 && digits <= 19 && issued(text[i:end]) && luhn(text[i:end]) {
			return Match{"a card number", i, end}, true
		}
		i = end
	}
	return Match{}, false
}

// digits finds a card's number where card takes no note of it: as a part of a name, beside another.
func digits(text string, from int) (Match, bool) {
	for i := from; i < len(text); i++ {
		end := i
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if n := end - i; n >= 13 && n <= 19 && (i == 0 || !isWord(text[i-1]) || escaped(text, i)) && (end == len(text) || !isWord(text[end])) && issued(text[i:end]) && luhn(text[i:end]) {
			return Match{"a card number", i, end}, true
		}
		i = end
	}
	return Match{}, false
}

// issued says whether a number has a length and a beginning that the large issuers use: one in ten
// of all numbers has the right check digit, and times in milliseconds have 13 digits.
func issued(number string) bool {
	var digits [19]byte
	n := 0
	for i := 0; i < len(number) && n < len(digits); i++ {
		if isDigit(number[i]) {
			digits[n] = number[i]
			n++
		}
	}
	number = string(digits[:n]) // too short to be allocated
	switch n := len(number); {
	case number[0] == '4':
		return n == 13 || n == 16 || n == 19
	case number[:2] >= "51" && number[:2] <= "55", number[:4] >= "2221" && number[:4] <= "2720":
		return n == 16
	case number[:2] == "34", number[:2] == "37":
		return n == 15
	case number[:4] == "6011", number[:2] == "65":
		return n == 16
	}
	return false
}

func luhn(number string) bool {
	sum, double := 0, false
	for i := len(number) - 1; i >= 0; i-- {
		if !isDigit(number[i]) {
			continue
		}
		d := int(number[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0
}
