#!/bin/sh
# A hook that stops a commit whose tests emit what breaks the semantic conventions. For
# pre-commit, or without it: ln -s ../../pre-commit.sh .git/hooks/pre-commit
#
# Only what was not there before stops it where there is a baseline. SEMCONV_LINT_COMMAND is what
# to run; git commit --no-verify goes past it.
set -eu
if ! command -v semconv-lint >/dev/null; then
	echo "pre-commit: semconv-lint is not there: go install github.com/koine-otel/koine/cmd/semconv-lint@latest" >&2
	exit 2
fi
set -- run
if [ -f semconv-baseline.json ]; then
	set -- "$@" --baseline semconv-baseline.json
fi
# The command is words, not one word.
# shellcheck disable=SC2086
exec semconv-lint "$@" -- ${SEMCONV_LINT_COMMAND:-go test -count=1 ./...}
