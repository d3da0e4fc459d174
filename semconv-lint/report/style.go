package report

import (
	"io"
	"os"

	"golang.org/x/term"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Style is how text is written for people's eyes.
type Style struct {
	Color bool
	// Width is where lines are broken; 0: nowhere.
	Width int
}

// StyleOf is a terminal's. What is no terminal gets neither colours nor broken lines.
func StyleOf(w io.Writer, getenv func(string) string) Style {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return Style{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0
	}
	// https://no-color.org: any value but the empty one.
	return Style{Color: getenv("NO_COLOR") == "" && getenv("TERM") != "dumb", Width: width}
}

const (
	reset = "\x1b[0m"
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	green = "\x1b[32m"
)

var severityColors = [...]string{semconvlint.Note: "\x1b[36m", semconvlint.Warning: "\x1b[33m", semconvlint.Error: "\x1b[31m"}

func (s Style) paint(color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return color + text + reset
}
