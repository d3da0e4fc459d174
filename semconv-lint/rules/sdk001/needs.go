package sdk001

// need is the least version of a runtime from a version of an SDK on.
type need struct{ sdk, runtime version }

// gap is versions of a runtime, from one to before another, that are above the least and yet not
// supported from a version of the SDK on.
type gap struct{ sdk, from, before version }

// needs are by telemetry.sdk.language, newest first. They are what the packages themselves declare,
// as the registries had it on 2026-11-27, each minor release of the SDK looked at around a change:
//
//   - go: the go directive in the go.mod of go.opentelemetry.io/otel/sdk, to 1.47.0 (Go module proxy)
//   - nodejs: engines of @opentelemetry/sdk-trace-base, to 2.12.1 (npm)
//   - python: Requires-Python of opentelemetry-sdk, 1.0.0 of 2021-03-26 to 1.45.2 of 2026-10-29 (PyPI);
//     it rose with 1.13.0 (2022-09-26), 1.23.0 (2024-02-23), 1.34.0 (2025-06-04) and 1.42.0 (2026-05-19)
//
// An SDK older than the last has no entry; a newer one than those needs what the first does, or more.
var needs = map[string][]need{
	"go": {
		{version{1, 47}, version{1, 26}}, {version{1, 42}, version{1, 25}}, {version{1, 39}, version{1, 24}}, {version{1, 36}, version{1, 23}},
		{version{1, 30}, version{1, 22}}, {version{1, 25}, version{1, 21}}, {version{1, 18}, version{1, 20}}, {version{1, 15}, version{1, 19}},
		{version{1, 11}, version{1, 18}}, {version{1, 8}, version{1, 17}}, {version{1, 3}, version{1, 16}}, {version{1, 0}, version{1, 15}},
	},
	"nodejs": {{version{2, 0}, version{18, 19}}, {version{1, 4}, version{14, 0}}, {version{1, 2}, version{8, 12}}, {version{1, 0}, version{8, 0}}},
	"python": {
		{version{1, 42}, version{3, 10}}, {version{1, 34}, version{3, 9}}, {version{1, 23}, version{3, 8}}, {version{1, 13}, version{3, 7}},
		{version{1, 0}, version{3, 6}},
	},
}

// gaps are of the same declarations: Node.js has ^18.19.0 || >=20.6.0.
var gaps = map[string][]gap{
	"nodejs": {{version{2, 0}, version{19, 0}, version{20, 6}}},
}
