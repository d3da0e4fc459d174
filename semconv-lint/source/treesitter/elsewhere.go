//go:build cgo

package treesitter

import "strings"

// bearers are the last words of what has attributes that are no telemetry's: elements of pages, and
// requests and sessions of servlets.
var bearers = set(`request req response session servlet element elem el xml dom document doc model exchange html svg`)

// keepers are the last words of what is asked for settings, translations and fields of logs by
// names with dots.
var keepers = set(`config configuration cfg conf settings setting props properties environ env environment
	preferences prefs i18n translator translations messages bundle mdc threadcontext`)

// onBearer is whether a call is one of what has attributes that are no telemetry's.
func (r *reading) onBearer(n node) bool {
	receiver := r.receiver(n)
	if receiver == none {
		return false
	}
	on := r.lastName(receiver)
	return bearers[lastWord(on)] || strings.Contains(on, "lement") && !strings.Contains(strings.ToLower(on), "span")
}

// ofKeeper is whether a text names a setting: it is the argument of a call, or the key of an element, of
// what is called so.
func (r *reading) ofKeeper(n node) bool {
	up := r.parent(n)
	for f := r.form(up); f == wrapper || f == argument; f = r.form(up) {
		up = r.parent(up)
	}
	switch r.form(up) {
	case index:
		object := r.unwrapped(r.a(up))
		if r.a(up) == n || isKeeper(r.lastName(object)) {
			return r.a(up) != n
		}
		switch r.form(object) { // config.x["…"]
		case member:
			return isKeeper(r.lastName(r.a(object)))
		case call:
			return isKeeper(r.lastName(r.receiver(object)))
		}
	case arguments:
		list := r.parent(up)
		return r.form(list) == call && (isKeeper(r.lastName(r.receiver(list))) || r.onBearer(list) && strings.Contains(strings.ToLower(r.called(list)), "attribute"))
	}
	return false
}

func isKeeper(id string) bool {
	return keepers[lastWord(id)] || keepers[strings.ToLower(id)]
}
