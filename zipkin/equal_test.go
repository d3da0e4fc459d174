package zipkin_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/zipkin"
)

func decode(tb testing.TB, f zipkin.Format, body []byte) ptrace.Traces {
	tb.Helper()
	traces, report, err := zipkin.NewDecoder(zipkin.Options{IsResource: isResource}).Decode(f, body, received)
	require.NoError(tb, err)
	require.Zero(tb, report.Dropped())
	return traces
}

// TestProtoLikeJSON: the shop's traffic is the same telemetry in both formats.
func TestProtoLikeJSON(t *testing.T) {
	for _, convention := range []tracegen.Convention{tracegen.NativeConvention, tracegen.V120} {
		cfg := tracegen.DefaultConfig()
		cfg.Errors, cfg.Convention, cfg.Protocol = 0.2, convention, tracegen.ZipkinJSON
		json, err := tracegen.Corpus(cfg, 40, 10)
		require.NoError(t, err)
		cfg.Protocol = tracegen.ZipkinProto
		proto, err := tracegen.Corpus(cfg, 40, 10)
		require.NoError(t, err)
		require.Len(t, proto, len(json))
		for i := range json {
			require.Equal(t, dump(decode(t, zipkin.JSONv2, json[i].Body)), dump(decode(t, zipkin.Proto3, proto[i].Body)))
		}
	}
}

// TestDecoderKeepsNothing: what a decoder read before changes nothing, and what it gave does
// not change with what it reads next.
func TestDecoderKeepsNothing(t *testing.T) {
	payloads := corpus(t, tracegen.ZipkinJSON)
	d := zipkin.NewDecoder(zipkin.Options{IsResource: isResource})
	type pair struct{ got, want ptrace.Traces }
	var pairs []pair
	for round := range 3 {
		for i := range payloads {
			body := append([]byte(nil), payloads[i].Body...)
			traces, _, err := d.Decode(zipkin.JSONv2, body, received)
			require.NoError(t, err)
			clear(body)
			if round == 0 || i%7 == 0 {
				pairs = append(pairs, pair{traces, decode(t, zipkin.JSONv2, payloads[i].Body)})
			}
		}
	}
	for _, p := range pairs {
		require.Equal(t, dump(p.want), dump(p.got))
	}
}
