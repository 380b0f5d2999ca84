"""Explains every difference between an original and a copy of it, or a re-export of that copy: whose work is it? Pure.

What neither tsfix nor a site does by itself stays unexplained, and that is what the person has to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tsfix.checks.dynamic_rules import is_rules
from tsfix.checks.newer_features import newer_features, newer_sequence_features
from tsfix.checks.newer_steps import newer_steps
from tsfix.checks.out_of_action import MARK, is_marked_from
from tsfix.checks.subject import Subject
from tsfix.checks.two_halves import action_fits
from tsfix.comparison.differences import Comparison, Detail, Difference
from tsfix.masking import MASK, is_masked_name
from tsfix.places import child_calls
from tsfix.proof.replaced_ids import ID, Pair, Replaced
from tsfix.proof.same_meaning import same_items, same_rules, same_script, same_tests
from tsfix.task_sequence import Group, Step, TaskSequence
from tsfix.values import Position

By = Literal["tsfix", "site", "unexplained"]
"""``tsfix``: a kind of change that tsfix plans; ``site``: what a site changes when it imports, saves or exports."""

_OWN_PROPERTIES = frozenset({"Name", "PackageID", "__PATH", "__RELPATH", "Description"})
_SITE_PROPERTIES = frozenset(
    {
        *(
            "SourceDate",
            "SourceSite",
            "SourceVersion",
            "LastRefreshTime",
            "TransformAnalysisDate",
            "TransformReadiness",
        ),
        *("ReferencesCount", "PackageSize", "StoredPkgVersion", "SedoObjectVersion", "ObjectPath", "SecuredScopeNames"),
        *("__SERVER", "__NAMESPACE", "__PROPERTY_COUNT", "__PATH", "__RELPATH", "PackageID", "Name", "ISVString"),
    }
)
"""Dates, counters and places that a site writes anew; the name is what the person chose in the import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One difference, and whose work it is."""

    by: By
    kind: str
    """What kind of change it is, in words; the same words for the same kind."""
    place: tuple[str, ...]
    """The names of the groups and of the step; empty for what concerns the whole."""
    label: str
    field: str
    before: str | None
    after: str | None


def explain(
    pair: Pair, changed: Replaced, subject: Subject, comparison: Comparison, shown: Comparison
) -> tuple[Explained, ...]:
    """Explain the differences of one task sequence.

    ``subject`` is the original's, with the target where one is known; ``shown`` is the comparison with secrets masked.
    """
    explainer = _Explainer(pair, changed, subject)
    return tuple(
        item
        for difference, visible in zip(comparison.differences, shown.differences, strict=True)
        for item in explainer.difference(difference, visible)
    )


class _Explainer:
    """What is known about one pair, for the explanation of its differences."""

    def __init__(self, pair: Pair, changed: Replaced, subject: Subject) -> None:
        self._changed = changed
        self._subject = subject
        self._before = _items(pair.before.task_sequence)
        self._after = _items(pair.after.task_sequence)
        self._used = _used(pair.after.task_sequence)
        self._newer = _newer_variables(subject)
        self._pasted = tuple(self._pastes(pair.before.task_sequence))
        self._newer_steps = (
            {newer.step.position for newer in newer_steps(subject)} if subject.target is not None else set()
        )

    def difference(self, difference: Difference, visible: Difference) -> Iterator[Explained]:
        """Explain all details of one difference; ``visible`` is what may be shown of it."""
        place = visible.after_path or visible.before_path
        details = tuple(zip(difference.details, visible.details, strict=True))
        if difference.what in ("step", "group"):
            if difference.kind in ("added", "removed"):
                yield self._one_sided(difference, visible)
                return
            if difference.kind in ("moved", "moved-and-changed"):
                yield _explained("unexplained", "a group or step stands elsewhere", place, "place", difference.kind)
            placeholder: bool = self._is_placeholder(difference)
            for detail, shown in details:
                by, kind = self._in_step(difference, detail)
                if placeholder:
                    by, kind = "tsfix", "placeholder"
                yield self._of(by, kind, place, shown)
            return
        for detail, shown in details:
            by, kind = self._outside(difference, detail)
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
        if self._is_pasted(difference):
            return _explained("tsfix", "a child pasted into its parent as a group", place, name, difference.kind)
        item = self._after.get(difference.after_position) if difference.kind == "added" else None
        if item is not None and _is_marked(item) and isinstance(item, Step) and item.disabled:
            return _explained("tsfix", "placeholder", place, name, difference.kind)
        if difference.kind == "removed" and self._gave_way(difference):
            return _explained("tsfix", "taken out: the target cannot run it", place, name, difference.kind)
        kind = "a group or step is missing" if difference.kind == "removed" else "a group or step was added"
        return _explained("unexplained", kind, place, name, difference.kind)

    def _pastes(self, before: TaskSequence) -> Iterator[tuple[Position, Position]]:
        """Calls of children and the groups in their places that hold exactly what the child's copy holds."""
        groups = [item for item in self._after.values() if isinstance(item, Group)]
        for call in child_calls(before, self._subject.knowledge):
            child = self._changed.copies.get(call.child)
            for group in groups:
                if (
                    child is not None
                    and group.path == call.step.path
                    and same_items(group.children, child.sequence.children)
                ):
                    yield call.step.position, group.position

    def _is_pasted(self, difference: Difference) -> bool:
        if difference.kind == "removed":
            return any(difference.before_position == call for call, _ in self._pasted)
        return any(difference.after_position[: len(group)] == group for _, group in self._pasted)

    def _gave_way(self, difference: Difference) -> bool:
        """A step that the target cannot run, or in whose place a placeholder of the same name stands."""
        if difference.before_position in self._newer_steps:
            return True
        return any(
            item.name == difference.name and _is_marked(item) and isinstance(item, Step) and item.disabled
            for item in self._after.values()
        )

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
        if field in ("attribute:disable", "attribute:description"):
            if not _is_marked(old) and is_marked_from(old.description, new.description):
                return "tsfix", "out of action, with the reason in the description"
        elif field == "action":
            return self._action(old, new, detail)
        elif field.startswith("order:"):
            return "site", "the site wrote lists in another order"
        elif field.startswith("condition"):
            if same_tests(old.condition, new.condition):
                return "tsfix", "a test written in the form of older versions"
        elif field.startswith("variable:"):
            return self._variable(old, detail)
        elif field.startswith("attribute:") and (difference.before_position, field.partition(":")[2]) in self._newer:
            return "tsfix", "a setting that the target lacks"
        if field.startswith("attribute:") and self._is_newer_attribute(old, field.partition(":")[2], detail):
            return "tsfix", "a setting that older versions lack"
        return "unexplained", "changed by neither tsfix nor a site"

    def _is_newer_attribute(self, item: Group | Step, name: str, detail: Detail) -> bool:
        fact = self._subject.knowledge.step(item.type) if isinstance(item, Step) else None
        own = fact.features if fact is not None else ()
        return self._subject.target is None and any(
            feature.match.name == name and feature.downlevel.set_value == detail.after
            for feature in (*self._subject.knowledge.sequence_features(), *own)
            if feature.match.where == "attribute"
        )

    def _action(self, old: Group | Step, new: Group | Step, detail: Detail) -> tuple[By, str]:
        if self._substituted(detail.before or "") == (detail.after or ""):
            return "tsfix", "a package was replaced by another"
        if not isinstance(old, Step) or not isinstance(new, Step):
            return "unexplained", "changed by neither tsfix nor a site"
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
            return "unexplained", "changed by neither tsfix nor a site"
        before, after = detail.before or "", detail.after or ""
        if detail.kind == "changed" and self._same_objects(before, after):
            return "tsfix", "a package was replaced by another"
        if before and not after and is_masked_name(name) and detail.kind == "changed":
            return "site", "an import leaves secrets empty: type the value again"
        if (old.position, name) in self._newer:
            return "tsfix", "a setting that the target lacks"
        if is_rules(name) and same_rules(before, after):
            return "tsfix", "a test written in the form of older versions"
        if (
            self._subject.target is None
            and isinstance(old, Step)
            and _can_be_left_out(old, name, detail, self._subject)
        ):
            return "tsfix", "a setting that older versions lack"
        return "unexplained", "changed by neither tsfix nor a site"

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

    def _outside(self, difference: Difference, detail: Detail) -> tuple[By, str]:
        what, _, rest = detail.field.partition(":")
        if difference.what == "references":
            return self._reference(what, rest, detail)
        if what == "package-property":
            return self._property(rest, detail)
        if what == "order":
            return "site", "the site wrote lists in another order"
        if what == "attribute" and rest == "version":
            return "tsfix", "version of the sequence"
        if what == "attribute" and rest == "name":
            return "tsfix", "name and ID of the copy"
        return "unexplained", "changed by neither tsfix nor a site"

    def _property(self, name: str, detail: Detail) -> tuple[By, str]:
        if name in ("Name", "PackageID", "__PATH", "__RELPATH"):
            return "tsfix", "name and ID of the copy"
        if name == "BootImageID" and self._substituted(detail.before or "") == detail.after:
            return "tsfix", "a package was replaced by another"
        if name == "Description" and MARK.strip("[ ") in (detail.after or ""):
            return "tsfix", "description of the copy"
        if name == "ReferencesCount":
            return "tsfix", "lists of what the steps refer to"
        if name in _SITE_PROPERTIES:
            return "site", "the site wrote dates and counters anew"
        if detail.kind in ("added", "removed"):
            return "site", "the site writes another number of properties"
        return "unexplained", "changed by neither tsfix nor a site"

    def _reference(self, what: str, rest: str, detail: Detail) -> tuple[By, str]:
        if what == "order":
            return "site", "the site wrote lists in another order"
        name = rest.partition("@")[0].partition("#")[0].upper()
        lists = "lists of what the steps refer to"
        if detail.kind == "removed" and (name in self._changed.packages or name not in self._used):
            return "tsfix", lists
        if detail.kind == "added" and (name in self._changed.packages.values() or name in self._used):
            return "tsfix" if name in self._changed.packages.values() else "site", lists
        return "unexplained", "a list disagrees with what the steps use"


