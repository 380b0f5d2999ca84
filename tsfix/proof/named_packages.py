"""Explains what decisions say about packages that a person made: for the script of a step, or for an upgrade."""

from __future__ import annotations

from collections.abc import Mapping

from tsfix.checks.upgrade_packages import OF_THE_UPDATE, PACKAGE, UPDATE, UPGRADE
from tsfix.proof.same_meaning import SCRIPT_IN_PACKAGE, script_from_package
from tsfix.task_sequence import Group, Step
from tsfix.values import Position

NamedPackages = Mapping[Position, tuple[str, str]]
"""Package and file that a decision names, by the position of the step in the original; no file for an upgrade."""


def ids_of(packages: NamedPackages) -> frozenset[str]:
    """The packages in upper case."""
    return frozenset(package.upper() for package, _ in packages.values())


def as_decided(named: tuple[str, str] | None, old: Group | Step, new: Group | Step, field: str) -> str:
    """What kind of change a difference of a step belongs to, in words; empty when no decision asks for it."""
    if named is None or not isinstance(old, Step) or not isinstance(new, Step):
        return ""
    package, file = named
    name = field.partition(":")[2].partition("@")[0]
    properties = {one.property for one in (*old.variables, *new.variables) if one.name == name}
    if not file:
        return (
            "an upgrade package in place of a feature update: you decided so"
            if field.startswith("variable:") and properties & {PACKAGE, *OF_THE_UPDATE} and _upgrades(old, new, package)
            else ""
        )
    rewritten = field in ("attribute:type", "action") or field.startswith(("variable:", "order:"))
    moved = old.type != new.type or bool(properties & SCRIPT_IN_PACKAGE)
    if rewritten and moved and script_from_package(old, new, package, file):
        return "a script that runs from a package now: you decided so"
    return ""


def _upgrades(old: Step, new: Step, package: str) -> bool:
    held = new.property(PACKAGE)
    named = held is not None and held.value == package
    return old.type == new.type == UPGRADE and named and new.property(UPDATE) is None
