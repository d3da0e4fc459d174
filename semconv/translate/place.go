package translate

import "fmt"

// Place says what carries attributes. It is a set in rules, one member in an Input.
type Place uint16

// The places. Internal is also a span whose kind nobody set.
const (
	Resource Place = 1 << iota
	Scope
	Internal
	Server
	Client
	Producer
	Consumer
	Event
	Link
	Point
	Record

	span     = Internal | Server | Client | Producer | Consumer
	anywhere = Resource | Scope | span | Event | Link | Point | Record
)

// placesByName are the words of `on` in rules.
var placesByName = map[string]Place{
	"resource": Resource, "scope": Scope, "internal": Internal, "server": Server, "client": Client,
	"producer": Producer, "consumer": Consumer, "span": span, "event": Event, "link": Link,
	"point": Point, "record": Record,
}

// placesOf reads a list of `on`; an empty one is anywhere.
func placesOf(names []string) (Place, error) {
	if len(names) == 0 {
		return anywhere, nil
	}
	var p Place
	for _, name := range names {
		place, ok := placesByName[name]
		if !ok {
			return 0, fmt.Errorf("unknown place %q", name)
		}
		p |= place
	}
	return p, nil
}
