package config

import "slices"

// Scope is where a run looked: one configuration and one baseline serve runs on the telemetry of
// some services and runs on source.
type Scope struct {
	// Services are those that sent telemetry.
	Services []string
	// Source says whether files of the repository were linted; Paths, where it is not nil, says
	// which of them.
	Source bool
	Paths  func(path string) bool
}

func (s *Scope) has(f *Fingerprint) bool {
	if f.Path != "" {
		return s.Source && (s.Paths == nil || s.Paths(f.Path))
	}
	return !s.Source && slices.Contains(s.Services, f.Service)
}

// concerns is whether a suppression might have matched something: one without a path may be meant
// for telemetry, one with a path is for source.
func (s *Scope) concerns(sup *Suppression) bool {
	if s.Source {
		return sup.Path != "" && s.Paths == nil
	}
	return sup.Path == "" && (sup.Service == "" || slices.ContainsFunc(s.Services, func(service string) bool { return Match(sup.Service, service) }))
}
