package translate

import (
	"slices"
	"strconv"
	"strings"
)

// grpcMethod splits a call's path: /package.Service/Method, with or without the first
// slash. One without a service is a method.
func grpcMethod(s string) (service, method string) {
	s = strings.TrimPrefix(s, "/")
	if slash := strings.LastIndexByte(s, '/'); slash >= 0 {
		return s[:slash], s[slash+1:]
	}
	return "", s
}

// grpcStatusNumber is the number of a status code's name, as rpc.grpc.status_code had it.
func grpcStatusNumber(s string) (string, outcome) {
	name, o := grpcStatus(s)
	if o != converted {
		return "", o
	}
	n := slices.Index(grpcStatusNames[:], name)
	if n < 0 {
		return "", invalid
	}
	return strconv.Itoa(n), converted
}

// openCensusMethod reads what OpenCensus calls a method in a span's name, with dots only:
// package.Service.Method.
func openCensusMethod(part func(service, method string) string) func(string) (string, outcome) {
	return func(s string) (string, outcome) {
		dot := strings.LastIndexByte(s, '.')
		if dot <= 0 || dot == len(s)-1 || strings.ContainsAny(s, "/ ") {
			return "", invalid
		}
		return part(s[:dot], s[dot+1:]), converted
	}
}
