package koinesql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/koine-otel/koine/instrumentation/internal/conform"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret stands for what must not leave the process.
const secret = "someone@example.org"

type records struct {
	*tracetest.SpanRecorder
	reader  *sdkmetric.ManualReader
	options []Option
}

func newRecords() *records {
	r := &records{SpanRecorder: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	r.options = []Option{
		TracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r))),
		MeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader))),
	}
	return r
}

// named are the spans, after the verdict on all and a look for what must not stand there.
func (r *records) named(t *testing.T) map[string][]sdktrace.ReadOnlySpan {
	t.Helper()
	found := map[string][]sdktrace.ReadOnlySpan{}
	for _, s := range r.Ended() {
		conform.Span(t, s)
		if text := fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Status()); strings.Contains(text, secret) {
			t.Errorf("%s holds a value: %s", s.Name(), text)
		}
		found[s.Name()] = append(found[s.Name()], s)
	}
	return found
}

func exec(t *testing.T, db interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func openSQLite(t *testing.T, opts ...Option) *sql.DB {
	t.Helper()
	db, err := Open("sqlite", ":memory:", opts...)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // a database in memory is its connection's
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestSQLite(t *testing.T) {
	r := newRecords()
	db := openSQLite(t, append(r.options, QueryText())...)
	exec(t, db, "CREATE TABLE orders (id INTEGER PRIMARY KEY, mail TEXT UNIQUE)")
	exec(t, db, "INSERT INTO orders (mail) VALUES ('"+secret+"')")
	exec(t, db, "INSERT INTO orders (mail) VALUES (?)", secret+".uk")
	if _, err := db.ExecContext(t.Context(), "INSERT INTO orders (mail) VALUES ('"+secret+"')"); err == nil {
		t.Fatal("no error")
	}
	rows, err := db.QueryContext(t.Context(), "SELECT id, mail FROM orders WHERE mail LIKE ?", "%example%")
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; rows.Next() || n != 2; n++ {
		if n > 2 {
			t.Fatal("no two rows")
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	statement, err := db.PrepareContext(t.Context(), "DELETE FROM orders WHERE id = ?")
	if err != nil {
		t.Fatal(err)
	}
	for id := range 3 {
		if _, err := statement.ExecContext(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	_ = statement.Close()
	for _, end := range []func(*sql.Tx) error{(*sql.Tx).Commit, (*sql.Tx).Rollback} {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, tx, "UPDATE orders SET mail = 'x'")
		if err := end(tx); err != nil {
			t.Fatal(err)
		}
	}

	found := r.named(t)
	for name, want := range map[string]int{
		"CONNECT": 1, "CREATE TABLE orders": 1, "INSERT orders": 3, "SELECT orders": 1, "PREPARE DELETE orders": 1, "DELETE orders": 3,
		"BEGIN": 2, "UPDATE orders": 2, "COMMIT": 1, "ROLLBACK": 1,
	} {
		if got := len(found[name]); got != want {
			t.Errorf("%s: %d spans, want %d", name, got, want)
		}
		delete(found, name)
	}
	if len(found) != 0 {
		t.Errorf("more spans: %v", found)
	}
	inserts := r.named(t)["INSERT orders"]
	conform.Has(t, inserts[0], "db.system.name=sqlite", "db.query.summary=INSERT orders", "db.query.text=INSERT INTO orders (mail) VALUES (?)", "error.type=", "db.operation.name=", "db.system=", "db.statement=")
	conform.Has(t, inserts[2], "error.type=2067", "db.response.status_code=2067") // SQLITE_CONSTRAINT_UNIQUE
	if inserts[2].Status().Code != otelcodes.Error || len(inserts[2].Events()) != 0 {
		t.Errorf("%v, %v", inserts[2].Status(), inserts[2].Events())
	}
}

// No text of a query is recorded that was not asked for.
func TestNoText(t *testing.T) {
	r := newRecords()
	db := openSQLite(t, r.options...)
	exec(t, db, "CREATE TABLE t (a)")
	_, _ = db.ExecContext(t.Context(), "broken '"+secret+"'")
	for _, spans := range r.named(t) {
		conform.Has(t, spans[0], "db.query.text=")
	}
	if broken := r.named(t)["sqlite"]; len(broken) != 1 {
		t.Errorf("what is no SQL: %v", broken)
	}
}

func TestMetrics(t *testing.T) {
	r := newRecords()
	db := openSQLite(t, append(r.options, Attributes())...)
	exec(t, db, "CREATE TABLE t (a UNIQUE)")
	for range 2 {
		_, _ = db.ExecContext(t.Context(), "INSERT INTO t VALUES ('"+secret+"')")
	}
	tx, _ := db.BeginTx(t.Context(), nil)
	_ = tx.Commit()
	rows, _ := db.QueryContext(t.Context(), "SELECT a FROM t")
	_ = rows.Close()
	_ = db.PingContext(t.Context())

	found := conform.Metrics(t, r.reader)
	seen := map[string]uint64{}
	for _, p := range found["db.client.operation.duration"].Data.(metricdata.Histogram[float64]).DataPoints {
		attrs := p.Attributes.ToSlice()
		if conform.Value(attrs, "db.system.name") != "sqlite" {
			t.Errorf("no system: %v", attrs)
		}
		seen[conform.Value(attrs, "db.query.summary")+conform.Value(attrs, "db.operation.name")+"/"+conform.Value(attrs, "error.type")] = p.Count
	}
	want := map[string]uint64{"CREATE TABLE t/": 1, "INSERT t/": 1, "INSERT t/2067": 1, "BEGIN/": 1, "COMMIT/": 1, "SELECT t/": 1}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", seen, want)
	}
	connects := found["db.client.connection.create_time"].Data.(metricdata.Histogram[float64]).DataPoints
	if len(connects) != 1 || connects[0].Count != 1 {
		t.Errorf("connects: %v", connects)
	}
	states := map[string]int64{}
	for _, p := range found["db.client.connection.count"].Data.(metricdata.Sum[int64]).DataPoints {
		states[conform.Value(p.Attributes.ToSlice(), "db.client.connection.state")] = p.Value
	}
	if states["idle"] != 1 || states["used"] != 0 || len(states) != 2 {
		t.Errorf("the pool: %v", states)
	}
	if limit := found["db.client.connection.max"].Data.(metricdata.Sum[int64]).DataPoints; limit[0].Value != 1 {
		t.Errorf("the limit: %v", limit)
	}
	if len(found) != 4 {
		t.Errorf("other metrics: %v", found)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := conform.Metrics(t, r.reader)["db.client.connection.count"]; ok {
		t.Error("a closed database is still observed")
	}
}

func TestRegister(t *testing.T) {
	r := newRecords()
	name, err := Register("sqlite", r.options...)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(name, ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec(t, db, "CREATE TABLE t (a)")
	if spans := r.named(t)["CREATE TABLE t"]; len(spans) != 1 {
		t.Errorf("%v", r.named(t))
	}
}

// fake is a server that is not there, or whose driver wants all prepared.
type fake struct{ connect, prepare error }

type sqlState struct{ error }

func (sqlState) SQLState() string { return "23505" }

func (f fake) Connect(context.Context) (driver.Conn, error) { return f, f.connect }
func (f fake) Driver() driver.Driver                        { return nil }
func (f fake) Close() error                                 { return nil }
func (f fake) Begin() (driver.Tx, error)                    { return nil, errors.ErrUnsupported }
func (f fake) Prepare(string) (driver.Stmt, error)          { return f, f.prepare }
func (f fake) NumInput() int                                { return -1 }
func (f fake) Exec([]driver.Value) (driver.Result, error) {
	return nil, fmt.Errorf("orders: %w", sqlState{errors.New(secret)})
}
func (f fake) Query([]driver.Value) (driver.Rows, error) { return nil, io.ErrUnexpectedEOF }
func (f fake) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	return nil, driver.ErrSkip
}

// A server that cannot be reached is seen: no query is, then.
func TestUnreachable(t *testing.T) {
	r := newRecords()
	db := OpenDB(fake{connect: errors.New(secret + " refused")}, append(r.options, System("postgresql"), Attributes(placeOf("postgres://u:p@db:5432/shop")...))...)
	defer db.Close()
	_, _ = db.QueryContext(t.Context(), "SELECT 1 FROM t")
	spans := r.named(t)["CONNECT shop"]
	if len(spans) == 0 {
		t.Fatalf("%v", r.named(t))
	}
	conform.Has(t, spans[0], "error.type=*errors.errorString", "server.address=db", "server.port=5432", "db.namespace=shop", "db.operation.name=CONNECT")
}

func TestFailures(t *testing.T) {
	r := newRecords()
	db := OpenDB(fake{}, append(r.options, System("postgresql"))...)
	defer db.Close()
	_, _ = db.ExecContext(t.Context(), "UPDATE orders SET a = 1")
	_, _ = db.QueryContext(t.Context(), "SELECT 1 FROM t")
	conform.Has(t, r.named(t)["UPDATE orders"][0], "error.type=23505", "db.response.status_code=23505")
	skipped, done := r.named(t)["SELECT t"][0], r.named(t)["SELECT t"][1]
	conform.Has(t, skipped, "error.type=")
	conform.Has(t, done, "error.type=*errors.errorString", "db.response.status_code=")
	var counts uint64
	for _, p := range conform.Metrics(t, r.reader)["db.client.operation.duration"].Data.(metricdata.Histogram[float64]).DataPoints {
		counts += p.Count
	}
	if counts != 4 { // two statements, and both prepared
		t.Errorf("%d operations are measured", counts)
	}
}

func TestStatusCode(t *testing.T) {
	c := newConfig([]Option{StatusCode(func(error) string { return "1062" })})
	if got := c.code(sqlState{}); got != "1062" {
		t.Error(got)
	}
	for err, want := range map[error]string{
		context.Canceled: "context.Canceled", fmt.Errorf("x: %w", context.DeadlineExceeded): "context.DeadlineExceeded",
		fmt.Errorf("x: %w", driver.ErrBadConn): "driver.ErrBadConn", fmt.Errorf("x: %w", &fakeError{}): "*koinesql.fakeError",
	} {
		if got := errorType(err); got != want {
			t.Errorf("%v: %s", err, got)
		}
	}
}

func TestPool(t *testing.T) {
	for want, attrs := range map[string][]attribute.KeyValue{
		"db:5432/shop": placeOf("postgres://u:p@db:5432/shop"),
		"replica:5432": append(placeOf("postgres://u:p@db:5432"), attribute.String("server.address", "replica")),
		"other_sql":    nil,
	} {
		if got := newConfig([]Option{Attributes(attrs...)}).pool(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

type fakeError struct{}

func (*fakeError) Error() string { return secret }
