package translate

import "github.com/koine-otel/koine/semconv/registry"

// notRenamedAlone are names that the registry calls renamed and that may not be
// renamed wherever they stand: a label of one metric with a dot in its name, and a name
// whose target is usually there already with another meaning.
var notRenamedAlone = map[string]bool{"pool.name": true, "tls.client.server_name": true}

// registryRenames are the registry's one to one renames, followed to the name in use at
// the target, of keys that no rule mentions. Bare words are labels of one metric each:
// anything else may be called "state".
func registryRenames(mentioned map[string]bool, f *formers) []Rule {
	var renames []Rule
	all := f.options.registry().Attributes()
	for i := range all {
		a := &all[i]
		if a.Deprecation == registry.Live || mentioned[a.Key] || notRenamedAlone[a.Key] || bare(a.Key) {
			continue
		}
		from, to := a.Key, f.successor(a.Key)
		if to == "" || to == from {
			continue
		}
		if a.Type&registry.Template != 0 {
			from, to = from+".*", to+".*"
		}
		renames = append(renames, Rule{To: to, From: []Source{{Keys: []string{from}, places: anywhere}}, places: anywhere})
	}
	return renames
}
