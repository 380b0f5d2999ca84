"""Wording of a diff that its renderers share: what an entry is about, in which order, and how many there are."""

from __future__ import annotations

from tsfix.comparison.differences import Counts, Detail, Difference
from tsfix.reports.diff_report import DiffReport, DiffSide, PartDiff, TaskSequenceDiff, TaskSequenceSide
from tsfix.reports.outline import number_of
from tsfix.reports.words import count

KIND_WORDS = {
    "changed": "changed",
    "moved": "moved",
    "moved-and-changed": "moved and changed",
    "added": "added",
    "removed": "removed",
}
KIND_SIGNS = {"changed": "~", "moved": ">", "moved-and-changed": ">~", "added": "+", "removed": "-"}
"""For readers who see no colours, and for a quick look down the margin."""

WHAT_WORDS = {
    "package": "Properties of the task sequence",
    "task-sequence": "The sequence as a whole",
    "references": "Reference lists, which repeat what the steps refer to",
}
_BOOKKEEPING = frozenset({"LastRefreshTime", "SedoObjectVersion", "SourceDate", "SourceSite", "SourceVersion"})
"""Properties of the object that say when and where it was saved; so do those that start with two underscores."""

_EASY_TO_COMPARE = 400
"""Two conditions with no more characters than this are compared by eye."""

PATH_SEPARATOR = " > "
WHITE_SPACE_NOTE = "White space between elements and the order of attributes are no difference."


def verdict(report: DiffReport) -> str:
    """The whole answer in one sentence."""
    summary = report.summary
    if report.same_bytes:
        return "EQUAL: the two files are the same, byte for byte."
    if not (summary.pairs or summary.only_before or summary.only_after):
        return "NOTHING COMPARED: no task sequence could be read."
    if report.problems and not (report.before.task_sequences and report.after.task_sequences):
        word = "after" if report.before.task_sequences else "before"
        return f"NOT COMPARED: no task sequence could be read from the {word} side."
    if report.equal:
        rest = " Something could not be read: see below." if report.problems else ""
        return f"EQUAL: the task sequences say the same; only the bytes of the files differ.{rest}"
    return f"DIFFERENT: {count(summary.entries, 'entry', 'entries')}."


def counts_words(counts: Counts) -> str:
    """``3 changed, 1 moved``; empty parts are left out."""
    found = (
        (counts.changed, "changed"),
        (counts.moved, "moved"),
        (counts.moved_and_changed, "moved and changed"),
        (counts.added, "added"),
        (counts.removed, "removed"),
    )
    return ", ".join(f"{number:,} {word}" for number, word in found if number) or "no difference"


def summary_lines(report: DiffReport) -> tuple[str, ...]:
    """What was compared and how it came out, one statement each."""
    summary = report.summary
    equal = f", {summary.equal_pairs:,} of them without a difference" if summary.equal_pairs else ""
    pairs = f"{count(summary.pairs, 'pair')} of task sequences compared{equal}"
    lines = [pairs if summary.pairs else "No two task sequences belong together"]
    if summary.only_before:
        lines.append(f"{count(summary.only_before, 'task sequence')} only before")
    if summary.only_after:
        lines.append(f"{count(summary.only_after, 'task sequence')} only after")
    total = Counts(
        changed=summary.changed,
        moved=summary.moved,
        moved_and_changed=summary.moved_and_changed,
        added=summary.added,
        removed=summary.removed,
    )
    if total.total:
        lines.append(f"Groups, steps and settings: {counts_words(total)}")
    if summary.parts:
        lines.append(f"{count(summary.parts, 'other part')} of the exports")
    return tuple(lines)


def named(side: TaskSequenceSide) -> str:
    """Name and package ID of a task sequence."""
    return f"{side.name}  [{side.package_id}]" if side.package_id else side.name


def size_words(side: TaskSequenceSide) -> str:
    """How large a task sequence is: ``12 steps in 1 group``."""
    return f"{count(side.steps, 'step')} in {count(side.groups, 'group')}"


