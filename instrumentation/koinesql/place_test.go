package koinesql

import (
	"strings"
	"testing"

	"github.com/koine-otel/koine/instrumentation/internal/conform"
)

func TestPlaceOf(t *testing.T) {
	for source, want := range map[string][3]string{
		"postgres://user:p@ss@db.example:5432/shop?sslmode=disable": {"db.example", "5432", "shop"},
		"postgres://user:secret%zz@db/shop":                         {"", "", ""},
		"sqlserver://sa:secret@db:1433/instance?database=shop":      {"db", "1433", "shop"},
		"clickhouse://db:9000/shop":                                 {"db", "9000", "shop"},
		"user:s(e)c/r@et@tcp(db:3306)/shop?parseTime=true":          {"db", "3306", "shop"},
		"user@unix(/run/mysql.sock)/shop":                           {"/run/mysql.sock", "", "shop"},
		"user:secret@/shop":                                         {"", "", ""},
		"host=db port=5432 user=u password=secret dbname=shop":      {"db", "5432", "shop"},
		`host = db password = 'a secret \' host=x' dbname=shop`:     {"db", "", "shop"},
		":memory:":                       {"", "", ""},
		"file:secret.db?cache=shared":    {"", "", ""},
		"secret":                         {"", "", ""},
		"":                               {"", "", ""},
		"server=db;password=secret;x(y)": {"", "", ""},
	} {
		attrs := placeOf(source)
		if got := [3]string{conform.Value(attrs, "server.address"), conform.Value(attrs, "server.port"), conform.Value(attrs, "db.namespace")}; got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
		for _, a := range attrs {
			if strings.Contains(a.Value.String(), "secret") {
				t.Errorf("%s: %v has the password", source, a)
			}
		}
	}
}
