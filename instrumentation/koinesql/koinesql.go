// Package koinesql opens databases whose spans and metrics keep OpenTelemetry's conventions 1.44
// and hold no values: neither of queries nor of errors.
//
// It configures github.com/XSAM/otelsql, and puts right what that has no option for.
package koinesql

import (
	"database/sql"
	"database/sql/driver"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// Open is sql.Open. The system and, where the data source name tells them, the server and the
// database are read from it; nothing else of it is.
//
//	db, err := koinesql.Open("pgx", os.Getenv("DATABASE_URL"))
func Open(driverName, dataSourceName string, opts ...Option) (*sql.DB, error) {
	plain, err := sql.Open(driverName, dataSourceName)
	if err != nil {
		return nil, err
	}
	d := plain.Driver()
	if err := plain.Close(); err != nil {
		return nil, err
	}
	connector, err := connectorOf(d, dataSourceName)
	if err != nil {
		return nil, err
	}
	return OpenDB(connector, append([]Option{System(systemOf(driverName)), Attributes(placeOf(dataSourceName)...)}, opts...)...), nil
}

// OpenDB is sql.OpenDB. A connector does not tell what it leads to: say it with System and
// Attributes.
func OpenDB(connector driver.Connector, opts ...Option) *sql.DB {
	c := newConfig(opts)
	pooled := &pooled{Connector: connector}
	db := otelsql.OpenDB(pooled, c.otelsql()...)
	pooled.observe(db, c)
	return db
}

// Register registers a driver under a name of its own, which it returns, for libraries that call
// sql.Open themselves. There is no metric of its pools.
func Register(driverName string, opts ...Option) (string, error) {
	c := newConfig(append([]Option{System(systemOf(driverName))}, opts...))
	return otelsql.Register(driverName, c.otelsql()...)
}

// Option changes what is recorded.
type Option func(*config)

// System says what db.system.name is where the driver's name does not (other_sql then). It also
// decides how queries are read: what is a string, what is a name.
func System(name string) Option { return func(c *config) { c.system = name } }

// Attributes are on every span and measurement: server.address, server.port, db.namespace.
func Attributes(attrs ...attribute.KeyValue) Option {
	return func(c *config) { c.attributes = append(c.attributes, attrs...) }
}

// QueryText records db.query.text, with a ? for every literal.
func QueryText() Option { return func(c *config) { c.queryText = true } }

// StatusCode reads db.response.status_code from a driver's error, empty where there is none. It
// is asked first; SQLSTATEs and the codes of SQL Server and SQLite are found without it.
//
//	koinesql.StatusCode(func(err error) string {
//		var e *mysql.MySQLError
//		if errors.As(err, &e) {
//			return strconv.Itoa(int(e.Number))
//		}
//		return ""
//	})
func StatusCode(of func(error) string) Option { return func(c *config) { c.statusCode = of } }

// Otelsql passes options to otelsql: a propagator, or SQL comments that carry the context.
func Otelsql(opts ...otelsql.Option) Option {
	return func(c *config) { c.passed = append(c.passed, opts...) }
}

// systemOf is a driver's db.system.name.
func systemOf(driverName string) string {
	if s, ok := systems[driverName]; ok {
		return s
	}
	return semconv.DBSystemNameOtherSQL.Value.AsString()
}

// systems are the names that Go's drivers register.
var systems = map[string]string{
	"pgx": "postgresql", "pgx/v5": "postgresql", "postgres": "postgresql", "cloudsqlpostgres": "postgresql", "cockroach": "cockroachdb",
	"mysql": "mysql", "mariadb": "mariadb", "sqlite": "sqlite", "sqlite3": "sqlite",
	"sqlserver": "microsoft.sql_server", "mssql": "microsoft.sql_server", "azuresql": "microsoft.sql_server",
	"oracle": "oracle.db", "godror": "oracle.db", "goracle": "oracle.db",
	"clickhouse": "clickhouse", "spanner": "gcp.spanner", "trino": "trino", "hdb": "sap.hana", "firebirdsql": "firebirdsql",
}
