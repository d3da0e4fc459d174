package source

// Unignored leaves out the findings that a comment of the content ignores, for those who judge
// files without a Linter.
func Unignored(content []byte, findings []Finding) []Finding {
	kept, _ := ignoresOf(content).apply(findings)
	return kept
}
