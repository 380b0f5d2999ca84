"""Explains every difference between an original and a copy of it, or a re-export of that copy: whose work is it? Pure.

What neither tsfix nor a site does by itself stays unexplained, and that is what the person has to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from tsfix.checks.dynamic_rules import is_rules
from tsfix.checks.out_of_action import MARK, is_marked_from
from tsfix.checks.subject import Subject
from tsfix.checks.two_halves import action_fits
from tsfix.comparison.differences import Comparison, Detail, Difference
from tsfix.masking import is_masked_name
from tsfix.places import child_call, shown_names
from tsfix.proof.explained import (
    LISTS,
    OLDER_LACK,
    OTHER_ORDER,
    REPLACED,
    TARGET_LACKS,
    UNEXPLAINED,
    By,
    Explained,
    without_values,
)
from tsfix.proof.named_packages import NamedPackages, as_decided, ids_of
from tsfix.proof.outside_of_steps import OutsideOfSteps
from tsfix.proof.replaced_ids import ID, Pair, Replaced
from tsfix.proof.same_meaning import same_but_for_site, same_rules, same_script, same_tests
from tsfix.proof.settings import can_be_left_out, is_newer_attribute, newer_settings
from tsfix.proof.written_as_groups import groups_for_steps, moved_into_its_group, named_by_pasted, part_of_group
from tsfix.rewrites.new_steps import undecided
from tsfix.rewrites.reference_order import named_by, named_in
from tsfix.task_sequence import Group, Step, TaskSequence
from tsfix.values import Position

BOTH_FOLDERS = "give verify the folder of the copies and the folder of the originals"


def explain(
    pair: Pair,
    changed: Replaced,
    subject: Subject,
    comparison: Comparison,
    shown: Comparison,
    decided: frozenset[Position] = frozenset(),
    packages: NamedPackages | None = None,
) -> tuple[Explained, ...]:
    """Explain the differences of one task sequence.

    ``subject`` is the original's, with the target where one is known; ``shown`` is the comparison with secrets masked;
    ``decided`` has the positions of what the person decided to remove, ``packages`` those of the steps whose scripts shall
    run from a package.
    """
    explainer = _Explainer(pair, changed, subject, decided, packages or {})
    return tuple(
        item
        for difference, visible in zip(comparison.differences, shown.differences, strict=True)
        for item in explainer.difference(difference, visible)
    )


class _Explainer:
    """What is known about one pair, for the explanation of its differences."""

    def __init__(
        self, pair: Pair, changed: Replaced, subject: Subject, decided: frozenset[Position], packages: NamedPackages
    ) -> None:
        self._decided = decided
        self._packages = packages
        self._changed = changed
        self._file = pair.before.location.file
        self._subject = subject
        self._before = _items(pair.before.task_sequence)
        self._after = _items(pair.after.task_sequence)
        self._tests: dict[Position, bool] = {}
        self._placeholders = {
            item.name for item in self._after.values() if isinstance(item, Step) and item.disabled and _is_marked(item)
        }
        self._absent = tuple(self._calls_of_absent())
        self._absent_at = {step.position: words for step, words in self._absent}
        self._gone = self._calls_that_are_gone()
        self._newer = newer_settings(subject)
        self._groups = tuple(groups_for_steps(pair, self._after.values(), subject.knowledge, changed))
        self._outside = OutsideOfSteps(
            changed=changed,
            used=_used(pair.after.task_sequence),
            added=named_by_pasted(self._groups, self._after.values()) | ids_of(packages),
            subject=subject,
        )
        self._cannot_run = (
            {entry.item.position for entry in undecided(subject, also_disabled=True)}
            if subject.target is not None
            else set()
        )

    def difference(self, difference: Difference, visible: Difference) -> Iterator[Explained]:
        """Explain all details of one difference; ``visible`` is what may be shown of it."""
        place = visible.after_path or visible.before_path
        details = tuple(zip(difference.details, visible.details, strict=True))
        if difference.what in ("step", "group"):
            if difference.kind in ("added", "removed") or moved_into_its_group(self._groups, difference):
                yield self._one_sided(difference, visible)
                return
            if difference.kind in ("moved", "moved-and-changed"):
                yield without_values("unexplained", "a group or step stands elsewhere", place, "place", difference.kind)
            placeholder: bool = self._is_placeholder(difference)
            for detail, shown in details:
                by, kind = self._in_step(difference, detail)
                if placeholder:
                    by, kind = "tsfix", "placeholder"
                yield self._of(by, kind, place, shown)
            return
        for detail, shown in details:
            by, kind = self._outside.explain(difference, detail)
            yield self._of(by, kind, (), shown)

    def _of(self, by: By, kind: str, place: tuple[str, ...], detail: Detail) -> Explained:
        return Explained(
            by=by,
            kind=kind,
            place=place,
            label=detail.label,
            field=detail.field,
            before=detail.before,
            after=detail.after,
        )

    def _one_sided(self, difference: Difference, visible: Difference) -> Explained:
        place, name = visible.after_path or visible.before_path, visible.name
        as_group = part_of_group(self._groups, difference)
        if as_group:
            return without_values("tsfix", as_group, place, name, difference.kind)
        item = self._after.get(difference.after_position) if difference.kind == "added" else None
        if item is not None and _is_marked(item) and isinstance(item, Step) and item.disabled:
            return without_values("tsfix", "placeholder", place, name, difference.kind)
        if difference.kind == "removed" and _is_in(difference.before_position, self._decided):
            return without_values("tsfix", "taken out: you decided so", place, name, difference.kind)
        if difference.kind == "removed" and self._gave_way(difference):
            return without_values("tsfix", "taken out: the target cannot run it", place, name, difference.kind)
        absent = self._of_an_absent_child(difference)
        if absent:
            return without_values("unexplained", absent, place, name, difference.kind)
        kind = "a group or step is missing" if difference.kind == "removed" else "a group or step was added"
        return without_values("unexplained", kind, place, name, difference.kind)

    def _of_an_absent_child(self, difference: Difference) -> str:
        """Whose content it may be, in words: it stands in the place of a call of a child whose copy is not given."""
        path = difference.after_path or difference.before_path
        calls = [self._gone[path[:end]] for end in range(len(path) + 1) if path[:end] in self._gone]
        return f"content that may come from {min(calls)[1]}" if calls else ""

    def _calls_that_are_gone(self) -> dict[tuple[str, ...], tuple[int, str]]:
        """Of the calls without a copy of their child those that the copy has no more: number and words by their paths."""
        stand = {(item.path, item.type) for item in self._after.values() if isinstance(item, Step)}
        gone: dict[tuple[str, ...], tuple[int, str]] = {}
        for number, (step, words) in enumerate(self._absent):
            if (step.path, step.type) not in stand:
                gone.setdefault(step.path, (number, words))
        return gone

    def _calls_of_absent(self) -> Iterator[tuple[Step, str]]:
        """The calls of task sequences whose copies are not given, each with where to look for them."""
        for step in self._subject.task_sequence.sequence.steps():
            call = child_call(step, self._subject.knowledge.step(step.type))
            if call is not None and call.child not in self._changed.copies:
                yield step, f"the task sequence {call.child}, of which no copy is here: {BOTH_FOLDERS}"

    def _gave_way(self, difference: Difference) -> bool:
        """A step that the target cannot run, or in whose place a placeholder of the same name stands."""
        return _is_in(difference.before_position, self._cannot_run) or difference.name in self._placeholders

    def _is_placeholder(self, difference: Difference) -> bool:
        old, new = self._before.get(difference.before_position), self._after.get(difference.after_position)
        return (
            isinstance(old, Step)
            and isinstance(new, Step)
            and old.type != new.type
            and new.disabled
            and new.description.startswith(MARK)
        )

    def _in_step(self, difference: Difference, detail: Detail) -> tuple[By, str]:
        old, new = self._before[difference.before_position], self._after[difference.after_position]
        field = detail.field
        rewritten = field in ("attribute:type", "action") or field.startswith(("variable:", "order:"))
        if (
            isinstance(old, Step)
            and isinstance(new, Step)
            and rewritten
            and old.type != new.type
            and same_script(old, new)
        ):
            return "tsfix", "an inline script as a command line that runs the same script"
        decided = as_decided(self._packages.get(old.position), old, new, field)
        if decided:
            return "tsfix", decided
        if field in ("attribute:disable", "attribute:description"):
            if not _is_marked(old) and is_marked_from(old.description, new.description):
                return "tsfix", "out of action, with the reason in the description"
        elif field == "action":
            return self._action(old, new, detail)
        elif field.startswith("order:"):
            return "site", OTHER_ORDER
        elif field.startswith("condition"):
            if self._same_tests(old, new):
                return "tsfix", "a test written in the form of older versions"
        elif field.startswith("variable:"):
            return self._variable(old, detail)
        elif field.startswith("attribute:") and (difference.before_position, field.partition(":")[2]) in self._newer:
            return "tsfix", TARGET_LACKS
        if field.startswith("attribute:") and is_newer_attribute(old, field.partition(":")[2], detail, self._subject):
            return "tsfix", OLDER_LACK
        return "unexplained", UNEXPLAINED

    def _same_tests(self, old: Group | Step, new: Group | Step) -> bool:
        """Compared once for all places in which the two conditions differ: there may be thousands."""
        if old.position not in self._tests:
            self._tests[old.position] = same_tests(old.condition, new.condition)
        return self._tests[old.position]

    def _action(self, old: Group | Step, new: Group | Step, detail: Detail) -> tuple[By, str]:
        if self._substituted(detail.before or "") == (detail.after or ""):
            return "tsfix", REPLACED
        if not isinstance(old, Step) or not isinstance(new, Step):
            return "unexplained", UNEXPLAINED
        fact = self._subject.knowledge.step(new.type)
        if fact is None or not fact.action_history or not action_fits(new, fact):
            return "unexplained", "the action line does not follow the settings of the step"
        if any(
            feature.downlevel.cut and re.search(feature.downlevel.cut, old.action) for feature in fact.features
        ) and len(new.action) < len(old.action):
            return "tsfix", "a switch that older versions lack"
        return "site", "the site wrote the action line anew, from the settings of the step"

    def _variable(self, old: Group | Step, detail: Detail) -> tuple[By, str]:
        name = detail.field.partition(":")[2].partition("@")[0].partition("#")[0]
        if "@" in detail.field or "/" in detail.field:
            return "unexplained", UNEXPLAINED
        before, after = detail.before or "", detail.after or ""
        if detail.kind == "changed" and self._same_objects(before, after):
            return "tsfix", REPLACED
        if isinstance(old, Step) and self._repeats_child(old, name, before, after):
            return "tsfix", LISTS
        if detail.kind == "changed" and isinstance(old, Step) and self._shows_replaced(old, name):
            return "tsfix", "the name of a replaced package"
        if before and not after and is_masked_name(name) and detail.kind == "changed":
            return "site", "an import leaves secrets empty: type the value again"
        if (old.position, name) in self._newer:
            return "tsfix", TARGET_LACKS
        if isinstance(old, Step) and name in self._installation(old) and self._for_the_site(before, after):
            return "tsfix", "site and servers in the client's installation"
        if is_rules(name) and same_rules(before, after):
            return "tsfix", "a test written in the form of older versions"
        if self._subject.target is None and isinstance(old, Step) and can_be_left_out(old, name, detail, self._subject):
            return "tsfix", OLDER_LACK
        if old.position in self._absent_at:
            return "unexplained", f"a call repeats what its child needs; that is {self._absent_at[old.position]}"
        return "unexplained", UNEXPLAINED

    def _repeats_child(self, step: Step, name: str, before: str, after: str) -> bool:
        """Tell whether a call repeats what the copy of its child needs besides what the child needed."""
        call = child_call(step, self._subject.knowledge.step(step.type))
        child = self._changed.as_copied(call.child, self._file) if call is not None else None
        if call is None or child is None or all(one.name != name for one in call.roll_ups):
            return False
        had = {one for one in self._substituted(before).upper().split(",") if one}
        has = {one for one in after.upper().split(",") if one}
        return had <= has and has - had <= {str(one.package).upper() for one in child.sequence.references}

    def _shows_replaced(self, step: Step, name: str) -> bool:
        return any(
            shown.name == name and holder.value.strip().upper() in self._changed.packages
            for holder, shown in shown_names(step)
        )

    def _installation(self, step: Step) -> set[str]:
        """The names of the step's variables that hold properties of the client's installation."""
        names = set(self._subject.knowledge.signs.client_installation.variables)
        named = step.property("VariableName")
        return names | ({"VariableValue"} if named is not None and named.value.strip() in names else set())

    def _for_the_site(self, before: str, after: str) -> bool:
        facts = self._subject.knowledge.signs.client_installation.properties
        return same_but_for_site(before, after, [fact.name for fact in facts if fact.site_key])

    def _same_objects(self, before: str, after: str) -> bool:
        """The same text with new IDs and names, or the same list with new IDs, without what nothing needs any more."""
        text = self._substituted(before)
        if text == after:
            return True
        if any(text.replace(old, new) == after for old, new in self._changed.names.items()):
            return True
        items, left = [item.strip() for item in text.split(",")], [item.strip() for item in after.split(",") if item]
        all_ids = all(ID.fullmatch(item) for item in items) or "/" in text
        return all_ids and len(items) > 1 and set(left) <= set(items)

    def _substituted(self, text: str) -> str:
        return self._changed.substituted(text)


def _items(task_sequence: TaskSequence) -> dict[Position, Group | Step]:
    return {item.position: item for item in task_sequence.sequence.walk()}


def _is_in(position: Position, groups: Set[Position]) -> bool:
    """Tell whether a group or step is one of these or stands in one of them."""
    return any(position[:end] in groups for end in range(1, len(position) + 1))


def _is_marked(item: Group | Step) -> bool:
    return MARK in item.description


def _used(task_sequence: TaskSequence) -> frozenset[str]:
    """What the enabled steps name, in upper case, and the boot image."""
    texts: list[str] = []
    boot_image = task_sequence.property("BootImageID")
    if boot_image is not None and isinstance(boot_image.value, str):
        texts.append(boot_image.value)
    return named_by(task_sequence.sequence.steps()) | named_in(texts)
