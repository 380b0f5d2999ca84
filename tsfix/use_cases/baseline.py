"""Known findings in a scan: what the baseline holds that is not found any more, not looked at, or past its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from tsfix.decisions import NO_TARGET, Decision, file_name
from tsfix.reports.report import ExportReport

_NAMED = 5
"""How many known findings a remark names."""


def known_remarks(
    decisions: Iterable[Decision], used: Iterable[object], exports: Sequence[ExportReport], today: str
) -> Iterator[str]:
    """What to say about the known findings of a run. ``used`` are the decisions that answered a finding."""
    of_use = set(used)
    unused = [decision for decision in decisions if decision.do == "known" and decision not in of_use]
    if not unused:
        return
    seen = _Seen(exports)
    over: list[Decision] = []
    gone: list[Decision] = []
    elsewhere: list[Decision] = []
    for decision in unused:
        if not decision.holds_on(today):
            over.append(decision)
        elif seen.looked_at(decision):
            gone.append(decision)
        else:
            elsewhere.append(decision)
    if over:
        yield f"The day is over for {_named(over)}. What is still found counts again."
    if gone:
        yield f"Not found any more: {_named(gone)}. Write the baseline anew, or take them out of it."
    if elsewhere:
        yield f"Not looked at in this run: {_named(elsewhere)}."


class _Seen:
    """The task sequences, files and targets of a run."""

    def __init__(self, exports: Sequence[ExportReport]) -> None:
        self._names = {
            name.casefold()
            for export in exports
            for item in export.task_sequences
            for name in (item.name, item.package_id)
        } | {file_name(export.file).casefold() for export in exports}
        self._targets = [NO_TARGET if export.target is None else export.target.label for export in exports]

    def looked_at(self, decision: Decision) -> bool:
        wanted = decision.task_sequence.casefold()
        named = wanted in self._names or any(fnmatchcase(name, wanted) for name in self._names if "*" in wanted)
        return named and any(decision.is_for(target) for target in self._targets)


def _named(found: Sequence[Decision]) -> str:
    """How many known findings, with the first few."""
    some = "; ".join(_about(decision) for decision in found[:_NAMED])
    more = f"; and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return f"{len(found):,} known {'finding' if len(found) == 1 else 'findings'} ({some}{more})"


def _about(decision: Decision) -> str:
    place = f"{decision.task_sequence}, {decision.step}" if decision.step else decision.task_sequence
    return f"{decision.rule} at {place}{f', {decision.about}' if decision.about else ''}"
