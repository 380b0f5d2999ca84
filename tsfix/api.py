"""For people who script: what the commands do, as functions that take paths and give values. Only these names are stable.

Parameters are named like the options of the commands, and messages name those options. Nothing is printed. What is wrong
with a request raises a ``TsfixError``; what is wrong with one of many exports is in the report, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from pathlib import Path
from time import strftime
from typing import Literal, get_args

from tsfix.configuration.facts_file import load_with
from tsfix.configuration.requests import clone_request, context, decisions_of, relink_request, scan_targets
from tsfix.configuration.targets import find_target
from tsfix.errors import TsfixError, UsageError
from tsfix.findings import Finding
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.explain import Explanation
from tsfix.knowledge.explain import explain as _explain
from tsfix.reports.diff_report import DiffReport
from tsfix.reports.proof_report import ProofReport
from tsfix.reports.report import ExportReport, Notice, Report
from tsfix.request import NewSteps
from tsfix.use_cases.answers import Answer
from tsfix.use_cases.cloning import clone_exports
from tsfix.use_cases.diffing import DiffAnswer, diff_exports
from tsfix.use_cases.relinking import relink_exports
from tsfix.use_cases.scanning import scan_exports
from tsfix.use_cases.verifying import ProofAnswer, verify_copy
from tsfix.values import Location, Severity

__all__ = [
    "Answer",
    "DiffAnswer",
    "DiffReport",
    "Explanation",
    "ExportReport",
    "Finding",
    "Format",
    "Location",
    "NewSteps",
    "Notice",
    "PathText",
    "Paths",
    "ProofAnswer",
    "ProofReport",
    "Report",
    "Severity",
    "TsfixError",
    "UsageError",
    "clone",
    "diff",
    "explain",
    "relink",
    "render",
    "scan",
    "verify",
]

PathText = str | PathLike[str]
"""The path of a file or folder."""

Paths = PathText | Iterable[PathText]
"""One path, or several."""

Format = Literal["text", "json", "md", "html", "csv", "sarif"]
"""The forms of a report. Reports of ``diff`` have no ``sarif``; those of ``verify`` have ``text``, ``json`` and ``md``."""


def scan(
    exports: Paths,
    *,
    to: str | Iterable[str] = (),
    hierarchy: PathText | None = None,
    facts: PathText | None = None,
    decisions: PathText | None = None,
    baseline: PathText | None = None,
    fail_on: Severity | None = "error",
    jobs: int = 1,
) -> Answer:
    """Say what in exported task sequences will break at older sites, and why. Writes nothing.

    ``exports`` is what ``tsfix scan`` takes: zips, folders, XML files. ``to`` names one target or several: a version
    (``1706``), a build, or a site code of the hierarchy file. Without one it is every primary site
    of the hierarchy file; without that file only what holds everywhere is checked.
    ``baseline`` is a file of known findings, as ``tsfix scan --write-baseline`` makes it: they are counted apart.
    ``fail_on`` is the lowest severity that makes ``exit_code`` 1; None for never. ``jobs`` is the number of processes;
    a script that asks for more than one must run it under ``if __name__ == "__main__":``, as Python starts it anew.

    The report has one entry in ``exports`` for each export and target. An export that cannot be read is in ``notices``.
    Raises UsageError for an unknown target and for a fault in one of the files.

    >>> answer = scan("Deploy Windows 11.zip", to="1706")
    >>> answer.exit_code
    1
    >>> found = [finding for export in answer.report.exports for finding in export.findings if finding.rule == "R1"]
    >>> found[0].severity, found[0].subject
    ('error', 'CHQ00003')
    """
    if fail_on is not None:
        _check("fail_on", fail_on, get_args(Severity))
    knowledge, known = context(_path(hierarchy), _path(facts))
    return scan_exports(
        _paths(exports),
        knowledge,
        targets=scan_targets([to] if isinstance(to, str) else to, knowledge, known),
        hierarchy=known or Hierarchy(),
        decisions=(*decisions_of(_path(decisions), knowledge), *decisions_of(_path(baseline), knowledge)),
        today=_today(),
        fail_on=fail_on,
        jobs=_jobs(jobs),
    )


def clone(
    exports: Paths,
    output_dir: PathText,
    *,
    to: str,
    client_package: str | None = None,
    map: Mapping[str, str] | None = None,
    new_steps: NewSteps = "auto",
    name: str | None = None,
    new_id: Mapping[str, str] | None = None,
    accept: Iterable[str] = (),
    hierarchy: PathText | None = None,
    facts: PathText | None = None,
    decisions: PathText | None = None,
    dry_run: bool = False,
    force: bool = False,
    jobs: int = 1,
) -> Answer:
    """Write a verified copy of each export that an older site can run, into ``output_dir``.

    ``map`` replaces package IDs, old to new, besides the client package. ``new_steps`` says what becomes of steps that
    the target cannot run; ``auto`` refuses where something would be lost. ``name`` is a template such as
    ``{name} (for {target})``; ``new_id`` gives copies their IDs, by the ID of the original. ``accept`` names rules whose
    findings may stand. ``dry_run`` does everything but put the copy in place; ``force`` replaces an earlier copy.

    Each entry of the report says in ``outcome`` what became of its export: ``copied``, ``planned`` (a dry run),
    ``present`` (the same copy was there), ``unchanged`` or ``refused``; ``destination`` is the copy, ``choices`` say what
    can be done about a refusal. ``exit_code`` is 3 when something was refused. Raises UsageError for a wrong target,
    ID, rule, template or file, and for an output folder that is or holds an input.

    >>> answer = clone("Deploy Windows 11.zip", "copies", to="1706", client_package="LEG00042", new_steps="disable")
    >>> [(export.outcome, export.change_count > 0) for export in answer.report.exports]
    [('copied', True)]
    """
    _check("new_steps", new_steps, get_args(NewSteps))
    knowledge, known = context(_path(hierarchy), _path(facts))
    request = clone_request(
        knowledge,
        known,
        to=to,
        client_package=client_package,
        map=_pairs(map),
        new_steps=new_steps,
        name=name,
        new_id=_pairs(new_id),
        accept=accept,
        decisions=decisions_of(_path(decisions), knowledge),
    )
    return clone_exports(
        _paths(exports),
        knowledge,
        request,
        known or Hierarchy(),
        Path(output_dir),
        today=_today(),
        force=force,
        dry_run=dry_run,
        jobs=_jobs(jobs),
    )


def relink(
    exports: Paths,
    output_dir: PathText,
    *,
    map: Mapping[str, str],
    where: Iterable[str] = (),
    allow_chains: bool = False,
    name: str | None = None,
    keep_identity: bool = False,
    hierarchy: PathText | None = None,
    facts: PathText | None = None,
    dry_run: bool = False,
    force: bool = False,
    jobs: int = 1,
) -> Answer:
    """Write copies in which package IDs are replaced in all places, old to new. Needs no target.

    ``where`` takes only exports with such a task sequence: its name (``*`` for any text), site code or package ID.
    ``keep_identity`` keeps name and ID, to import the copies over the originals. ``report.mappings`` counts what each
    mapping replaced. Raises UsageError for a wrong or empty ``map``, for an ID that leads on to another (unless
    ``allow_chains``), and for an output folder that is or holds an input.

    >>> answer = relink("Deploy Windows 11.zip", "relinked", map={"CHQ00003": "LEG00042"})
    >>> [(use.old, use.new, use.task_sequences > 0) for use in answer.report.mappings]
    [('CHQ00003', 'LEG00042', True)]
    """
    knowledge, given = context(_path(hierarchy), _path(facts))
    known = given or Hierarchy()
    request = relink_request(
        knowledge,
        known,
        map=_pairs(map),
        map_file=(),
        allow_chains=allow_chains,
        name=name,
        keep_identity=keep_identity,
    )
    return relink_exports(
        _paths(exports),
        knowledge,
        request,
        known,
        Path(output_dir),
        where=tuple(where),
        force=force,
        dry_run=dry_run,
        jobs=_jobs(jobs),
    )


def diff(before: PathText, after: PathText, *, facts: PathText | None = None) -> DiffAnswer:
    """Say what differs between two exports, step by step. Writes nothing.

    ``report.equal`` is True when there is no difference; ``report.pairs`` holds the task sequences that were compared.
    ``exit_code`` is 0 when both could be read, whatever the result, else 4. Raises UsageError for a fault in the facts.

    >>> diff("Deploy Windows 11.zip", "Deploy Windows 11.zip").report.equal
    True
    """
    return diff_exports(Path(before), Path(after), load_with(_path(facts)))


def verify(
    copy: PathText,
    against: PathText,
    *,
    to: str | None = None,
    decisions: PathText | None = None,
    hierarchy: PathText | None = None,
    facts: PathText | None = None,
) -> ProofAnswer:
    """Prove that a copy differs from its original only as planned, or say what a site changed in it. Writes nothing.

    ``report.proved`` is True when every difference is explained and everything could be read. With ``to`` the copy is
    also scanned for that target, and ``decisions`` explain the steps that one of them removed. ``exit_code`` is 0, 1 for
    something unexplained or an error for the target, or 4 for something unreadable. Raises UsageError for an unknown
    target and for a fault in a file, UnreadableError when one of the two cannot be read at all.

    >>> verify("copies/Deploy Windows 11 (for 1706).zip", "Deploy Windows 11.zip", to="1706").report.proved
    True
    """
    knowledge, known = context(_path(hierarchy), _path(facts))
    return verify_copy(
        Path(copy),
        Path(against),
        knowledge,
        target=None if to is None else find_target(to, knowledge, known),
        hierarchy=known or Hierarchy(),
        decisions=decisions_of(_path(decisions), knowledge),
    )


def explain(name: str, *, facts: PathText | None = None) -> Explanation:
    """Say what a rule, step type, feature, variable, property or version is: since when, how sure, by which source.

    Raises UsageError with the nearest names when nothing of that name is known.

    >>> explain("R24").kind
    'rule'
    >>> dict(explain("Run PowerShell Script").points)["Cmdlet"]
    'New-CMTSStepRunPowerShellScript'
    """
    return _explain(load_with(_path(facts)), name)


def render(report: Report | DiffReport | ProofReport, format: Format) -> str:
    """The report as text in one of the formats, the same as the command writes. Secrets are masked in all of them.

    Write it as UTF-8. Raises UsageError when there is no such format for the report.

    >>> page = render(diff("Deploy Windows 11.zip", "Deploy Windows 11.zip").report, "html")
    >>> page.startswith("<!doctype html>")
    True
    """
    from tsfix.reports import formats_for, rendered
    from tsfix.reports.proof_report import render_markdown, render_text, to_json

    if isinstance(report, ProofReport):
        proofs = {"text": render_text, "json": to_json, "md": render_markdown}
        _check("format", format, proofs)
        return proofs[format](report)
    _check("format", format, formats_for(report))
    return "".join(rendered(report, format))


def _check(name: str, value: str, known: Iterable[str]) -> None:
    """A script without a type checker may pass anything. Raises UsageError for what is not known."""
    if value not in known:
        raise UsageError(f'{name}: "{value}" is not one of {", ".join(known)}.')


def _jobs(wanted: int) -> int:
    if wanted < 1:
        raise UsageError(f"jobs: {wanted} is no number of processes.", remedy="Give 1 or more.")
    return wanted


def _today() -> str:
    return strftime("%Y-%m-%d")


def _path(text: PathText | None) -> Path | None:
    return None if text is None else Path(text)


def _paths(given: Paths) -> list[Path]:
    return [Path(given)] if isinstance(given, str | PathLike) else [Path(fspath(path)) for path in given]


def _pairs(ids: Mapping[str, str] | None) -> list[str]:
    return [f"{old}={new}" for old, new in (ids or {}).items()]
