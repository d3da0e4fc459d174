package koinesql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// errorAttributes are what a failed span has: the database's code, which is error.type too, or
// the error's type.
func (c *config) errorAttributes(err error) []attribute.KeyValue {
	if errors.Is(err, driver.ErrSkip) {
		return nil
	}
	if code := c.code(err); code != "" {
		return []attribute.KeyValue{semconv.DBResponseStatusCode(code), semconv.ErrorTypeKey.String(code)}
	}
	return []attribute.KeyValue{semconv.ErrorTypeKey.String(errorType(err))}
}

func (c *config) metricErrorAttributes(err error) []attribute.KeyValue {
	attrs := c.errorAttributes(err)
	for i := range attrs {
		if attrs[i].Key == semconv.ErrorTypeKey {
			attrs[i].Key = ownErrorType
		}
	}
	return attrs
}

// code is the database's answer, by what drivers' errors have in common.
func (c *config) code(err error) string {
	if code := c.statusCode(err); code != "" {
		return code
	}
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok { // PostgreSQL's drivers
		return e.SQLState()
	}
	if e, ok := errors.AsType[interface {
		error
		SQLErrorNumber() int32
	}](err); ok { // SQL Server's
		return strconv.Itoa(int(e.SQLErrorNumber()))
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok { // SQLite's
		return strconv.Itoa(e.Code())
	}
	return ""
}

// errorType is the innermost error's type: what wraps it says where, not what.
func errorType(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "context.Canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "context.DeadlineExceeded"
	case errors.Is(err, driver.ErrBadConn):
		return "driver.ErrBadConn"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}
