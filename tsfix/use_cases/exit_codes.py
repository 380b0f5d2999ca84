"""The exit codes that a use case can end with. Faults that end a run at once have theirs in ``errors.py``."""

from __future__ import annotations

EXIT_FINDINGS = 1
"""Something was found: an error in a scan, a difference, steps out of action in a copy."""
EXIT_REFUSED = 3
"""There is no copy: a person has to decide first."""
EXIT_UNREADABLE = 4
"""Not everything could be read."""
EXIT_FAULT = 70
"""A fault of tsfix itself."""
