package quality

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/koine-otel/koine/tracegen"
)

// shop is a truth of a trace a second, of two spans each.
func shop(traces int, change func(int, *tracedTrace)) *truth {
	t := newTruth(0)
	t.routes["GET /"] = 0
	a, b := t.operation(Named{"a", "serve"}), t.operation(Named{"b", "query"})
	for i := range traces {
		t.operations = append(t.operations, a, b)
		t.lengths = append(t.lengths, uint32(100+i), uint32(10+i))
		traced := tracedTrace{from: 2 * i, to: 2*i + 2, second: i}
		change(i, &traced)
		t.traces = append(t.traces, traced)
	}
	return t
}

func TestFiguresByHand(t *testing.T) {
	culprit := Named{"b", "query"}
	d := decisions{budget: 0.5, round: 1, truth: shop(8, func(i int, t *tracedTrace) {
		switch i {
		case 0, 1:
			t.kind, t.culprit = tracegen.OnPath, culprit
		case 2:
			t.kind, t.culprit = tracegen.Short, culprit
		case 3:
			t.kind, t.culprit = tracegen.OffPath, culprit
		case 4:
			t.batch = true
		case 5:
			t.kind, t.culprit, t.batch = tracegen.Slow, culprit, true
		}
	}), kept: []decision{{1, culprit}, {}, {1, Named{"a", "serve"}}, {0.5, Named{}}, {0.5, Named{}}, {1, Named{}}, {}, {}}}
	f := d.figures()
	assert.Equal(t, 5.0/8, f.Used)
	assert.Equal(t, 0.5, f.Recall[tracegen.OnPath])
	assert.Equal(t, 1.0, f.Recall[tracegen.Short])
	assert.Equal(t, 1.0, f.Recall[tracegen.Slow])
	assert.True(t, math.IsNaN(f.Recall[tracegen.Repeated]))
	assert.Equal(t, 2.0/5, f.Decoys, "a batch trace with a bottleneck is none")
	assert.Equal(t, 1.0/3, f.Named, "of the first, the third and the sixth")
	assert.True(t, math.IsNaN(f.Count), "no operation is frequent enough")
	assert.True(t, math.IsNaN(f.Pace), "nor is there a minute")
}

func TestErrorOfCounts(t *testing.T) {
	d := decisions{budget: 0.5, round: 1, truth: shop(1000, func(int, *tracedTrace) {}), kept: make([]decision, 1000)}
	for i := range 300 {
		d.kept[i].probability = 0.25
	}
	f := d.figures()
	assert.InDelta(t, 0.2, f.Count, 1e-9, "1200 for 1000")
	// Spans 0 to 299 stand for 0 to 999.
	assert.InDelta(t, (599-249.0)/599/2+(509-159.0)/509/2, f.P50, 1e-9)
	assert.Zero(t, f.P50Covered)
}

func TestPaceIsOfTheWorstMinute(t *testing.T) {
	d := decisions{budget: 0.5, round: 1, truth: shop(200*300, func(i int, t *tracedTrace) { t.second = i / 300 }), kept: make([]decision, 200*300)}
	for i := range d.kept {
		if second := i / 300; i%2 == 0 && (second < 100 || second >= 130) {
			d.kept[i].probability = 0.5
		}
	}
	assert.InDelta(t, 0.5, d.pace(), 1e-9, "thirty seconds of sixty are without any")
	d.budget = 0.002
	assert.True(t, math.IsNaN(d.pace()), "36 traces in a minute's budget")
}
