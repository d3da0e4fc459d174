package koinesql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/dbconv"
)

// scope is what the pool's metrics are recorded by.
const scope = "github.com/koine-otel/koine/instrumentation/koinesql"

// pooled is a connector whose pool is observed until the database is closed.
type pooled struct {
	driver.Connector
	registration metric.Registration
}

// Close is called by sql.DB.Close.
func (p *pooled) Close() error {
	var errs []error
	if p.registration != nil {
		errs = append(errs, p.registration.Unregister())
	}
	if closer, ok := p.Connector.(io.Closer); ok {
		errs = append(errs, closer.Close())
	}
	return errors.Join(errs...)
}

// observe has the conventions' metrics of the pool; otelsql's own are of no convention.
func (p *pooled) observe(db *sql.DB, c *config) {
	m := c.meters.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
	count, err := dbconv.NewClientConnectionCountObservable(m)
	limit, limitErr := dbconv.NewClientConnectionMaxObservable(m)
	if err := errors.Join(err, limitErr); err != nil {
		otel.Handle(err)
		return
	}
	pool := attribute.String("db.client.connection.pool.name", c.pool())
	state := func(s dbconv.ClientConnectionStateAttr) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(pool, count.AttrClientConnectionState(s)))
	}
	used, idle, all := state(dbconv.ClientConnectionStateUsed), state(dbconv.ClientConnectionStateIdle), metric.WithAttributeSet(attribute.NewSet(pool))
	p.registration, err = m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		stats := db.Stats()
		o.ObserveInt64(count.Inst(), int64(stats.InUse), used)
		o.ObserveInt64(count.Inst(), int64(stats.Idle), idle)
		if stats.MaxOpenConnections > 0 { // 0 is no limit
			o.ObserveInt64(limit.Inst(), int64(stats.MaxOpenConnections), all)
		}
		return nil
	}, count.Inst(), limit.Inst())
	if err != nil {
		otel.Handle(err)
	}
}

// pool is db.client.connection.pool.name: server.address:server.port/db.namespace, or the system
// where that is not known.
func (c *config) pool() string {
	name := c.attribute(semconv.ServerAddressKey)
	if port := c.attribute(semconv.ServerPortKey); name != "" && port != "" {
		name = net.JoinHostPort(name, port)
	}
	if namespace := c.attribute(semconv.DBNamespaceKey); namespace != "" {
		name += "/" + namespace
	}
	if name == "" {
		return c.system
	}
	return name
}

// connectorOf is a driver's connector to a data source.
func connectorOf(d driver.Driver, dataSourceName string) (driver.Connector, error) {
	if d, ok := d.(driver.DriverContext); ok {
		return d.OpenConnector(dataSourceName)
	}
	return opener{d, dataSourceName}, nil
}

// opener is a connector of a driver that has none.
type opener struct {
	driver         driver.Driver
	dataSourceName string
}

func (o opener) Connect(context.Context) (driver.Conn, error) { return o.driver.Open(o.dataSourceName) }
func (o opener) Driver() driver.Driver                        { return o.driver }
