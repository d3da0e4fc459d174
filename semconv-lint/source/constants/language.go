package constants

import (
	"embed"
	"strings"
	"sync"
)

//go:embed tables/*.gz
var tables embed.FS

// languages are those with a table. Those that share packages share it.
var languages = func() map[string]func() *table {
	byName := map[string]func() *table{}
	for _, l := range []string{"cpp", "csharp", "go", "java", "js", "php", "python", "ruby", "rust"} {
		byName[l] = sync.OnceValue(func() *table { return open("tables/" + l + ".gz") })
	}
	for l, as := range map[string]string{
		"kotlin": "java", "scala": "java", "groovy": "java",
		"javascript": "js", "typescript": "js", "tsx": "js", "jsx": "js",
		"golang": "go", "c++": "cpp", "c#": "csharp",
	} {
		byName[l] = byName[as]
	}
	return byName
}()

var none = &table{byName: func() []int32 { return nil }}

func tableOf(language string) *table {
	if t, ok := languages[language]; ok {
		return t()
	}
	return none
}

// makesAttributes says whether a package's functions and variables are attributes rather than
// texts: Go's are.
func makesAttributes(pkg string) bool {
	return strings.HasPrefix(pkg, "go.opentelemetry.io/otel/semconv/")
}
