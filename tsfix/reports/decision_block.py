"""Writes the part of tsfix.toml that answers what stands in the way of a copy, with gaps for the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from tsfix.decisions import PATH_SEPARATOR, file_name
from tsfix.export import Export
from tsfix.findings import Finding
from tsfix.reports.choices import answers
from tsfix.values import Location


def decision_block(
    reasons: Iterable[Finding], export: Export | None = None, findings: Iterable[Finding] | None = None
) -> str:
    """One ``[[decisions]]`` entry for each open decision, as TOML; empty without any.

    ``do`` and ``reason`` are left open, so that the file is refused until somebody has thought about each. Task sequences
    of the ``export`` that share a name are told by their ID, steps that share a path by their position. ``findings`` is
    what the check of the original found; without it, all of ``reasons``.
    """
    reasons = tuple(reasons)
    titles = {finding.title for finding in (reasons if findings is None else findings)}
    together: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in reasons:
        key = (finding.location.part, *_named(finding.location, export), finding.rule)
        together.setdefault(key, []).append(finding)
    return "\n".join(
        _entry(task_sequence, step, found, titles) for (_, task_sequence, step, _), found in together.items()
    )


def _named(location: Location, export: Export | None) -> tuple[str, str]:
    """How a decision names a task sequence and a step of it so that it means these and no others."""
    name = location.task_sequence or file_name(location.file)
    step = PATH_SEPARATOR.join(location.path)
    task_sequences = export.own_task_sequences if export is not None else ()
    shared = [item for item in task_sequences if item.task_sequence.name == location.task_sequence]
    here = next((item.task_sequence for item in shared if item.location.part == location.part), None)
    if here is None:
        return name, step
    if sum(item.path == location.path for item in here.sequence.walk()) > 1:
        step = ".".join(str(index + 1) for index in location.position)
    return (here.package_id or name) if len(shared) > 1 else name, step


def _entry(task_sequence: str, step: str, findings: list[Finding], titles: set[str]) -> str:
    finding = findings[0]
    said = answers(findings, titles)
    can_say = " or ".join(", ".join(said).rsplit(", ", 1))
    lines = ["[[decisions]]", *dict.fromkeys(f"# {one_line(item.title)}" for item in findings)]
    lines.append(f"task_sequence = {toml_text(task_sequence)}")
    if step:
        lines.append(f"step = {toml_text(step)}")
    lines += [
        f'rule = "{finding.rule}"',
        f'do = ""  # {can_say}',
        'reason = ""',
    ]
    if "use-package" in said:
        lines += [
            '# package = ""  # with use-package: the ID of the package that you make for the script',
            f"# file = {toml_text(script_name(finding.location.path[-1]))}  # with use-package: the script's name in it",
        ]
    if "use-upgrade-package" in said:
        lines.append('# package = ""  # with use-upgrade-package: the ID of the upgrade package')
    return "\n".join(lines) + "\n"


def script_name(step: str) -> str:
    """A file name for the script of a step, made of the step's name: no blank and nothing else that a command line splits."""
    plain = re.sub(r"[^\w.]+", "-", step)[:60].strip(".-_")
    return f"{plain or 'Script'}.ps1"


def toml_text(value: str) -> str:
    """A TOML string on one line. What cannot be seen is escaped, so that it survives copying from a terminal."""
    return "".join(_visible(char) for char in json.dumps(value, ensure_ascii=False))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    if "\ud800" <= char <= "\udfff":
        return "?"  # a byte of a file name that is not UTF-8: TOML cannot hold it, and ? stands for any character
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def one_line(text: str) -> str:
    """A text for a comment: whatever would end the line is a blank."""
    return "".join(char if char.isprintable() else " " for char in text)
