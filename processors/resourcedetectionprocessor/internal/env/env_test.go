package env

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

func TestDetect(t *testing.T) {
	tests := []struct {
		name       string
		attributes string // OTEL_RESOURCE_ATTRIBUTES
		old        string // OTEL_RESOURCE
		want       map[string]any
		wantErr    string
	}{
		{name: "unset"},
		{name: "blank", attributes: "  "},
		{name: "one", attributes: "a=b", want: map[string]any{"a": "b"}},
		{name: "two with space around", attributes: " a = b , c=d ", want: map[string]any{"a": "b", "c": "d"}},
		{name: "last comma", attributes: "a=b,", want: map[string]any{"a": "b"}},
		{name: "empty pair", attributes: "a=b,,c=d", want: map[string]any{"a": "b", "c": "d"}},
		{name: "empty value", attributes: "a=", want: map[string]any{"a": ""}},
		{name: "equals sign in value", attributes: "a=b=c", want: map[string]any{"a": "b=c"}},
		{name: "percent encoding", attributes: "a=b%2Cc%3Dd%20e", want: map[string]any{"a": "b,c=d e"}},
		{name: "plus stays plus", attributes: "v=1.30.2+k3s1", want: map[string]any{"v": "1.30.2+k3s1"}},
		{name: "not ASCII", attributes: "a=Ἑλλάς", want: map[string]any{"a": "Ἑλλάς"}},
		{name: "path as key", attributes: "example.org/test-1=a b", want: map[string]any{"example.org/test-1": "a b"}},
		{name: "last of two counts", attributes: "a=b,a=c", want: map[string]any{"a": "c"}},
		{name: "old name", old: "a=b", want: map[string]any{"a": "b"}},
		{name: "old name loses", attributes: "a=b", old: "a=c,d=e", want: map[string]any{"a": "b"}},

		{name: "no equals sign", attributes: "a=b,c", wantErr: `OTEL_RESOURCE_ATTRIBUTES: pair 2, "c": no "="`},
		{name: "no key", attributes: "a=b,=c", wantErr: `OTEL_RESOURCE_ATTRIBUTES: pair 2, "=c": no key before "="`},
		{name: "bad encoding", attributes: "a=b,c=%zz", wantErr: `OTEL_RESOURCE_ATTRIBUTES: pair 2, "c=%zz": invalid URL escape "%zz"`},
		{name: "malformed does not fall back", attributes: "a", old: "b=c", wantErr: `OTEL_RESOURCE_ATTRIBUTES: pair 1, "a": no "="`},
		{name: "old name malformed", old: "a", wantErr: `OTEL_RESOURCE: pair 1, "a": no "="`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("OTEL_RESOURCE_ATTRIBUTES", tt.attributes)
			t.Setenv("OTEL_RESOURCE", tt.old)
			t.Setenv("OTEL_SERVICE_NAME", "the-collector-itself")
			res, schemaURL, err := New().Detect(t.Context())
			if tt.wantErr != "" {
				require.EqualError(t, err, tt.wantErr)
			} else {
				require.NoError(t, err)
			}
			assert.Empty(t, schemaURL)
			if tt.want == nil {
				tt.want = map[string]any{}
			}
			assert.Equal(t, tt.want, res.Attributes().AsRaw())
		})
	}
}

// What was read can be written again: the attributes of any accepted string, encoded,
// give the same attributes.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "a=b", " a = b , c=d ", "a=%2C%3D", "a", "=", ",,", "a=%", "a=b=c"} {
		f.Add(seed)
	}
	encode := strings.NewReplacer("%", "%25", ",", "%2C", " ", "%20")
	f.Fuzz(func(t *testing.T, s string) {
		first := pcommon.NewMap()
		if err := parse(s, first); err != nil {
			return
		}
		var pairs []string
		for key, value := range first.All() {
			if strings.TrimSpace(value.Str()) != value.Str() {
				return // space that encode does not know
			}
			pairs = append(pairs, key+"="+encode.Replace(value.Str()))
		}
		second := pcommon.NewMap()
		require.NoError(t, parse(strings.Join(pairs, ","), second))
		assert.Equal(t, first.AsRaw(), second.AsRaw())
	})
}
