package constants

import "testing"

// A run pays once for each language that it meets.
func BenchmarkOpen(b *testing.B) {
	for _, language := range []string{"go", "js", "java", "ruby"} {
		b.Run(language, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				open("tables/" + language + ".gz")
			}
		})
		b.Run(language+"/byName", func(b *testing.B) {
			t := open("tables/" + language + ".gz")
			b.ReportAllocs()
			for b.Loop() {
				t.sortByName()
			}
		})
	}
}

func TestTablesStayWithinBounds(t *testing.T) {
	for language, open := range languages {
		table := open()
		size := 0
		for _, e := range table.entries {
			size += len(e.constant) + len(e.meaning.Name) + len(e.meaning.Member)
		}
		if size > maxTable/2 || len(table.packages) > 1<<15 {
			t.Errorf("%s: %d bytes, %d packages", language, size, len(table.packages))
		}
	}
}