def digest_note(side: DiffSide) -> str:
    """What the hash of a side is taken over, where that is not one file; else empty."""
    return "" if side.digest_of == "file" else "over the files in it"


def equal_pairs(report: DiffReport) -> tuple[TaskSequenceDiff, ...]:
    """The pairs to be listed as being without a difference; none where the files are the same anyway."""
    return () if report.same_bytes else tuple(pair for pair in report.pairs if pair.comparison.identical)


def pair_heading(pair: TaskSequenceDiff) -> str:
    """What the section about a pair is called: the name after, which is the one that is about to be imported."""
    return named(pair.after)


def pair_was(pair: TaskSequenceDiff) -> str:
    """What the task sequence was called before, where that differs; else empty."""
    return "" if named(pair.before) == named(pair.after) else named(pair.before)


def paired_words(pair: TaskSequenceDiff) -> str:
    """Why the two are compared, where it is not plain."""
    match pair.paired_by:
        case "package ID and name":
            return ""
        case "the only ones":
            return "paired as the only ones left"
        case "position":
            return "paired by their position in the exports, because neither ID nor name is the same"
        case by:
            return f"paired by {by}"


def place_number(difference: Difference) -> str:
    """Where a group or step stands, ``1.2`` or, moved, ``1.2 -> 1.5``; empty for other parts."""
    before, after = number_of(difference.before_position), number_of(difference.after_position)
    if difference.kind in ("moved", "moved-and-changed"):
        return f"{before} -> {after}"
    return after or (f"was {before}" if before else "")


def place_path(difference: Difference) -> str:
    """The names of the groups and of the step; for other parts what they are."""
    path = difference.after_path or difference.before_path
    if not path:
        return WHAT_WORDS.get(difference.what, difference.name)
    return PATH_SEPARATOR.join(name or "(no name)" for name in path)


def moved_from(difference: Difference) -> str:
    """The groups that a moved group or step stood in, where they are others; else empty."""
    before, after = difference.before_path[:-1], difference.after_path[:-1]
    if difference.kind not in ("moved", "moved-and-changed") or before == after:
        return ""
    return PATH_SEPARATOR.join(before) or "the top level"


def shown_details(difference: Difference) -> tuple[Detail, ...]:
    """The details that people read; the JSON form has all of them.

    What the site writes by itself stands last. Left out are: of what was added or removed, name and type, which stand in
    the heading of the entry, and what is empty; of a condition, the places that its words hold already.
    """
    one_sided = difference.kind in ("added", "removed")
    words = next((found for found in difference.details if found.field == "condition"), None)
    found_details = sorted(difference.details, key=is_bookkeeping)
    return tuple(
        found
        for found in found_details
        if not (
            one_sided and (found.field in ("attribute:name", "attribute:type") or not (found.before or found.after))
        )
        and not (words is not None and found is not words and _is_said(found, words))
    )


def is_bookkeeping(detail: Detail) -> bool:
    """Tell whether a detail is what every save or every other site writes anew by itself: read it last."""
    subject, _, name = detail.field.partition(":")
    if subject.startswith("object-other"):
        return True
    return subject == "package-property" and (name.startswith("__") or name in _BOOKKEEPING)


def _is_said(place: Detail, words: Detail) -> bool:
    """Tell whether a place in a condition is said by the words for the whole of it, which are short enough to compare."""
    if not place.field.startswith("condition/") or len(words.before or "") + len(words.after or "") > _EASY_TO_COMPARE:
        return False
    return (place.before or "") in (words.before or "") and (place.after or "") in (words.after or "")


def ordered(pair: TaskSequenceDiff) -> tuple[Difference, ...]:
    """The entries as a person reads them: the task sequence, its groups and steps, and then what repeats the steps."""
    found = pair.comparison.differences
    return tuple(item for item in found if item.what != "references") + tuple(
        item for item in found if item.what == "references"
    )


def part_names(part: PartDiff) -> str:
    """The part's name, both names where they differ."""
    if part.before_part and part.after_part and part.before_part != part.after_part:
        return f"{part.before_part} -> {part.after_part}"
    return part.after_part or part.before_part
