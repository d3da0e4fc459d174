package koinesql

import (
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func TestSummarize(t *testing.T) {
	for _, test := range []struct{ system, query, want string }{
		// The conventions' own examples.
		{"postgresql", "SELECT *\nFROM   wuser_table\nWHERE  username = ?", "SELECT wuser_table"},
		{"postgresql", "INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = ?", "INSERT shipping_details SELECT orders"},
		{"postgresql", "SELECT * FROM songs, artists WHERE songs.artist_id == artists.id", "SELECT songs artists"},
		{"postgresql", "SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)", "SELECT SELECT orders customers"},
		{"postgresql", `SELECT * FROM "song list", artists`, `SELECT "song list" artists`},
		{"postgresql", "call some_stored_procedure(1)", "call some_stored_procedure"},

		{"postgresql", "select a.x from shop.orders as a, items b left join t on true where x in (select id from u)", "select shop.orders items t select u"},
		{"postgresql", "with x as (delete from a returning *) insert into b select * from x", "delete a insert b select x"},
		{"postgresql", "update only t set a = $1 from u where x is distinct from y", "update t u"},
		{"postgresql", "insert into t (a, b) values (1, 'from secret') on conflict (a) do update set b = 2", "insert t"},
		{"mysql", "insert into t (a) values (1) on duplicate key update a = \"from secret\"", "insert t"},
		{"postgresql", "select extract(year from born), trim(both from name) from people for update", "select people"},
		{"postgresql", "create unique index concurrently if not exists i on t (a)", "create index i"},
		{"sqlite", "CREATE TABLE IF NOT EXISTS `t` (a)", "CREATE TABLE `t`"},
		{"sqlite", `insert or replace into "t" values (?)`, `insert "t"`},
		{"microsoft.sql_server", "EXEC [dbo].[GetOrder] @id = 7", "EXEC [dbo].[GetOrder]"},
		{"postgresql", "explain analyze update t set a = 1", "explain analyze update t"},
		{"postgresql", "begin; update a set x = 1; delete from b; commit", "begin update a delete b commit"},
		{"postgresql", "/* from secret */ select 1 -- from secret", "select"},
		{"mysql", "select 'it\\'s from secret' from t # from secret", "select t"},
		{"postgresql", "select $tag$ from secret $tag$, E'\\' from secret' from t", "select t"},
		{"other_sql", `select 'it\'s from secret' from t`, "select"},
		{"postgresql", "secret", ""},
		{"postgresql", "", ""},
		{"postgresql", "(select 1 from a) union (select 2 from b)", "select a select b"},
		{"postgresql", "select 'unterminated from secret", "select"},
	} {
		if got := summarize(test.query, dialectOf(test.system)); got != test.want {
			t.Errorf("%s: %s\n\tis %q, want %q", test.system, test.query, got, test.want)
		}
	}
}

// A summary ends between its parts.
func TestSummaryLimit(t *testing.T) {
	query := "select * from " + strings.Repeat("a_long_name, ", 300) + "b"
	got := summarize(query, dialect{})
	if len(got) > summaryLimit || len(got) < summaryLimit-20 || !strings.HasSuffix(got, " a_long_name") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
	query = "insert into t values (" + strings.Repeat("1,", queryLimit) + "1); delete from u"
	if got := summarize(query, dialect{}); got != "insert t" {
		t.Error(got)
	}
	query = "/*" + strings.Repeat("x", queryLimit-len("/**/select 1 from orde")) + "*/select 1 from orders"
	if got := summarize(query, dialect{}); got != "select" {
		t.Error(got)
	}
}

func TestSanitize(t *testing.T) {
	for _, test := range []struct{ system, query, want string }{
		{"postgresql", "select *\n\tfrom t -- it's\nwhere a = 'it''s' and b=-1.5e-9 and c = 0xff and d", "select * from t where a = ? and b=-? and c = ? and d"},
		{"postgresql", `select "a b" from t1 where x = $1 and y::int = 7 and z = true and w is null`, `select "a b" from t1 where x = $1 and y::int = ? and z = ? and w is null`},
		{"postgresql", `select E'a\'b', N'x', x'ff', U&'y', $$a'b$$, $t$c$t$`, "select ?, ?, ?, ?, ?, ?"},
		{"mysql", `select "a\"b", 'c\'d' from t where e=:name and f = @v # g`, "select ?, ? from t where e=:name and f = @v"},
		{"sqlite", `select a from "t" where b = "value"`, `select a from ? where b = ?`},
		{"microsoft.sql_server", "select [a'b] from [t] where x = N'y'", "select [a'b] from [t] where x = ?"},
		{"clickhouse", `select 'a\'b', "c"`, `select ?, "c"`},
		{"other_sql", `select 'a\'b'`, ""},
		{"other_sql", `select "a"`, "select ?"},
		{"postgresql", "select 'unterminated", "select ?"},
	} {
		if got := sanitize(test.query, dialectOf(test.system)); got != test.want {
			t.Errorf("%s: %s\n\tis %q, want %q", test.system, test.query, got, test.want)
		}
	}
}

// FuzzQuery holds to this: what is written as a literal is not in what comes out.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"select 1", "a'b", "$x$", "/*", "--\n", "from", "e", "[", `"`} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.ContainsAny(before, "'\"`[$\\#-/") || strings.Contains(before+after, "secret") || len(before) > 1000 || len(after) > 1000 {
			return // the string must be one
		}
		for _, system := range []string{"postgresql", "mysql", "sqlite", "other_sql", "microsoft.sql_server"} {
			query, d := before+" 'from secret' "+after, dialectOf(system)
			for _, got := range []string{sanitize(query, d), summarize(query, d)} {
				if strings.Contains(got, "secret") || !utf8.ValidString(got) && utf8.ValidString(query) {
					t.Errorf("%s: %q is %q", system, query, got)
				}
			}
		}
	})
}

func TestMemo(t *testing.T) {
	var m memo
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range memoLimit {
				m.of("select "+strings.Repeat(" ", i)+strings.Repeat("x", w), dialect{})
				if got := m.of("select 1 from t", dialect{}); got != "select t" {
					t.Error(got)
				}
			}
		})
	}
	all.Wait()
	if n := len(m.summaries); n == 0 || n > memoLimit {
		t.Errorf("%d are kept", n)
	}
}

func BenchmarkSummarize(b *testing.B) {
	query := "select o.id, o.total, c.name from orders o join customers c on c.id = o.customer_id where o.status = 'open' and o.total > 100 order by o.created_at desc limit 20"
	b.SetBytes(int64(len(query)))
	b.ReportAllocs()
	for b.Loop() {
		summarize(query, dialect{})
	}
}

func BenchmarkMemo(b *testing.B) {
	var m memo
	b.ReportAllocs()
	for b.Loop() {
		m.of("select o.id, o.total, c.name from orders o join customers c on c.id = o.customer_id", dialect{})
	}
}
