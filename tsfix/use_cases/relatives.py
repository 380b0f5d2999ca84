"""Brings parents and children together that stand in different exports of one run, and tells the result as of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tsfix.containers.discover import open_candidate
from tsfix.containers.found import FoundExport
from tsfix.errors import TsfixError
from tsfix.export import Borrowed, Export, ExportedTaskSequence, Parts, Withheld
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.export import MARKER, read_export
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS
from tsfix.places import child_calls
from tsfix.reports.report import Task
from tsfix.use_cases.survey import Home
from tsfix.values import PackageId

if TYPE_CHECKING:
    from tsfix.conversion import Outcome

Convert = Callable[[Export], "Outcome"]
"""What becomes of an export that has its children with it. Raises what a conversion raises."""

_MOST_KEPT = 32
"""So many exports stay in memory for the next parent that calls a task sequence of theirs."""


class Converted(Struct, frozen=True, kw_only=True):
    """What became of an export that was converted together with its children elsewhere."""

    outcome: Outcome
    """As of the export alone."""
    calls: tuple[str, ...] = ()
    """The calls in its copy that lead to copies in other files, in words."""


_CALLS = (
    "These steps call task sequences whose copies are in other files. Import those files first. The site gives every "
    "imported task sequence an ID of its own: then open each step and choose the imported child."
)


def with_calls(tasks: tuple[Task, ...], calls: tuple[str, ...]) -> tuple[Task, ...]:
    """The tasks after an import, with what has to be done about calls that lead to other files; that comes second."""
    return (*tasks[:1], Task(rule="R47", text=_CALLS, places=calls), *tasks[1:]) if calls else tasks


class _State(Struct, frozen=True, kw_only=True):
    """What becomes of an export that holds a child."""

    copied: bool = False
    refused: str = ""
    """Why it gets no copy, as a sentence, though it needs one."""


class Relatives(Struct, frozen=True, kw_only=True):
    """The children that exports of a run call and other exports of the run hold.

    It keeps what it read and found out; nothing of that changes an answer, and a new process begins anew.
    """

    knowledge: KnowledgeBase
    homes: Mapping[str, Home] = field(default_factory=dict)
    """By upper-case ID."""
    _exports: dict[Home, Export | str] = field(default_factory=dict)
    _states: dict[Home, _State] = field(default_factory=dict)
    _under_way: list[str] = field(default_factory=list)
    """The exports whose state is being found out, by name; one that needs itself goes in circles."""

    def known_to(self, export: Export) -> Export:
        """The export with every child that another export of the run holds, for checks."""
        return self._widened(export, None, frozenset())

    def convert(self, export: Export, convert: Convert, left_out: frozenset[str] = frozenset()) -> Converted:
        """Convert an export together with its children elsewhere, and tell the outcome as of this export alone.

        A child that its own export copies is called by the ID of that copy; one that needs no copy is called as before; one
        that gets no copy stands in the way. ``left_out`` are children (upper-case IDs) that stay foreign.
        """
        wide = self._widened(export, convert, left_out)
        outcome = convert(wide)
        if wide is export:
            return Converted(outcome=outcome)
        # A scan has no use for this, and it takes longer to import than it takes.
        from tsfix.use_cases.alone import alone, foreign_calls

        return Converted(outcome=alone(outcome, export), calls=foreign_calls(outcome, self.knowledge))

    def _widened(self, export: Export, convert: Convert | None, left_out: frozenset[str]) -> Export:
        waiting = self._called(export.task_sequences, left_out)
        if not any(child in self.homes for child in waiting):
            return export
        here = {str(item.task_sequence.package_id).upper() for item in export.task_sequences}
        parts = dict(export.parts.parts)
        files: dict[str, str] = {}
        kept: set[str] = set()
        withheld: list[Withheld] = []
        seen: set[str] = set()
        near: dict[str, Home] = {}
        """Where the children of a child stand: beside it, if they are there."""
        while waiting:
            child = waiting.pop(0)
            if child in here or child in seen:
                continue
            seen.add(child)
            home = near.get(child) or self.homes.get(child)
            if home is None:
                continue
            lent = self._task_sequence(home, child)
            if isinstance(lent, str):
                withheld.append(Withheld(package_id=PackageId(child), name="", file=home.export, reason=lent))
                continue
            source, exported = lent
            state = self._state(home, convert, left_out) if convert is not None else _State(copied=True)
            if state.refused:
                name = exported.task_sequence.name
                withheld.append(
                    Withheld(package_id=PackageId(child), name=name, file=home.export, reason=state.refused)
                )
                continue
            own = _lent_parts(source, exported, parts)
            if own is None:
                continue
            parts |= own
            files |= dict.fromkeys(own, home.export)
            if not state.copied:
                kept.add(next(name for name in own if name.endswith("/object.xml")))
            near |= {str(item.task_sequence.package_id).upper(): home for item in source.task_sequences}
            waiting.extend(self._called((exported,), left_out))
        borrowed = Borrowed(files=files, kept=frozenset(kept), withheld=tuple(withheld))
        if not files and not withheld:
            return export
        return read_export(Parts(name=export.name, kind=export.parts.kind, parts=parts, borrowed=borrowed))

    def _called(self, task_sequences: tuple[ExportedTaskSequence, ...], left_out: frozenset[str]) -> list[str]:
        calls = (call.child for item in task_sequences for call in child_calls(item.task_sequence, self.knowledge))
        return [child for child in dict.fromkeys(calls) if child not in left_out]

    def _task_sequence(self, home: Home, child: str) -> tuple[Export, ExportedTaskSequence] | str:
        """The child and its export; a sentence where it cannot be read."""
        export = self._export(home)
        if isinstance(export, str):
            return export
        for item in export.task_sequences:
            if str(item.task_sequence.package_id).upper() == child and item.format == "object-xml":
                return export, item
        problem = next((item.message for item in export.problems), "It is not there any more.")
        return f"It cannot be read: {problem}"

    def _export(self, home: Home) -> Export | str:
        if home not in self._exports:
            if len(self._exports) >= _MOST_KEPT:
                del self._exports[next(iter(self._exports))]
            self._exports[home] = _read(home)
        return self._exports[home]

    def _state(self, home: Home, convert: Convert, left_out: frozenset[str]) -> _State:
        """What becomes of the export that holds a child; found out here, so that no order of the work can matter."""
        if home in self._states:
            return self._states[home]
        if home.export in self._under_way:
            return _State(refused="The two exports call each other. Export them together, into one file.")
        export = self._export(home)
        assert isinstance(export, Export)
        from tsfix.use_cases.alone import is_copied, refusal

        self._under_way.append(home.export)
        try:
            outcome = self.convert(export, convert, left_out).outcome
            state = _State(copied=is_copied(outcome), refused=refusal(outcome))
        except TsfixError as error:
            state = _State(refused=f"It cannot be converted: {error.message}")
        finally:
            self._under_way.pop()
        if not self._under_way or not state.refused:
            # In the middle of a circle a refusal may only be that of the way by which one came.
            self._states[home] = state
        return state


def _read(home: Home) -> Export | str:
    for found in open_candidate(home.candidate):
        if isinstance(found, FoundExport):
            if found.parts.name == home.export:
                return read_export(found.parts)
        elif found.location.file == home.export:
            return f"It cannot be read: {getattr(found, 'message', found.location.file)}"
    return "Its export is not there any more."


def _lent_parts(source: Export, exported: ExportedTaskSequence, there: Mapping[str, bytes]) -> dict[str, bytes] | None:
    """The parts of a child as they stand beside the parent's; None where these names are taken."""
    parts = source.parts.parts
    folder = f"{TASK_SEQUENCE_CLASS}/{str(exported.task_sequence.package_id).upper()}/"
    taken = {name.casefold() for name in there}
    if source.parts.kind == "single-file":
        own = {f"{folder}object.xml": parts[exported.part]}
    else:
        old = exported.part[: -len("object.xml")]
        own = {folder + name[len(old) :]: data for name, data in parts.items() if name.startswith(old)}
        own = {
            (f"{folder}object.xml" if name.lower() == f"{folder}object.xml".lower() else name): own[name]
            for name in own
        }
    if any(name.casefold() in taken for name in own):
        return None
    if not any(name.endswith(MARKER.casefold()) for name in taken):
        own |= {name: data for name, data in parts.items() if name.rsplit("/", 1)[-1].casefold() == MARKER.casefold()}
    return own
