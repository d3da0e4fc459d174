package criticalpath

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/tree"
)

func TestShared(t *testing.T) {
	const web, shop, bank = 1, 2, 3
	local := func(id, parent uint64, service uint32) Span {
		return Span{ID: id, Parent: parent, Service: service, Start: 10, End: 20}
	}
	client := func(id, parent uint64, service uint32) Span {
		s := local(id, parent, service)
		s.Kind = tree.Client
		return s
	}
	server := func(id, parent uint64, service uint32) Span {
		s := local(id, parent, service)
		s.Kind, s.Shared = tree.Server, true
		return s
	}
	later := func(s Span) Span { s.Start++; return s }
	for _, tc := range []struct {
		name       string
		spans      []Span
		parents    []int32
		orphans    []int32
		duplicates []int32
	}{
		{"of its client's id", []Span{local(1, 0, web), client(2, 1, web), server(2, 1, shop)}, []int32{-1, 0, 1}, nil, nil},
		{"before its client", []Span{server(2, 1, shop), client(2, 1, web), local(1, 0, web)}, []int32{1, 2, -1}, nil, nil},
		{
			"children of both", []Span{client(2, 0, web), server(2, 0, shop), local(3, 2, shop), local(4, 2, web), local(5, 2, bank)},
			[]int32{-1, 0, 1, 0, 0}, nil, nil,
		},
		{
			"an id of its own", []Span{client(2, 0, web), server(9, 2, shop), local(3, 2, shop), local(4, 9, shop), local(5, 2, web)},
			[]int32{-1, 0, 1, 1, 0}, nil, nil,
		},
		{
			"a process that calls itself", []Span{client(2, 0, web), server(2, 0, web), local(3, 2, web)},
			[]int32{-1, 0, 1}, nil, nil,
		},
		{
			"its client is not there", []Span{local(1, 0, web), server(2, 1, shop), local(3, 2, shop), local(4, 2, bank)},
			[]int32{-1, 0, 1, 1}, nil, nil,
		},
		{
			"its client is not there, nor is a call between its parent and it", []Span{local(1, 0, shop), server(2, 1, shop), local(3, 1, shop)},
			[]int32{-1, 0, 0}, nil, nil,
		},
		{"alone", []Span{server(2, 1, shop), local(3, 2, shop)}, []int32{-1, 0}, []int32{0}, nil},
		{"alone, a root", []Span{server(2, 0, shop), local(3, 2, shop)}, []int32{-1, 0}, nil, nil},
		{
			"two of one service, and a child", []Span{client(2, 0, web), later(server(2, 0, shop)), server(2, 0, shop), local(3, 2, shop)},
			[]int32{-1, 0, 0, 2}, nil, nil,
		},
		{
			"two of two services", []Span{client(2, 0, web), server(2, 0, shop), server(2, 0, bank), local(3, 2, bank), local(4, 2, shop)},
			[]int32{-1, 0, 0, 2, 1}, nil, nil,
		},
		{
			"one reported twice, without a client", []Span{server(2, 1, shop), server(2, 1, shop), local(3, 2, shop)},
			[]int32{-1, -1, 0}, []int32{0}, []int32{1},
		},
		{
			"a client reported twice", []Span{client(2, 0, web), server(2, 0, shop), client(2, 0, web)},
			[]int32{-1, 0, -1}, nil, []int32{2},
		},
		{
			"a client's flag says nothing", []Span{client(2, 0, web), {ID: 2, Kind: tree.Client, Shared: true}},
			[]int32{-1, -1}, nil, []int32{1},
		},
		{
			"a chain of calls", []Span{
				client(2, 0, web), server(2, 0, shop), client(3, 2, shop), server(3, 2, bank), local(4, 3, bank),
			},
			[]int32{-1, 0, 1, 2, 3}, nil, nil,
		},
		{"its own parent in all ways", []Span{server(2, 2, shop), client(3, 3, web), server(3, 3, web)}, []int32{-1, -1, 1}, []int32{0, 1}, nil},
		{"a server without an id is no one's parent", []Span{client(2, 0, web), server(0, 2, shop), local(3, 2, shop), server(4, 0, shop)}, []int32{-1, 0, 0, -1}, nil, nil},
		{"no id", []Span{server(0, 0, shop), server(0, 0, shop), server(0, 7, shop)}, []int32{-1, -1, -1}, []int32{2}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := NewAnalyzer()
			tr := a.Analyze(tc.spans)
			assert.Equal(t, tc.parents, tr.Parents)
			var orphans, duplicates []int32
			for i, m := range tr.Marks {
				if m&Orphan != 0 {
					orphans = append(orphans, int32(i))
				}
				if m&Duplicate != 0 {
					duplicates = append(duplicates, int32(i))
				}
			}
			assert.Equal(t, tc.orphans, orphans)
			assert.Equal(t, tc.duplicates, duplicates)
			require.NoError(t, checkTrace(a, tc.spans, tr))
			require.NoError(t, compareWithOracle(a, tc.spans, tr))
		})
	}
}
