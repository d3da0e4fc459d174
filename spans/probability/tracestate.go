package probability

import "errors"

// State is what the ot entry of a tracestate says.
type State struct {
	Threshold     Threshold // th, below Never; 0 without one
	HasThreshold  bool
	Randomness    Randomness // rv; 0 without one
	HasRandomness bool
}

// Change is what a sampler does to the tracestate of a span it kept.
type Change struct {
	// Threshold is the one that the span was kept by. Of a sampling that was independent of
	// the trace's randomness, it is incoming.Then(own).
	Threshold Threshold
	// Randomness becomes rv where there is none, if HasRandomness.
	Randomness    Randomness
	HasRandomness bool
	// Erase removes th, as a sampler has to whose probability is not known.
	Erase bool
}

var (
	// ErrMalformed is of a tracestate that Read gives no state of.
	ErrMalformed = errors.New("malformed tracestate")
	// ErrTooLong is of an ot entry that would get longer than the 256 characters it may have.
	ErrTooLong = errors.New("ot entry of tracestate would exceed 256 characters")
)

// The limits of W3C Trace Context level 2, section 3.3.1.
const (
	maxMembers = 32
	maxKey     = 256
	maxValue   = 256 // of every value, and so of ot's
)

const hexDigits = "0123456789abcdef"

// randomnessDigits is how many an rv has, and how many a th has at most.
const randomnessDigits = 14

// Read reads the ot entry of a tracestate; without one the state is the zero one. It is false
// where it cannot know what the tracestate says: the list, a key or a value is not
// of W3C's form or size, there are more than 32 members or two of ot; ot is not of key:value
// pairs separated by semicolons, or has two of th or of rv; th is not of 1 to 14 hexadecimal digits
// in lower case, or rv not of exactly 14.
func Read(tracestate string) (State, bool) {
	if tracestate == "" { // most are, and this is inlined
		return State{}, true
	}
	return read(tracestate)
}

func read(tracestate string) (State, bool) {
	var l list
	if !l.scan(tracestate) {
		return State{}, false
	}
	return l.state, true
}

// Apply is the tracestate after the change.
//
// th is only ever raised: it becomes Threshold, without trailing zeros, if it was lower or not
// there. A Threshold of Always leaves it as it is, "th:0" or nothing; one of Never, which a
// th cannot say, erases it. Without th and anything else, the ot entry goes too. All else stays in
// its order, th in its place within the entry. A changed entry moves to the front of the list,
// as W3C asks; if nothing changes, the text is returned as it is.
//
// If a new ot entry makes the list longer than 32 members, the last one is dropped, as W3C says.
// The list's length in characters has no limit here: W3C asks to propagate at least 512, and sets no
// maximum.
//
// The error is ErrMalformed or ErrTooLong; with one, the text is returned as it is.
func (c Change) Apply(tracestate string) (string, error) {
	if c.Threshold == Always && !c.Erase && !c.HasRandomness {
		return tracestate, nil
	}
	var l list
	if !l.scan(tracestate) {
		return tracestate, ErrMalformed
	}
	erase := c.Erase || c.Threshold >= Never
	raise := !erase && c.Threshold > l.state.Threshold
	erase = erase && l.state.HasThreshold
	explicit := c.HasRandomness && !l.state.HasRandomness
	if !erase && !raise && !explicit {
		return tracestate, nil
	}

	var scratch [len("ot=") + maxValue + 2*len(";th:") + 2*randomnessDigits]byte
	entry := append(scratch[:0], "ot="...)
	head, tail := l.around(tracestate)
	entry = append(entry, head...)
	switch {
	case raise:
		entry = appendThreshold(appendKey(entry, "th:"), c.Threshold)
	case !erase && l.state.HasThreshold:
		entry = append(appendKey(entry, ""), tracestate[l.th:l.thEnd]...)
	}
	if tail != "" {
		entry = append(appendKey(entry, ""), tail...)
	}
	if explicit {
		entry = appendRandomness(appendKey(entry, "rv:"), c.Randomness)
	}
	if len(entry) > len("ot=")+maxValue {
		return tracestate, ErrTooLong
	}
	before, after := l.others(tracestate)
	return join(entry, before, after), nil
}

// join puts the entry, unless it is empty, in front of the other members: in one allocation,
// or none if one part of the text is all there is.
func join(entry []byte, before, after string) string {
	separator := ""
	if before != "" && after != "" {
		separator = ","
	}
	switch {
	case len(entry) > len("ot=") && before == "" && after == "":
		return string(entry)
	case len(entry) > len("ot="):
		return string(entry) + "," + before + separator + after
	}
	return before + separator + after
}

// appendKey begins a sub-entry, after a semicolon unless it is the first.
func appendKey(entry []byte, key string) []byte {
	if len(entry) > len("ot=") {
		entry = append(entry, ';')
	}
	return append(entry, key...)
}

// appendThreshold drops trailing zeros, so t is not Always.
func appendThreshold(b []byte, t Threshold) []byte {
	b = appendRandomness(b, Randomness(t))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

func appendRandomness(b []byte, r Randomness) []byte {
	for shift := 52; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[r>>shift&15])
	}
	return b
}

