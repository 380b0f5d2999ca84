"""Tells whether the inline script of a step can run from a package instead, where a person makes one for it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tsfix.checks.equivalent_steps import EquivalentStep, newer_in_use
from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.script_command import command_line
from tsfix.checks.subject import Subject
from tsfix.findings import Finding
from tsfix.knowledge.context import inline_script
from tsfix.knowledge.matching import in_use
from tsfix.task_sequence import Step, Variable

_SCRIPT = "SourceScript"
_NAMES = {"PackageID": "OSDRunPowerShellScriptPackageID", "ScriptName": "OSDRunPowerShellScriptScriptName"}
"""How the step names its package and the script in it: the variable of each property, as sites write them."""
_ANY = ("ABC00001", "Script.ps1")

REMEDY = (
    'Make a package for the script, and say do = "use-package" in tsfix.toml with its ID: the copy runs the script from '
    "there, and clone writes the script beside the copy as a file to put into the package."
)


class PackagedScript(Struct, frozen=True, kw_only=True):
    """What running the script of one step from a package comes to, for one target."""

    text: str = ""
    """The script; empty where it cannot be had."""
    as_command: bool = False
    """True where the target lacks the step type, or a setting of the step that Run Command Line has."""
    obstacle: str = ""
    """What stands against it, in words; empty when it can be done."""


def packaged_script(subject: Subject, step: Step) -> PackagedScript:
    """Tell whether the step's inline script can run from a package at the target, and in which form.

    Checks ask before they offer it, and the rewrite asks before it does it. A script in a file may ask for its own folder,
    take any parameters and be signed, so less stands against it than against an encoded command.
    """
    fact, held = subject.knowledge.step(step.type), step.property(_SCRIPT)
    if fact is None or subject.target is None or held is None or not held.value.strip():
        return PackagedScript(obstacle="the step holds no script of its own")
    if out_of_action(step):
        return PackagedScript(obstacle="an earlier copy took it out of action")
    if subject.exported.format == "mdt":
        return PackagedScript(obstacle="a task sequence of the Microsoft Deployment Toolkit names packages otherwise")
    properties = [one.property.casefold() for one in step.variables if one.property]
    if len(set(properties)) < len(properties):
        return PackagedScript(obstacle="the step has a variable twice")
    text = inline_script(held.value)
    if text is None:
        return PackagedScript(obstacle="the inline script cannot be read")
    if step.other:
        return PackagedScript(obstacle="the step holds more than a site writes")
    named = step.property("PackageID")
    if named is not None and named.value.strip():
        return PackagedScript(obstacle="the step names a package besides its script")
    for feature in fact.features:
        if feature.downlevel.rewrite or feature.behaviour_only or feature.severity != "error":
            continue
        if in_use(feature, step, subject.context):
            return PackagedScript(obstacle=f"the step also uses {feature.property}")
    others = [feature for feature in newer_in_use(subject, fact, step) if feature.property != _SCRIPT]
    as_command = subject.knowledge.step_age(fact, subject.target.version).newer or bool(others)
    obstacle = command_line(from_package(step, *_ANY)).obstacle if as_command else ""
    return PackagedScript(text=text, as_command=as_command, obstacle=obstacle)


def offered(subject: Subject, found: EquivalentStep | None, finding: Finding) -> Finding:
    """The finding about a step, with the offer of a package where no rewrite is made and a package would help."""
    if found is None or not found.obstacle or found.rewrite != "command-line":
        return finding
    if packaged_script(subject, found.step).obstacle:
        return finding
    return replace(finding, package_answer="use-package", remedy=REMEDY)


def from_package(step: Step, package: str, file: str) -> Step:
    """The step with a script of a package in place of its own; variables stay sorted by property, as sites write them."""
    values = {"PackageID": package, "ScriptName": file}
    kept = [one for one in step.variables if one.property != _SCRIPT and one.property not in values]
    new = [
        Variable(
            name=_NAMES[prop],
            property=prop,
            value=value,
            attributes=(("name", _NAMES[prop]), ("property", prop)),
            element=-1,
        )
        for prop, value in values.items()
    ]
    return replace(step, variables=tuple(sorted((*kept, *new), key=lambda one: one.property)))
