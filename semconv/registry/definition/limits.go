package definition

// Every bound below is many times what the core registry needs (250 files, 1.4 MB,
// about 6,000 items) and far below what hurts.
const (
	maxFiles = 5000
	// maxFileSize is of one file, unpacked. YAML takes some fifty times its size in
	// memory while it is read.
	maxFileSize = 4 << 20
	// maxTotalSize is of all files of one registry, unpacked.
	maxTotalSize = 32 << 20
	// maxItems is how many groups, attributes, members and the like a registry may
	// have once aliases are followed: an alias bomb ends here.
	maxItems = 200_000
	// maxUses is how many attributes all signals may have once references are followed.
	maxUses = 1_000_000
	// maxFolders is how deep files may lie.
	maxFolders = 32
	// maxChain is how long a chain of extends, ref_group and refinements may be, and
	// how deep entity associations and merge keys may nest.
	maxChain = 64
	// maxDependencies is how long a chain of registries may be; Weaver's own bound.
	maxDependencies = 10
	// maxErrors is how many errors are reported before the rest is counted.
	maxErrors = 20
)
