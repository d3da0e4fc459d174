package translate

import "testing"

// TestOwnKeyIsThereOnce: a rule that reads its target's own key changes it where it is,
// also where old attributes stay beside the new.
func TestOwnKeyIsThereOnce(t *testing.T) {
	for _, o := range []Options{{}, {KeepOld: true}, {OldWins: true}} {
		table := New(o, Embedded()...)
		for _, c := range []struct{ in, want attributes }{
			{of("cpu.mode", "kernel"), of("cpu.mode", "system")},
			{of("rpc.service", "a", "rpc.method", "b"), of("rpc.method", "a/b")},
			{of("rpc.service", "a", "rpc.method", "a/b"), of("rpc.method", "a/b")},
		} {
			var r Result
			table.Translate(c.in.input(Client), &r)
			got := c.in.apply(&r)
			if o.KeepOld && len(c.in) > 1 {
				c.want = append(c.want, c.in[0])
			}
			if len(got) != len(c.want) || got.String() != c.want.String() {
				t.Errorf("%+v: %s became %s, want %s", o, c.in, got, c.want)
			}
		}
	}
}
