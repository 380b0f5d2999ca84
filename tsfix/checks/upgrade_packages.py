"""Tells whether an upgrade by a feature update can use an upgrade package instead, where a person has one."""

from __future__ import annotations

from msgspec.structs import replace

from tsfix.checks.out_of_action import out_of_action
from tsfix.checks.subject import Subject
from tsfix.findings import Finding, PackageAnswer
from tsfix.task_sequence import Step, Variable
from tsfix.values import StepType

UPGRADE = StepType("SMS_TaskSequence_UpgradeOperatingSystemAction")
FEATURE = "upgrade-os-feature-update"
"""The feature of the step that asks for it."""
ANSWER: PackageAnswer = "use-upgrade-package"
"""What a decision says."""
PACKAGE = "InstallPackageID"
UPDATE = "FeatureUpdateAssignmentId"
OF_THE_UPDATE = (UPDATE, "FeatureUpdateName")
"""Properties that a step with an upgrade package does not have; older versions know neither."""

_PACKAGE_VARIABLE = "OSDUpgradeInstallPackageID"
_REMEDY = (
    f'Name an upgrade package of the same Windows version: do = "{ANSWER}" in tsfix.toml, with its ID. The copy upgrades '
    "from it. Check in the console that edition and language of the package fit."
)


def obstacle(subject: Subject, step: Step) -> str:
    """What stands against an upgrade package in the step, in words; empty when it can take one."""
    if step.type != UPGRADE:
        return "it is no Upgrade Operating System step"
    held = {one.property.casefold(): one.value.strip() for one in step.variables if one.property}
    if not held.get(UPDATE.casefold()):
        return "it names no feature update"
    if len(held) < sum(bool(one.property) for one in step.variables):
        return "it has a variable twice"
    if held.get(PACKAGE.casefold()) or held.get("installpath"):
        return "it names a package or a folder besides the feature update"
    if out_of_action(step):
        return "an earlier copy took it out of action"
    fact = subject.knowledge.step(step.type)
    if fact is None or subject.target is None or subject.knowledge.step_age(fact, subject.target.version).newer:
        return "the target lacks the step"
    return "the step holds more than a site writes" if step.other else ""


def offered(subject: Subject, step: Step, finding: Finding) -> Finding:
    """The finding, with the offer of an upgrade package where the step can take one."""
    if finding.subject != FEATURE or finding.fix != "decision" or obstacle(subject, step):
        return finding
    return replace(finding, package_answer=ANSWER, remedy=_REMEDY)


def with_package(step: Step, package: str) -> Step:
    """The step with the package in place of the feature update; variables stay sorted by property, as sites write them."""
    kept = [one for one in step.variables if one.property not in (PACKAGE, *OF_THE_UPDATE)]
    held = step.property(PACKAGE)
    name = held.name if held is not None else _PACKAGE_VARIABLE
    new = Variable(
        name=name, property=PACKAGE, value=package, attributes=(("name", name), ("property", PACKAGE)), element=-1
    )
    return replace(step, variables=tuple(sorted((*kept, new), key=lambda one: one.property)))
