"""Runs a fuzz target: ``python -m tests.fuzzing TARGET --seconds 60``; see docs/how-to/test-more-deeply.md."""

from __future__ import annotations

import sys

from tests.fuzzing.runner import main

if __name__ == "__main__":
    sys.exit(main())
