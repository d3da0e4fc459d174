package translate

import "github.com/koine-otel/koine/semconv/registry"

// notRenamedAlone are names that the registry calls renamed and that may not be
// renamed wherever they stand: labels of one metric each (anything may be called
// "state"), and a name whose target is usually there already with another meaning.
var notRenamedAlone = map[string]bool{"state": true, "pool.name": true, "tls.client.server_name": true}

// registryRenames are the registry's one to one renames, followed to the live name,
// of keys that no rule mentions.
func registryRenames(mentioned map[string]bool, o Options) []Rule {
	var renames []Rule
	for _, a := range o.registry().Attributes() {
		if a.Deprecation != registry.Renamed || mentioned[a.Key] || notRenamedAlone[a.Key] {
			continue
		}
		target := &a
		for target != nil && target.Deprecation == registry.Renamed && o.retired(&target.Retirement) {
			target = o.registry().Lookup(target.RenamedTo)
		}
		if target == nil || target == &a || o.retired(&target.Retirement) {
			continue
		}
		from, to := a.Key, target.Key
		if a.Type&registry.Template != 0 {
			from, to = from+".*", to+".*"
		}
		renames = append(renames, Rule{To: to, From: []Source{{Keys: []string{from}, places: anywhere}}, places: anywhere})
	}
	return renames
}
