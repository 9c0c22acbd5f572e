"""Run every benchmark, or those named on the command line (`python -m benchmarks http`)."""

from __future__ import annotations

import subprocess
import sys

NAMES = ("engine", "http", "jobs", "lists", "documents", "pages")


def main() -> int:
    names = sys.argv[1:] or NAMES
    unknown = set(names) - set(NAMES)
    if unknown:
        sys.exit(f"Expected one of {', '.join(NAMES)}, but got {', '.join(sorted(unknown))}")
    # A process each: what one loads must not weigh on the next.
    return max(subprocess.call([sys.executable, "-m", f"benchmarks.{name}"]) for name in names)


if __name__ == "__main__":
    sys.exit(main())
