"""The checks: each looks at one task sequence and yields findings. Adding one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tsfix.checks import (
    boot_image,
    child_sequences,
    client_installers,
    client_package,
    client_properties,
    conditions,
    content,
    deployments,
    engine_programs,
    export_form,
    mdt_files,
    newer_features,
    newer_steps,
    references,
    removed_steps,
    secrets,
    size,
    third_party,
    two_halves,
    unknown_steps,
    user_state,
    variables,
    windows_images,
)
from tsfix.checks.advice import estate_findings, merged_estates
from tsfix.checks.after_effects import would_follow
from tsfix.checks.guards import with_guards
from tsfix.checks.replaced import with_replacements
from tsfix.checks.subject import Subject
from tsfix.findings import Finding

__all__ = ["CHECKS", "MDT_CHECKS", "Check", "estate_findings", "merged_estates", "run_checks"]

Check = Callable[[Subject], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "client-package": client_package.check,
    "client-properties": client_properties.check,
    "client-installers": client_installers.check,
    "user-state": user_state.check,
    "boot-image": boot_image.check,
    "windows-images": windows_images.check,
    "newer-steps": newer_steps.check,
    "newer-features": newer_features.check,
    "engine-programs": engine_programs.check,
    "removed-steps": removed_steps.check,
    "variables": variables.check,
    "conditions": conditions.check,
    "unknown-steps": unknown_steps.check,
    "third-party": third_party.check,
    "child-sequences": child_sequences.check,
    "references": references.check,
    "content": content.check,
    "two-halves": two_halves.check,
    "secrets": secrets.check,
    "size": size.check,
    "export-form": export_form.check,
    "deployments": deployments.check,
}


MDT_CHECKS: Mapping[str, Check] = {"mdt-files": mdt_files.check}
"""What is asked about a file of the Microsoft Deployment Toolkit: it is no export, and no site takes it."""


def run_checks(subject: Subject) -> tuple[Finding, ...]:
    """The findings of every check, worst first, then in the order of the sequence.

    What holds for a whole report, such as advice, is no part of it: see ``estate_findings``.
    """
    order = {"error": 0, "warning": 1, "info": 2}
    found = _found(subject)
    found = (*found, *would_follow(subject, found, _found))
    return tuple(sorted(found, key=lambda item: (order[item.severity], item.location.position, item.rule)))


def _found(subject: Subject) -> tuple[Finding, ...]:
    """What the checks find, each by itself."""
    checks = MDT_CHECKS if subject.exported.format == "mdt" else CHECKS
    found = tuple(with_guards(subject, (finding for check in checks.values() for finding in check(subject))))
    return tuple(with_replacements(subject, found))
