// Package reuse keeps memory between one use and the next.
package reuse

// Zeroed is a slice of n zeros, in the memory of an old one that is not needed any more, if that
// is long enough.
func Zeroed[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	old = old[:n]
	clear(old)
	return old
}
