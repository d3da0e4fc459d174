package source

// Unignored leaves out the findings that a comment of the content ignores, for those who judge
// files without a Linter.
func Unignored(file string, content []byte, findings []Finding) []Finding {
	kept, _ := ignoresOf(file, content).apply(findings)
	return kept
}