def _explained(by: By, kind: str, place: tuple[str, ...], label: str, field: str) -> Explained:
    return Explained(by=by, kind=kind, place=place, label=label, field=field, before=None, after=None)


def _items(task_sequence: TaskSequence) -> dict[Position, Group | Step]:
    return {item.position: item for item in task_sequence.sequence.walk()}


def _is_marked(item: Group | Step) -> bool:
    return MARK in item.description


def _used(task_sequence: TaskSequence) -> frozenset[str]:
    """What the enabled steps name, in upper case, and the boot image."""
    texts: list[str] = []
    for step in task_sequence.sequence.steps():
        if step.runs:
            texts += [step.action, *(variable.value for variable in step.variables)]
    boot_image = task_sequence.property("BootImageID")
    if boot_image is not None and isinstance(boot_image.value, str):
        texts.append(boot_image.value)
    return frozenset(found.upper() for text in texts for found in re.findall(r"[\w/-]+", text))


def _newer_variables(subject: Subject) -> frozenset[tuple[Position, str]]:
    """Variables and attributes that the target lacks, by step and name."""
    if subject.target is None:
        return frozenset()
    found: set[tuple[Position, str]] = set()
    for newer in newer_features(subject):
        found |= {(newer.step.position, item.name) for item in (*newer.carriers, *newer.neutral)}
        if newer.feature.match.where == "attribute":
            found.add((newer.step.position, newer.feature.match.name))
    for whole in newer_sequence_features(subject, "step-attribute"):
        if whole.item is not None:
            found.add((whole.item.position, whole.feature.match.name))
    return frozenset(found)


def _can_be_left_out(step: Step, name: str, detail: Detail, subject: Subject) -> bool:
    """Without a target: the knowledge base calls the variable a newer setting that a copy may leave out or reset."""
    fact = subject.knowledge.step(step.type)
    variable = next((item for item in step.variables if item.name == name), None)
    if fact is None or variable is None or detail.before == MASK:
        return False
    return any(
        feature.property
        and feature.property.lower() == variable.property.lower()
        and (detail.kind == "removed" or feature.downlevel.set_value == detail.after)
        for feature in fact.features
    )
