"""Finds steps that install a client by themselves: ccmsetup, client.msi, a package that holds a client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tsfix.checks.client_package import CLIENT_PACKAGE
from tsfix.checks.subject import Subject
from tsfix.checks.surroundings import newer_than_target, target_is_older
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.context import inline_script
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
    installers = _mentioned(subject)
    for step in subject.steps:
        if step.kind == "subtasksequence":
            continue
        package = _client_package(subject, step)
        if package is not None:
            title = f'The step uses a package that holds a client: {package} "{subject.package_name(package)}"'
            yield _finding(subject, step, package, title)
            continue
        found = _installer(step, installers)
        if found is not None:
            installer, label = found
            title = f"The step runs {installer.what} by itself"
            yield _finding(subject, step, installer.id, title, Evidence(text=f"It stands in {label}."))


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


def _mentioned(subject: Subject) -> list[Installer]:
    """The installers that any text of the task sequence names: most have none, and need no look at each step."""
    text = subject.context.text
    return [one for one in subject.knowledge.signs.client_installers if one.what.casefold() in text]


def _installer(step: Step, installers: list[Installer]) -> tuple[Installer, str] | None:
    """The first command of the step that installs a client, and the name of the text that holds it."""
    for label, text in _commands(step) if installers else ():
        for installer in installers:
            if any(_installs_client(installer, line) for line in text.splitlines()):
                return installer, label
    return None


def _commands(step: Step) -> Iterator[tuple[str, str]]:
    for variable in step.variables:
        script = inline_script(variable.value)
        if script is not None:
            yield "the script", script
        else:
            yield f"the setting {variable.property or variable.name}", variable.value
    if not step.variables:
        yield "the action line", step.action


def _installs_client(installer: Installer, line: str) -> bool:
    if not _pattern(installer.pattern).search(line):
        return False
    return not installer.unless or not _pattern(installer.unless).search(line)


@lru_cache(maxsize=32)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.MULTILINE)
