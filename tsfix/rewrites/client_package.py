"""Decides what takes the place of each client package, and drops the pre-production one."""

from __future__ import annotations

from collections.abc import Iterable

from tsfix.changes import Reason
from tsfix.checks.client_package import ClientReference, client_references
from tsfix.checks.subject import Subject
from tsfix.errors import UsageError
from tsfix.hierarchy import Replacement
from tsfix.request import CloneRequest
from tsfix.rewrites.new_reference import NewReference
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.values import PackageId

_RULES = {"client": "R1", "usmt": "R11", "boot-image": "R15"}
"""The rule that asks for another package, by what the hierarchy file calls the old one."""


def replacements(subjects: Iterable[Subject], request: CloneRequest) -> dict[str, NewReference]:
    """Which packages are replaced by which, keyed by old IDs in upper case.

    An explicit mapping wins over ``--client-package``, which replaces every client package that a step names; what the
    hierarchy file replaces at the target site comes last. Raises UsageError when a package that takes the place of
    another is to be replaced itself: a second run would change the copy again.
    """
    found: dict[str, NewReference] = {}
    subjects = tuple(subjects)
    for mapping in request.mappings:
        reason = Reason(rule=subjects[0].knowledge.rule("R46").id, text=f"you asked for {mapping.old} = {mapping.new}")
        found[mapping.old.upper()] = NewReference(
            package_id=mapping.new, name=mapping.new_name or mapping.new, same_object=False, reason=reason
        )
    chosen = {mapping.new.upper() for mapping in request.mappings}
    for subject in subjects:
        for reference in client_references(subject):
            key = reference.package_id.upper()
            new = _replacement(subject, reference, request)
            if new is not None and key not in found and key not in chosen and new.package_id.upper() != key:
                found[key] = new
    for replacement in _site_replacements(subjects[0]):
        found.setdefault(replacement.old.upper(), _at_the_site(subjects[0], replacement))
    _refuse_chains(found)
    return found


def _refuse_chains(found: dict[str, NewReference]) -> None:
    for old, new in found.items():
        further = found.get(new.package_id.upper())
        if further is not None:
            raise UsageError(
                f"{new.package_id} takes the place of {old}, and is itself to be replaced by {further.package_id}.",
                remedy=f"Map {old} to the package that it shall be in the end, and leave {new.package_id} alone.",
            )


def _replacement(subject: Subject, reference: ClientReference, request: CloneRequest) -> NewReference | None:
    if reference.pre_production:
        return None
    package, name = request.client_package, request.client_package_name
    if package is None:
        package, name = _from_hierarchy(subject, reference.package_id)
    if package is None:
        return None
    rule = subject.knowledge.rule("R1")
    verdict = reference.identity.verdict
    text = {
        "default": f"{reference.package_id} is the default client package; its client follows the newest site version",
        "pre-production": f"{reference.package_id} is the pre-production client package",
        "custom": f"the copy installs the client package chosen for {request.target.label}",
        "unknown": f"nothing says whether {reference.package_id} is the default client package",
    }[verdict]
    return NewReference(
        package_id=package,
        name=name or package,
        same_object=False,
        reason=Reason(rule=rule.id, text=text, sources=(rule.source,)),
    )


def _site_replacements(subject: Subject) -> tuple[Replacement, ...]:
    """What the hierarchy file replaces at the target site."""
    return subject.hierarchy.replacements_at(subject.target.site if subject.target is not None else None)


def _from_hierarchy(subject: Subject, package_id: PackageId) -> tuple[PackageId | None, str]:
    """What the hierarchy file says replaces the package at the target site."""
    for replacement in _site_replacements(subject):
        if replacement.old.upper() == package_id.upper():
            known = subject.hierarchy.package(replacement.new)
            return replacement.new, known.name if known else ""
    return None, ""


def _at_the_site(subject: Subject, replacement: Replacement) -> NewReference:
    old, new = subject.hierarchy.package(replacement.old), subject.hierarchy.package(replacement.new)
    rule = subject.knowledge.rule(_RULES.get(old.kind if old else "", "R46"))
    return NewReference(
        package_id=replacement.new,
        name=(new.name if new else "") or replacement.new,
        same_object=False,
        reason=Reason(
            rule=rule.id,
            text=f"the hierarchy file replaces {replacement.old} at {subject.target.site if subject.target else ''}",
            sources=(rule.source,),
        ),
    )


def drop_pre_production(subject: Subject, draft: SequenceDraft) -> None:
    """Take the pre-production client package out of every step that stands in the copy."""
    rule = subject.knowledge.rule("R4")
    for reference in client_references(subject):
        if reference.pre_production and not draft.gone(reference.step):
            reason = Reason(rule=rule.id, text="a piloting client is newer than the target", sources=(rule.source,))
            draft.remove_variable(reference.step, reference.variable, reason)
