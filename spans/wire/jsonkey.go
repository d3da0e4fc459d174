package wire

import (
	"bytes"
	"encoding/hex"
)

// jsonKey is what a key of OTLP's JSON means to the scan.
type jsonKey uint8

const (
	otherKey jsonKey = iota
	arrayKey
	mapKey
	valuesKey
	attributesKey
	// mergedKey is a resource or scope: given twice, its attributes add up.
	mergedKey
	// plainKey is an array of numbers or names, which are no elements.
	plainKey
)

func (k jsonKey) nests() bool { return k == arrayKey || k == mapKey }

// keyOf classifies the raw bytes of a key. pdata takes the names of the protobuf
// fields as well as their JSON names, and unescapes both.
func keyOf(raw []byte) jsonKey {
	switch string(raw) {
	case "key", "value", "stringValue", "intValue":
		return otherKey // the most frequent ones by far
	case "arrayValue", "array_value":
		return arrayKey
	case "kvlistValue", "kvlist_value":
		return mapKey
	case "values":
		return valuesKey
	case "attributes", "filteredAttributes", "filtered_attributes", "metadata":
		return attributesKey
	case "resource", "scope":
		return mergedKey
	case "bucketCounts", "bucket_counts", "explicitBounds", "explicit_bounds",
		"stringTable", "string_table", "attributeIndices", "attribute_indices",
		"locationIndices", "location_indices", "timestampsUnixNano", "timestamps_unix_nano",
		"idKeys", "id_keys", "descriptionKeys", "description_keys":
		return plainKey
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return escapedKeyOf(raw)
	}
	return otherKey
}

// longestKey is the length of timestamps_unix_nano.
const longestKey = 20

// escapedKeyOf classifies a key with escapes. Only letters and underscores matter, and
// of these JSON can write each as \u00XX alone.
func escapedKeyOf(raw []byte) jsonKey {
	var plain [longestKey]byte
	n := 0
	for i := 0; i < len(raw); i++ {
		if n == len(plain) {
			return otherKey
		}
		c := raw[i]
		if c == '\\' {
			if i+6 > len(raw) || raw[i+1] != 'u' || raw[i+2] != '0' || raw[i+3] != '0' {
				return otherKey
			}
			var code [1]byte
			if _, err := hex.Decode(code[:], raw[i+4:i+6]); err != nil {
				return otherKey
			}
			c = code[0]
			i += 5
		}
		if c == '\\' {
			return otherKey // no key has one, and this could not be told from an escape below
		}
		plain[n] = c
		n++
	}
	return keyOf(plain[:n])
}
