package treesitter

// The binding hands every allocation of the parser to Go and back, which takes a fifth of a
// parse's time. C's own functions are what it calls in the end.

// #include <stddef.h>
// void ts_set_allocator(void *(*)(size_t), void *(*)(size_t, size_t), void *(*)(void *, size_t), void (*)(void *));
// static void allocate_in_c(void) { ts_set_allocator(NULL, NULL, NULL, NULL); }
import "C"

func init() { C.allocate_in_c() }
