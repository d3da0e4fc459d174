package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

func TestSuppress(t *testing.T) {
	c := &config.Config{Path: "c.yaml", Ignore: []config.Suppression{
		{Rule: "old-name", Key: "http.*", Service: "gate*", Scope: "github.com/acme/*", Reason: "first", Line: 3},
		{Rule: "old-*", Key: "db.system", Reason: "second", Expires: day(2027, 5, 31), Line: 7},
		{Rule: "old-name", Key: "nothing", Reason: "third", Line: 9},
		{Rule: "old-name", Key: "nothing", Service: "elsewhere", Reason: "for another run", Line: 11},
	}}
	findings := []semconvlint.Finding{
		{Rule: "old-name", Key: "http.method", Service: "gateway", Scope: "github.com/acme/http@1.0.0"},
		{Rule: "old-name", Key: "http.method", Service: "checkout", Scope: "github.com/acme/http@1.0.0"},
		{Rule: "old-name", Key: "http.method", Service: "gateway", Scope: "other"},
		{Rule: "old-name", Key: "db.system", Service: "checkout"},
	}
	services := []string{"checkout", "gateway"}

	by, own := c.Suppress(findings, config.Scope{Services: services}, time.Date(2027, 5, 31, 23, 59, 0, 0, time.UTC))
	assert.Equal(t, []*config.Suppression{&c.Ignore[0], nil, nil, &c.Ignore[1]}, by)
	require.Len(t, own, 1)
	assert.Equal(t, "unused-suppression", own[0].Rule)
	assert.Equal(t, "old-name, key nothing", own[0].Key)
	assert.Equal(t, "c.yaml:9", own[0].Example.Source)
	assert.Equal(t, semconvlint.Warning, own[0].Severity)

	by, own = c.Suppress(findings, config.Scope{Services: services}, time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC))
	assert.Nil(t, by[3], "its last day is over")
	require.Len(t, own, 2)
	assert.Equal(t, "expired-suppression", own[0].Rule)
	assert.Equal(t, "expired on 2027-05-31: second", own[0].Message)
}

func TestMatch(t *testing.T) {
	for _, x := range []struct {
		glob, text string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "a.b/c", true},
		{"a*c", "abbc", true},
		{"a*c", "abb", false},
		{"a*b*c", "a-b-b-c", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"http.*", "http.request.method", true},
		{"http.*", "http", false},
		{"*.example.com/*", "x.example.com/y/z", true},
		{"a**", "a", true},
		{"[a]", "[a]", true},
	} {
		assert.Equal(t, x.want, config.Match(x.glob, x.text), "%q, %q", x.glob, x.text)
	}
}

func day(year int, month time.Month, d int) config.Date {
	return config.Date{Time: time.Date(year, month, d, 0, 0, 0, 0, time.UTC)}
}
