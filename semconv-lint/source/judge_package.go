package source

import (
	"slices"
	"strings"
)

// convention judges the import of a package of constants.
func (j *Judge) convention(u *Use) []problem {
	newest, old := newestPackage(u)
	if !old {
		return nil
	}
	message := u.Key + " has the constants of older conventions"
	if newest != "" {
		message += ": " + newest + " has those of today"
	}
	if u.Lacks != nil && newest != "" {
		if lacking := u.Lacks(newest); len(lacking) > 0 {
			message += ", but not " + strings.Join(lacking[:min(len(lacking), maxLacking)], ", ") + ", or not with this meaning"
		}
	}
	return []problem{u.said(OldConventionPackage, newest, message, true).fixed(u.Rewrite)}
}

// maxLacking are told of the symbols that hinder an upgrade.
const maxLacking = 5

// optInWords are those that OTEL_SEMCONV_STABILITY_OPT_IN has by the conventions' migration
// guides; each but the last may have /dup.
var optInWords = []string{"http", "database", "messaging", "rpc", "code", "k8s", "gen_ai_latest_experimental"}

// optIn judges a word of OTEL_SEMCONV_STABILITY_OPT_IN.
func (j *Judge) optIn(u *Use) []problem {
	word := strings.TrimSpace(u.Key)
	if word == "" || slices.Contains(optInWords, strings.TrimSuffix(word, "/dup")) {
		return nil
	}
	return []problem{u.said(UnknownOptIn, "", word+" is no word of OTEL_SEMCONV_STABILITY_OPT_IN: there are "+strings.Join(optInWords, ", ")+", with /dup for both", true)}
}
