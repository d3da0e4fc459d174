package koinesql_test

import (
	"fmt"

	"github.com/koine-otel/koine/instrumentation/koinesql"
	_ "modernc.org/sqlite"
)

func ExampleOpen() {
	db, err := koinesql.Open("sqlite", ":memory:", koinesql.QueryText())
	if err != nil {
		panic(err)
	}
	defer db.Close()
	var n int
	fmt.Println(db.QueryRow("SELECT 1").Scan(&n), n)
	// Output: <nil> 1
}
