package sensitive

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

type gatherer []string

func (g *gatherer) Text(key, text string) { *g = append(*g, key+"="+text) }

func TestTexts(t *testing.T) {
	deep := any("too deep")
	for range MaxDepth + 1 {
		deep = []any{deep}
	}
	for _, x := range []struct {
		value any
		want  []string
	}{
		{"a", []string{"=a"}},
		{7, nil},
		{[]any{"a", 7, true, nil, []any{"b"}}, []string{"=a", "=b"}},
		{map[string]any{"k": []any{"a", map[string]any{"l": "b"}}}, []string{"k=k", "k=a", "l=l", "l=b"}},
		{deep.([]any)[0], []string{"=too deep"}},
		{deep, nil},
	} {
		v := pcommon.NewValueEmpty()
		require.NoError(t, v.FromRaw(x.value))
		var got gatherer
		Texts(v, &got)
		assert.Equal(t, x.want, []string(got))
	}
}

type finders int

func (f *finders) Text(_, text string) {
	if _, ok := Personal(text); ok {
		*f++
	}
	if _, ok := Secret(text); ok {
		*f++
	}
}

// nested is a value with texts of all depths in which nothing is.
func nested(t testing.TB) pcommon.Value {
	v := pcommon.NewValueEmpty()
	require.NoError(t, v.FromRaw([]any{"GET /orders", map[string]any{"user": map[string]any{"name": "Anna", "roles": []any{"admin", "1700000000000"}}}}))
	return v
}

// TestTextsAllocateNothing: values in which nothing is are nearly all.
func TestTextsAllocateNothing(t *testing.T) {
	v, found := nested(t), new(finders)
	assert.Zero(t, testing.AllocsPerRun(100, func() { Texts(v, found) }))
	assert.Zero(t, *found)
}

func BenchmarkTexts(b *testing.B) {
	v, found := nested(b), new(finders)
	b.ReportAllocs()
	for b.Loop() {
		Texts(v, found)
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "a": "a", "shop.api-key": "shop_api_key", "shop_api_key": "shop_api_key", "shopApiKey": "shop_api_key", "ShopAPIKey": "shop_api_key",
		"SHOP_API_KEY": "shop_api_key", "Api-Key": "api_key", "userSSN": "user_ssn", "oauth2Token": "oauth2_token", "__a__b__": "a_b", "größeÄ.X": "größeÄ_x",
		"gen_ai.usage.input_tokens": "gen_ai_usage_input_tokens", "passwordResetCount": "password_reset_count",
	} {
		assert.Equal(t, want, Words(name), name)
	}
}

// TestMaskJSON: what is in a list or a map is masked where that is shown as a text.
func TestMaskJSON(t *testing.T) {
	for _, secret := range []string{"anna@example.com", "4111111111111111", "AKIAIOSFODNN7EXAMPLE", "ghp_" + strings.Repeat("a1", 18), "Bearer abcdefghijklmnopqrstuvwxyz"} {
		for _, form := range []string{"{}", "a {} b", "first\n{}", "first\t{}\r\n", "<{}>", "&{}&"} {
			text := strings.ReplaceAll(form, "{}", secret)
			for _, value := range []any{[]any{text}, map[string]any{"a": []any{map[string]any{"b": text}}}, map[string]any{text: 1}} {
				v := pcommon.NewValueEmpty()
				require.NoError(t, v.FromRaw(value))
				assert.NotContains(t, Mask(v.AsString()), secret[4:], v.AsString())
			}
		}
	}
}
