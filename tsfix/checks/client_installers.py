"""Finds steps that install a client by themselves: ccmsetup, client.msi, a package that holds a client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec.structs import replace

from tsfix.checks.client_package import CLIENT_PACKAGE
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import newer_than_target, target_is_older
from tsfix.findings import Evidence, Finding
from tsfix.identity import Identity, identify
from tsfix.knowledge.context import Text
from tsfix.knowledge.sign_facts import Installer
from tsfix.task_sequence import Step
from tsfix.values import PackageId

_NO_INSTALL = frozenset(
    {"boot-image", "os-image", "os-upgrade-package", "driver-package", "application", CLIENT_PACKAGE}
)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 8: one finding for each step."""
    if subject.target is None or not target_is_older(subject):
        return
    installers = _installers(subject)
    for step in subject.steps:
        if step.kind == "subtasksequence":
            continue
        found, package = installers.get(step.element), _client_package(subject, step)
        default = _default_package(subject, step) if found is not None else None
        if found is not None and default is not None:
            yield _from_default(subject, step, found, default)
        elif package is not None:
            title = f'The step uses a package that holds a client: {package} "{subject.package_name(package)}"'
            yield _finding(subject, step, package, title)
        elif found is not None:
            installer, label = found
            title = f"The step runs {installer.what} by itself"
            yield _finding(subject, step, installer.id, title, Evidence(text=f"It stands in {label}."))


def _from_default(subject: Subject, step: Step, found: tuple[Installer, str], default: Identity) -> Finding:
    """The default client package brings the newer client here as surely as in the step that is meant for it."""
    installer, label = found
    called = f'{default.package_id} "{default.name}"' if default.name else default.package_id
    title = f"The step runs {installer.what} from the default client package {called}"
    evidence = (Evidence(text=f"It stands in {label}."), *default.evidence)
    finding = _finding(subject, step, default.package_id, title, *evidence)
    if not step.runs:
        return finding
    return replace(
        finding,
        severity="error",
        certainty=default.certainty,
        blocking=True,
        fix="decision",
        remedy=f"Put the package with the older client in its place: --map {default.package_id}=NEW.",
    )


def _default_package(subject: Subject, step: Step) -> Identity | None:
    """The default client package, where it is the one that the step's command runs in."""
    fact = subject.knowledge.identity(CLIENT_PACKAGE)
    for place in subject.places(step):
        if place.kind == "variable" and place.reference_kind not in _NO_INSTALL:
            for package_id in place.ids:
                found = identify(package_id, fact, subject.export, subject.exported, subject.hierarchy)
                if found.verdict == "default":
                    return found
    return None


def install_commands(subject: Subject) -> Iterator[tuple[Step, str]]:
    """Every line of a step that installs a client by itself."""
    for step, text, installers in _mentions(subject):
        if step.kind != "subtasksequence":
            for line in text.text.splitlines():
                if any(_installs_client(installer, line) for installer in installers):
                    yield step, line


def _finding(subject: Subject, step: Step, about: str, title: str, *evidence: Evidence) -> Finding:
    rule = subject.knowledge.rule("R8")
    return subject.finding(
        rule.id,
        rule.severity if step.runs else "info",
        subject=about,
        title=title,
        reason=rule.reason,
        remedy=rule.remedy,
        item=step,
        certainty="likely",
        sources=(rule.source,),
        evidence=evidence,
    )


def _client_package(subject: Subject, step: Step) -> PackageId | None:
    """A package of the step that holds a client, unless that client is known to be no newer than the target."""
    names = _pattern(subject.knowledge.signs.client_package_names)
    for place in subject.places(step):
        if place.kind != "variable" or place.reference_kind in _NO_INSTALL:
            continue
        for package_id in place.ids:
            known = subject.hierarchy.package(package_id)
            holds_client = known is not None and known.kind == "client"
            if holds_client or names.search(subject.package_name(package_id).strip()):
                held = known.client_version if known is not None else ""
                if newer_than_target(subject, held) is not False:
                    return package_id
    return None


def _mentions(subject: Subject) -> Iterator[tuple[Step, Text, list[Installer]]]:
    """Every text of a step that names something that installs a client, in the order of the sequence, with all it names."""
    known = {one.what.casefold(): one for one in subject.knowledge.signs.client_installers}
    for text in subject.context.texts_with(*known):
        if isinstance(text.item, Step) and not (text.in_condition or text.repeats):
            yield text.item, text, [installer for what, installer in known.items() if what in text.folded]


def _installers(subject: Subject) -> dict[int, tuple[Installer, str]]:
    """The first command of each step that installs a client, by the step's element, and the name of the text that holds it."""
    found: dict[int, tuple[Installer, str]] = {}
    for step, text, installers in _mentions(subject):
        for installer in installers:
            if any(_installs_client(installer, line) for line in text.text.splitlines()):
                found.setdefault(step.element, (installer, text.label))
    return found


def _installs_client(installer: Installer, line: str) -> bool:
    if not _pattern(installer.pattern).search(line):
        return False
    return not installer.unless or not _pattern(installer.unless).search(line)


@lru_cache(maxsize=32)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.MULTILINE)