// list is where things stand in a tracestate, as offsets in its text.
type list struct {
	state     State
	members   int
	last      int // the last member
	ot        int // the ot member
	value     int // its value; 0 without one
	end       int // and its end
	th, thEnd int // its sub-entry th, if state has one
}

// scan reads the whole of the text and reports whether it is well-formed.
func (l *list) scan(text string) bool {
	for i := 0; i < len(text); {
		if isBlank(text[i]) || text[i] == ',' { // W3C allows members that are empty
			i++
			continue
		}
		key := i
		for i < len(text) && classes[text[i]]&keyByte != 0 {
			i++
		}
		if i == len(text) || text[i] != '=' || i == key || i-key > maxKey || classes[text[key]]&subKeyByte == 0 {
			return false
		}
		i++
		value, end := i, 0
		if text[key:value] == "ot=" {
			i = l.scanEntry(text, key, value)
			end = i
		} else {
			for i < len(text) && classes[text[i]]&valueByte != 0 {
				i++
			}
			for end = i; end > value && text[end-1] == ' '; {
				end--
			}
		}
		for i < len(text) && isBlank(text[i]) {
			i++
		}
		if i < len(text) && text[i] != ',' || end == value || end-value > maxValue {
			return false
		}
		if l.members++; l.members > maxMembers {
			return false
		}
		l.last = key
	}
	return true
}

// scanEntry reads the value of the ot entry and returns its end, or value if it is malformed.
func (l *list) scanEntry(text string, key, value int) (end int) {
	if l.value > 0 {
		return value
	}
	l.ot, l.value = key, value
	for i := value; ; i++ {
		key := i
		for i < len(text) && classes[text[i]]&subKeyByte != 0 {
			i++
		}
		if i == len(text) || text[i] != ':' || i == key || isDigit(text[key]) {
			return value
		}
		i++
		digits := i
		for i < len(text) && classes[text[i]]&subValueByte != 0 {
			i++
		}
		if !l.sub(text, key, digits, i) {
			return value
		}
		if i == len(text) || text[i] != ';' {
			l.end = i
			return i
		}
	}
}

// sub takes a sub-entry that is ours.
func (l *list) sub(text string, key, value, end int) bool {
	switch text[key:value] {
	case "th:":
		if l.state.HasThreshold || end == value || end-value > randomnessDigits {
			return false
		}
		n, ok := parseHex(text[value:end])
		l.state.Threshold = Threshold(n << (4 * (randomnessDigits - (end - value))))
		l.state.HasThreshold = true
		l.th, l.thEnd = key, end
		return ok
	case "rv:":
		if l.state.HasRandomness || end-value != randomnessDigits {
			return false
		}
		n, ok := parseHex(text[value:end])
		l.state.Randomness, l.state.HasRandomness = Randomness(n), true
		return ok
	}
	return true
}

// around is what stands in the ot entry before and after th.
func (l *list) around(text string) (head, tail string) {
	if !l.state.HasThreshold {
		return text[l.value:l.end], ""
	}
	if l.th > l.value {
		head = text[l.value : l.th-1]
	}
	if l.thEnd < l.end {
		tail = text[l.thEnd+1 : l.end]
	}
	return head, tail
}

// others are the members before and after the ot entry; or if there is none, as many as
// leave room for one.
func (l *list) others(text string) (before, after string) {
	switch {
	case l.value > 0:
		return trim(text[:l.ot]), trim(text[l.end:])
	case l.members == maxMembers:
		return trim(text[:l.last]), ""
	}
	return trim(text), ""
}

// trim cuts blanks and empty members off the ends.
func trim(text string) string {
	for text != "" && (isBlank(text[0]) || text[0] == ',') {
		text = text[1:]
	}
	for text != "" && (isBlank(text[len(text)-1]) || text[len(text)-1] == ',') {
		text = text[:len(text)-1]
	}
	return text
}

// parseHex reads digits, in lower case and at most 16.
func parseHex(digits string) (n uint64, ok bool) {
	wrong := byte(0)
	for i := range len(digits) {
		nibble := nibbles[digits[i]]
		wrong |= nibble
		n = n<<4 | uint64(nibble&15)
	}
	return n, wrong < 16
}

// nibbles are hexadecimal digits' values, 16 for what is none.
var nibbles = func() (nibbles [256]byte) {
	for i := range nibbles {
		nibbles[i] = 16
	}
	for n, digit := range []byte(hexDigits) {
		nibbles[digit] = byte(n)
	}
	return nibbles
}()

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// What a byte may stand in.
const (
	keyByte      = 1 << iota // a member's key; W3C, level 2, keychar
	valueByte                // a member's value; W3C, chr
	subKeyByte               // an ot sub-entry's key; OpenTelemetry, and a key's first byte
	subValueByte             // an ot sub-entry's value; OpenTelemetry, chr
)

var classes = func() (classes [256]byte) {
	for c := range 256 {
		lower, upper, digit := 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9'
		if lower || digit || c == '_' || c == '-' || c == '*' || c == '/' || c == '@' {
			classes[c] |= keyByte
		}
		if ' ' <= c && c <= '~' && c != ',' && c != '=' {
			classes[c] |= valueByte
		}
		if lower || digit {
			classes[c] |= subKeyByte
		}
		if lower || upper || digit || c == '.' || c == '_' || c == '-' {
			classes[c] |= subValueByte
		}
	}
	return classes
}()
