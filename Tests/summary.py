"""Adds up the JUnit files of a test run and prints `N passed, N failed`.

A runner that left no file (it crashed, or did not build) counts as one failure, and so does a file
without tests: a run that tested nothing must not look like one that passed.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# `swift test --xunit-output swift.xml` writes the results of Swift Testing to a second file.
EXPECTED = ["swift-swift-testing.xml", "end-to-end.xml"]


def count(path: Path) -> tuple[int, int]:
    """Returns how many test cases passed and how many failed."""
    if not path.exists():
        print(f"{path.stem}: no results", file=sys.stderr)
        return 0, 1
    passed = failed = 0
    for case in ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            print(f"failed: {case.get('classname')} {case.get('name')}")
        elif case.find("skipped") is None:
            passed += 1
    if passed + failed == 0:
        print(f"{path.stem}: no tests", file=sys.stderr)
        return 0, 1
    return passed, failed


def main() -> int:
    counts = [count(Path(sys.argv[1]) / name) for name in EXPECTED]
    passed = sum(passed for passed, _ in counts)
    failed = sum(failed for _, failed in counts)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
