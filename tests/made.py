"""Exports for the tests of the core, made to measure with the builder of the fixtures, and short ways to clone them."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from msgspec.structs import replace

FIXTURES = Path(__file__).parents[1] / "fixtures"
if str(FIXTURES) not in sys.path:
    sys.path.insert(0, str(FIXTURES))

from builder import child_sequences, osd_steps, state_steps, steps  # noqa: E402
from builder import conditions as on  # noqa: E402
from builder.contoso import CHQ, CLIENT, CLIENT_PACKAGE, KNOWN, SCRIPTS  # noqa: E402
from builder.export_content import Application, Content, Known, Package, Site, TaskSequence  # noqa: E402
from builder.export_parts import export_parts  # noqa: E402
from builder.markup import Element, one_line, pretty  # noqa: E402
from builder.sequence import Group, Reference, Step, sequence_element  # noqa: E402
from builder.steps import package  # noqa: E402

from tsfix.checks import run_checks  # noqa: E402
from tsfix.checks.subject import Subject  # noqa: E402
from tsfix.conversion import Outcome, Refused, Rewritten, Unchanged, clone  # noqa: E402
from tsfix.export import Export, ExportedTaskSequence, Parts  # noqa: E402
from tsfix.findings import Finding  # noqa: E402
from tsfix.hierarchy import Hierarchy, KnownPackage, PackageKind  # noqa: E402
from tsfix.knowledge.base import KnowledgeBase  # noqa: E402
from tsfix.knowledge.load import load  # noqa: E402
from tsfix.parse.export import read_export  # noqa: E402
from tsfix.places import live_places  # noqa: E402
from tsfix.request import CloneRequest, NewSteps, PackageMapping, Target  # noqa: E402
from tsfix.values import PackageId, SiteCode  # noqa: E402

__all__ = [
    "CHQ",
    "CLIENT",
    "CLIENT_PACKAGE",
    "SCRIPTS",
    "Application",
    "Element",
    "Group",
    "Known",
    "Package",
    "Reference",
    "Site",
    "Step",
    "child_sequences",
    "on",
    "osd_steps",
    "state_steps",
    "steps",
]

LAB = replace(CHQ, usmt="00000000")
"""A site without a USMT package of its own."""


@cache
def knowledge() -> KnowledgeBase:
    return load()


def sequence(
    package_id: str, name: str, *items: Group | Step, boot_image: str = "", version: str = "3.10"
) -> TaskSequence:
    return TaskSequence(id=package_id, name=name, items=items, boot_image=boot_image, sequence_version=version)


def parts(
    *sequences: TaskSequence,
    known: tuple[Known, ...] = (),
    packages: tuple[Package, ...] = (),
    applications: tuple[Application, ...] = (),
    site: Site = LAB,
) -> dict[str, bytes]:
    """The parts of an export with these task sequences; their own rows are known without being listed."""
    own = tuple(Known(id=found.id, name=found.name, type=4) for found in sequences)
    listed = {found.id: found for found in (*KNOWN, *own, *known)}
    content = Content(
        title="Made",
        site=site,
        task_sequences=sequences,
        known=tuple(listed.values()),
        applications=applications,
        packages=packages,
    )
    return export_parts(content)


def read_parts(content: dict[str, bytes], name: str = "made.zip") -> Export:
    return read_export(Parts(name=name, kind="console-export", parts=content))


def export(*sequences: TaskSequence, **others: tuple[Known, ...]) -> Export:
    made = read_parts(parts(*sequences, **others))  # type: ignore[arg-type]
    assert not made.problems
    return made


def raw(xml: str | bytes, name: str = "raw.xml") -> Export:
    """A single file."""
    data = xml if isinstance(xml, bytes) else xml.encode()
    return read_export(Parts(name=name, kind="single-file", parts={name: data}))


def sequence_text(*items: Group | Step, version: str = "3.10") -> str:
    """A raw sequence on one line."""
    return one_line(sequence_element(items, version))


def pretty_text(*items: Group | Step, version: str = "3.10") -> str:
    """A raw sequence with indents and CRLF."""
    return pretty(sequence_element(items, version))


def with_references(step: Step, *needed: Reference) -> Step:
    return replace(step, references=needed)


def own_step(
    kind: str, name: str, action: str, *rows: tuple[str, str, str], needs: tuple[str, ...] = (), **others: object
) -> Step:
    """A step of any type: rows of variable, property and value."""
    return Step(type=kind, name=name, action=action, variables=rows, references=package(*needs), **others)  # type: ignore[arg-type]


def target(text: str = "1706", site: str | None = None) -> Target:
    return Target(version=knowledge().find_version(text), site=SiteCode(site) if site else None)


def request(
    to: str = "1706",
    *,
    client: str | None = None,
    maps: dict[str, str] | None = None,
    policy: NewSteps = "auto",
    accept: tuple[str, ...] = (),
    new_ids: dict[str, str] | None = None,
    site: str | None = None,
    **others: object,
) -> CloneRequest:
    def mappings(found: dict[str, str] | None) -> tuple[PackageMapping, ...]:
        return tuple(PackageMapping(old=PackageId(old), new=PackageId(new)) for old, new in (found or {}).items())

    return CloneRequest(
        target=target(to, site),
        client_package=PackageId(client) if client else None,
        mappings=mappings(maps),
        new_steps=policy,
        accepted_rules=frozenset(accept),
        new_package_ids=mappings(new_ids),
        **others,  # type: ignore[arg-type]
    )


def hierarchy(*packages: KnownPackage) -> Hierarchy:
    return Hierarchy(packages=packages)


def known_package(package_id: str, *, kind: PackageKind = "package", default: bool | None = None) -> KnownPackage:
    return KnownPackage(id=PackageId(package_id), kind=kind, default=default)


def cloned(found: Export, wanted: CloneRequest, known: Hierarchy | None = None) -> Outcome:
    return clone(found, wanted, knowledge(), known or Hierarchy())


def rewritten(found: Export, wanted: CloneRequest, known: Hierarchy | None = None) -> Rewritten:
    outcome = cloned(found, wanted, known)
    assert isinstance(outcome, Rewritten), blocking(outcome)
    return outcome


def refused(found: Export, wanted: CloneRequest, known: Hierarchy | None = None) -> list[tuple[str, str]]:
    """Rule and subject of everything that stands in the way."""
    outcome = cloned(found, wanted, known)
    assert isinstance(outcome, Refused), type(outcome)
    return [(reason.rule, reason.subject) for reason in outcome.reasons]


def blocking(outcome: Outcome) -> list[tuple[str, str]]:
    reasons = outcome.reasons if isinstance(outcome, Refused) else ()
    return [(reason.rule, reason.title) for reason in reasons]


def is_unchanged(found: Export, wanted: CloneRequest, known: Hierarchy | None = None) -> bool:
    return isinstance(cloned(found, wanted, known), Unchanged)


def subject(found: Export, to: str | None = "1706", known: Hierarchy | None = None, index: int = 0) -> Subject:
    return Subject(
        export=found,
        exported=found.task_sequences[index],
        knowledge=knowledge(),
        target=target(to) if to else None,
        hierarchy=known or Hierarchy(),
    )


def findings(
    found: Export, to: str | None = "1706", known: Hierarchy | None = None, index: int = 0
) -> tuple[Finding, ...]:
    return run_checks(subject(found, to, known, index))


def rules(found: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Rule, severity and subject."""
    return [(one.rule, one.severity, one.subject) for one in found]


def named(found: Export, name: str) -> ExportedTaskSequence:
    """The task sequence of that name."""
    (one,) = (item for item in found.task_sequences if item.task_sequence.name == name)
    return one


def live(exported: ExportedTaskSequence) -> dict[str, list[str]]:
    """Every ID in a live place, by the kind of the place."""
    result: dict[str, list[str]] = {}
    for place in live_places(exported, knowledge()):
        result.setdefault(place.kind, []).extend(place.ids)
    return result


def step_values(exported: ExportedTaskSequence, name: str) -> dict[str, str]:
    """The variables of the first step of that name, its action among them."""
    step = next(step for step in exported.task_sequence.sequence.steps() if step.name == name)
    return {"action": step.action, **{variable.name: variable.value for variable in step.variables}}
