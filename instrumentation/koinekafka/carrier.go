package koinekafka

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// carrier carries a context in a record's headers. What it writes it writes to a copy: the same
// headers may be another record's too, which was consumed or is on its way.
type carrier struct {
	record *kgo.Record
	copied bool
}

// Get is the last header's value, as Kafka's clients read them.
func (c *carrier) Get(key string) string {
	for _, h := range slices.Backward(c.record.Headers) {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func (c *carrier) Set(key, value string) {
	if !c.copied {
		c.record.Headers = slices.Clone(c.record.Headers)
		c.copied = true
	}
	c.record.Headers = slices.DeleteFunc(c.record.Headers, func(h kgo.RecordHeader) bool { return h.Key == key })
	c.record.Headers = append(c.record.Headers, kgo.RecordHeader{Key: key, Value: []byte(value)})
}

func (c *carrier) Keys() []string {
	keys := make([]string, len(c.record.Headers))
	for i, h := range c.record.Headers {
		keys[i] = h.Key
	}
	return keys
}
