"""Says which findings the hierarchy file answers: those about a package that a copy replaces at the target's site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from tsfix.checks import boot_image, client_package, user_state, windows_images
from tsfix.checks.guards import with_guards
from tsfix.checks.subject import Subject
from tsfix.export import ExportedTaskSequence, ReferenceInfo
from tsfix.findings import Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import id_spans, reference_kind
from tsfix.task_sequence import Group, PackageProperty, Step, Variable
from tsfix.values import PackageId

_CHECKS = (client_package.check, user_state.check, boot_image.check, windows_images.check)
"""The checks that judge a package by what it is."""
_RULES = frozenset({"R1", "R2", "R3", "R4", "R5", "R11", "R12", "R15", "R16", "R18", "R21", "R23", "R30"})
"""Their rules whose subject is the package itself; another package answers these."""
_FOLLOWING = frozenset({"R13", "R19"})
"""Their rules about something else that such a package causes: the client that restores a state, the boot image's age."""

_News = Mapping[str, PackageId]
"""What takes the place of which package, by the old ID in upper case."""


def with_replacements(subject: Subject, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; those about a package that the target's site replaces are mended by a copy without a decision.

    The package that takes its place is judged in the same way. Where it is no better, the finding stays and says so.
    """
    found = tuple(findings)
    news = _news(subject)
    if not any(_is_about(finding, news) for finding in found):
        yield from found
        return
    after = tuple(with_guards(copied := _copied(subject, news), _judged(copied)))
    for finding in found:
        if _is_about(finding, news):
            yield _answered(finding, news[finding.subject.upper()], after)
        elif finding.rule in _FOLLOWING and not any(_is_same(finding, one) for one in after):
            remedy = "tsfix clone replaces the package that causes this, as the hierarchy file says."
            yield replace(finding, fix="automatic", remedy=remedy)
        else:
            yield finding


def _news(subject: Subject) -> _News:
    site = subject.target.site if subject.target is not None else None
    listed = subject.hierarchy.replacements_at(site)
    return {one.old.upper(): one.new for one in listed if one.old.upper() != one.new.upper()}


def _is_about(finding: Finding, news: _News) -> bool:
    return finding.rule in _RULES and finding.fix != "automatic" and finding.subject.upper() in news


def _is_same(one: Finding, other: Finding) -> bool:
    return (one.rule, one.subject, one.location.position) == (other.rule, other.subject, other.location.position)


def _judged(copied: Subject) -> Iterator[Finding]:
    for check in _CHECKS:
        yield from check(copied)


def _answered(finding: Finding, new: PackageId, after: tuple[Finding, ...]) -> Finding:
    """The finding as the replacement leaves it, judged by what is found about the new package at the same place."""
    place = finding.location.position
    left = [
        one
        for one in after
        if one.subject.upper() == new.upper() and one.location.position == place and one.severity != "info"
    ]
    titles = ". ".join(dict.fromkeys(one.title for one in left))
    if any(one.blocking or one.rule == finding.rule for one in left):
        return replace(finding, reason=f"The hierarchy file puts {new} in its place, but: {titles}. {finding.reason}")
    remedy = f"tsfix clone puts {new} in its place, as the hierarchy file says."
    return replace(finding, fix="automatic", replaced_by=new, remedy=remedy, trade_off=f"{titles}." if left else "")


def _copied(subject: Subject, news: _News) -> Subject:
    """The task sequence as far as the checks need it, with the new packages in the places of the old ones."""
    exported, export = subject.exported, subject.export
    new = _exported(subject, exported, news)
    return Subject(
        export=replace(
            export,
            task_sequences=tuple(
                new
                if one is exported
                else replace(one, references_info=tuple(_row(subject, row, news) for row in one.references_info))
                for one in export.task_sequences
            ),
            package_objects=tuple(one for one in export.package_objects if one.package_id.upper() not in news),
        ),
        exported=new,
        knowledge=subject.knowledge,
        target=subject.target,
        hierarchy=subject.hierarchy,
    )


def _exported(subject: Subject, exported: ExportedTaskSequence, news: _News) -> ExportedTaskSequence:
    old = exported.task_sequence
    sequence = replace(
        old.sequence, children=tuple(_item(item, subject.knowledge, news) for item in old.sequence.children)
    )
    return replace(
        exported,
        task_sequence=replace(
            old, sequence=sequence, properties=tuple(_boot_image(found, news) for found in old.properties)
        ),
        references_info=tuple(_row(subject, row, news) for row in exported.references_info),
    )


def _item(item: Group | Step, knowledge: KnowledgeBase, news: _News) -> Group | Step:
    if isinstance(item, Group):
        return replace(item, children=tuple(_item(child, knowledge, news) for child in item.children))
    fact = knowledge.step(item.type)
    return replace(
        item,
        variables=tuple(
            _variable(one, news) if reference_kind(fact, one) is not None else one for one in item.variables
        ),
    )


def _variable(variable: Variable, news: _News) -> Variable:
    value = variable.value
    for start, end in reversed(id_spans(value)):
        value = value[:start] + news.get(value[start:end].upper(), value[start:end]) + value[end:]
    return replace(variable, value=value)


def _boot_image(found: PackageProperty, news: _News) -> PackageProperty:
    if found.name.lower() != "bootimageid" or not isinstance(found.value, str):
        return found
    return replace(found, value=news.get(found.value.strip().upper(), found.value))


def _row(subject: Subject, row: ReferenceInfo, news: _News) -> ReferenceInfo:
    """The row as a copy writes it: the new package's name, and nothing that was known of the old one."""
    new = news.get(row.package_id.upper())
    if new is None:
        return row
    known = subject.hierarchy.package(new)
    name = (known.name if known is not None else "") or new
    return replace(row, package_id=new, name=name, description="", version="")
