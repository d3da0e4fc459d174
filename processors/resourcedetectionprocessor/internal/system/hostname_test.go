package system

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errNoSuchHost = errors.New("no such host")

// zone is a resolver with fixed answers; what it lacks it does not find.
type zone struct {
	cname     string
	addresses []string
	names     map[string][]string
}

func (z zone) LookupCNAME(context.Context, string) (string, error) {
	if z.cname == "" {
		return "", errNoSuchHost
	}
	return z.cname, nil
}

func (z zone) LookupHost(context.Context, string) ([]string, error) {
	if z.addresses == nil {
		return nil, errNoSuchHost
	}
	return z.addresses, nil
}

func (z zone) LookupAddr(_ context.Context, address string) ([]string, error) {
	names, ok := z.names[address]
	if !ok {
		return nil, errNoSuchHost
	}
	return names, nil
}

func TestHostname(t *testing.T) {
	broken := func() (string, error) { return "", errors.New("broken") }
	reverse := zone{addresses: []string{"10.0.0.1", "10.0.0.2"}, names: map[string][]string{"10.0.0.2": {"h.example.com."}}}
	tests := []struct {
		name    string
		sources []string
		os      func() (string, error)
		zone    zone
		want    string
		wantErr string
	}{
		{name: "os", sources: []string{"os"}, zone: zone{cname: "h.example.com."}, want: "h"},
		{name: "dns by canonical name", sources: []string{"dns", "os"}, zone: zone{cname: "h.example.com."}, want: "h.example.com"},
		{name: "dns by address", sources: []string{"dns", "os"}, zone: reverse, want: "h.example.com"},
		{name: "dns falls back", sources: []string{"dns", "os"}, want: "h"},
		{name: "cname", sources: []string{"cname"}, zone: zone{cname: "h.example.com."}, want: "h.example.com"},
		{name: "cname does not look up addresses", sources: []string{"cname"}, zone: reverse, wantErr: "cname: no such host"},
		{name: "lookup", sources: []string{"lookup"}, zone: reverse, want: "h.example.com"},
		{name: "lookup without a name", sources: []string{"lookup"}, zone: zone{addresses: []string{"10.0.0.1"}, names: map[string][]string{"10.0.0.1": nil}}, wantErr: `lookup: no address of "h" has a name`},
		{name: "the order counts", sources: []string{"os", "dns"}, zone: zone{cname: "h.example.com."}, want: "h"},
		{name: "no hostname", sources: []string{"cname", "os"}, os: broken, wantErr: "cname: broken\nos: broken"},
		{name: "an empty answer is none", sources: []string{"cname", "os"}, zone: zone{cname: "."}, want: "h"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.os == nil {
				tt.os = func() (string, error) { return "h", nil }
			}
			got, err := hostname{tt.sources, tt.os, tt.zone}.find(t.Context())
			if tt.wantErr != "" {
				require.EqualError(t, err, tt.wantErr)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

// silent never answers.
type silent struct{}

func (silent) LookupCNAME(ctx context.Context, _ string) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func (silent) LookupHost(ctx context.Context, _ string) ([]string, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (silent) LookupAddr(ctx context.Context, _ string) ([]string, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A silent resolver leaves time: for the source after it, or for the detector.
func TestHostnameSilentResolver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		h := hostname{[]string{"dns", "os"}, func() (string, error) { return "h", nil }, silent{}}
		began := time.Now()
		name, err := h.find(ctx)
		require.NoError(t, err)
		assert.Equal(t, "h", name)
		assert.Equal(t, 3*time.Second, time.Since(began))
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		cfg := CreateDefaultConfig()
		cfg.HostnameSources = []string{"dns", "lookup"}
		d := New(cfg)
		d.hostname.resolver = silent{}
		began := time.Now()
		res, _, err := d.Detect(ctx)
		require.ErrorContains(t, err, "host.name: dns: context deadline exceeded")
		assert.Equal(t, 1, res.Attributes().Len(), "os.type")
		assert.Less(t, time.Since(began), 5*time.Second)
	})
}
