#!/usr/bin/env bash
# Runs everything: the Swift tests, then the end-to-end tests with the vendors' SDKs.
# Ends in one line: N passed, N failed.
set -u
cd "$(dirname "$0")/.."
results=.build/test-results
rm -rf "$results"
mkdir -p "$results"

swift test --explicit-target-dependency-import-check error \
  --xunit-output "$results/swift.xml"
.venv/bin/python -m pytest -c Tests/EndToEnd/pytest.ini Tests/EndToEnd -q -p no:cacheprovider -n 4 --dist loadfile \
  --junitxml "$results/end-to-end.xml"
exec python3 Tests/summary.py "$results"
