package translate

import (
	"slices"
	"testing"
)

// TestStrayGivesWay: a name that has its prefix already and one that would get it are two
// sources of one attribute, and what is there stays.
func TestStrayGivesWay(t *testing.T) {
	table := New(Options{Unmatched: "koine.unmatched."}, Embedded()...)
	var r Result
	table.Translate(&Input{
		Keys:   []string{"http.own", "koine.unmatched.http.own", "http.other"},
		Values: []Value{StringValue("a"), StringValue("b"), StringValue("c")},
		Place:  Client,
	}, &r)
	if !slices.Equal(r.Remove, []int{0}) {
		t.Errorf("removed %v, want the first", r.Remove)
	}
	for _, n := range r.Renames {
		if n.Index != 2 || n.Key != "koine.unmatched.http.other" {
			t.Errorf("renamed %+v", n)
		}
	}
	for _, e := range r.Edits {
		if e.Key == "koine.unmatched.http.own" {
			t.Errorf("written over: %+v", e)
		}
	}
}
