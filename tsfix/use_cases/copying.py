"""Puts a finished copy in place, after it was built as it will lie on disk and read back once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tsfix.containers.copies import build_copy, reread
from tsfix.containers.found import FoundExport
from tsfix.containers.leftovers import sweep
from tsfix.containers.output import Placed, put_in_place
from tsfix.conversion import Outcome, Refused, Rewritten, Unchanged
from tsfix.errors import VerificationError
from tsfix.use_cases.exit_codes import EXIT_FINDINGS, EXIT_REFUSED
from tsfix.values import Location


def write_copy(
    found: FoundExport, outcome: Rewritten, place: Path, inputs: Sequence[Path], *, force: bool, dry_run: bool
) -> Placed | None:
    """Build the copy as it will lie on disk, read it back, compare it with what was verified, then put it in place.

    None for a dry run, which does everything but the last. Raises VerificationError when the built copy differs from
    the verified one, OutputError when it cannot be put in place.
    """
    built = build_copy(found, outcome.part_changes)
    back = reread(found, built)
    if list(back.parts.items()) != list(outcome.copy.parts.parts.items()):
        raise VerificationError(
            "The built copy, read back, does not hold the parts that were verified.",
            remedy="Nothing was written. This is a fault of tsfix: please send in the report.",
            location=Location(file=outcome.original.name),
        )
    return None if dry_run else put_in_place(place, built, force=force, inputs=inputs)


@contextmanager
def tidy(output_dir: Path) -> Iterator[None]:
    """When a run is stopped in the middle, take away what processes could not take away that were ended."""
    try:
        yield
    except KeyboardInterrupt:
        sweep(output_dir, below=True)
        raise


def outcome_code(outcome: Outcome) -> int:
    """Refused is 3. A copy with steps out of action, or with an error that is still true of it, ends with 1, never with 0."""
    if isinstance(outcome, Refused):
        return EXIT_REFUSED
    if isinstance(outcome, Unchanged):
        return 0
    taken_out = any(change.takes_out for change in outcome.changes)
    still_wrong = any(finding.blocking or finding.severity == "error" for finding in outcome.remaining)
    return EXIT_FINDINGS if taken_out or still_wrong else 0
