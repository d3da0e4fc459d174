package zipkin

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readJSON reads a document whole, with the value of its outermost string.
func readJSON(doc []byte) (text []byte, err error) {
	var s scanner
	s.begin(doc)
	if s.peek() == '"' {
		if text, err = s.text(); err != nil {
			return nil, err
		}
		return text, s.finish()
	}
	if err := s.skip(0); err != nil {
		return nil, err
	}
	return nil, s.finish()
}

func checkJSON(t *testing.T, doc []byte) {
	t.Helper()
	text, err := readJSON(doc)
	if nesting := bytes.Count(doc, []byte("[")) + bytes.Count(doc, []byte("{")); nesting > maxDepth {
		return // encoding/json nests 10,000 deep
	}
	if !json.Valid(doc) {
		require.ErrorIs(t, err, ErrMalformed, "%q", doc)
		return
	}
	require.NoError(t, err, "%q", doc)
	var want string
	if json.Unmarshal(doc, &want) == nil && bytes.HasPrefix(bytes.TrimLeft(doc, " \t\r\n"), []byte(`"`)) {
		require.Equal(t, want, string(text), "%q", doc)
		require.True(t, utf8.Valid(text))
	}
}

var documents = []string{
	``, ` `, `null`, `true`, `false`, `nul`, `truex`, `[]`, `{}`, `[1,2]`, `[1,]`, `[,1]`, `{"a":1,}`, `{"a"}`, `{a:1}`, `{"a":1 "b":2}`,
	`{"a":{"b":[1,{"c":null}]}}`, `[1] x`, `[1][`, `]`, `"`, `"a`, `"\`, `"\u00`, `"\x"`, "\"\x01\"", "\"\n\"", `"\u0000"`, `"\/\b\f\n\r\t\"\\"`,
	`"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\n"`, `"é€😀"`, "\"\xff\"", "\"\xe2\x82\"", "\"a\\n\xff\"", "\"12345678\xc3\x28\"",
	`0`, `-0`, `01`, `-`, `1.`, `.5`, `1.5e`, `1.5e+`, `1e5`, `1E-5`, `-1.25e+10`, `+1`, `1 2`, `0x10`, `123456789012345678901234567890`,
	`"abcdefg\""`, `"abcdefgh"`, `"abcdefgh\u0041"`, `"áááááááá"`, "\"abcdefg\x7f\"", `{"":""}`, `{"a\u0062":1}`, "\xef\xbb\xbf[]", "[1]\x00",
	strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth),
}

func TestJSONLikeEncodingJSON(t *testing.T) {
	for _, doc := range documents {
		checkJSON(t, []byte(doc))
	}
}

func FuzzJSONLikeEncodingJSON(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc))
	}
	f.Fuzz(checkJSON)
}

func TestJSONDepth(t *testing.T) {
	_, err := readJSON([]byte(strings.Repeat(`{"a":[`, 50_000)))
	require.ErrorIs(t, err, ErrMalformed)
	assert.ErrorContains(t, err, "nested more than 512 deep")
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]uint64{
		"0": 0, "1": 1, "1500000000000000": 1_500_000_000_000_000, "1.58e15": 1_580_000_000_000_000, "1.5E+15": 1_500_000_000_000_000,
		"1.5799999999999995e15": 1_579_999_999_999_999, "18446744073709551615": 1<<64 - 1, "1844674407370955161.5e1": 1<<64 - 1,
		"9007199254740993": 9_007_199_254_740_993, "12.9": 12, "129e-1": 12, "129e-9": 0, "0.0000158e20": 1_580_000_000_000_000,
		"-5": 0, "-1.5e300": 0, "0e999999999": 0, "0.0e99": 0,
	} {
		n, ok := parseDecimal([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	for _, text := range []string{"", " 1", "1 ", "x", "1.", "1e", "18446744073709551616", "1e20", "1e999999999999", "0x1", "1,5", "--1", "∞"} {
		_, ok := parseDecimal([]byte(text))
		assert.False(t, ok, text)
	}
}

// FuzzParseDecimal: the same as exact arithmetic.
func FuzzParseDecimal(f *testing.F) {
	for _, text := range []string{"1.58e15", "18446744073709551616", "0.5e1", "1e-400"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := parseDecimal([]byte(text))
		if !json.Valid([]byte(text)) || strings.TrimLeft(text, "-0123456789.eE+") != "" {
			require.False(t, ok && strings.ContainsAny(text, " \t\r\n"))
			return
		}
		if _, tail, has := strings.Cut(strings.ToLower(text), "e"); has && len(tail) > 4 {
			return
		}
		exact, valid := new(big.Rat).SetString(text)
		if !valid {
			return
		}
		want := new(big.Int).Quo(exact.Num(), exact.Denom())
		if want.Sign() < 0 || exact.Sign() < 0 {
			want.SetInt64(0)
		}
		require.Equal(t, want.IsUint64(), ok, text)
		if ok {
			require.Equal(t, want.Uint64(), n, text)
		}
	})
}
