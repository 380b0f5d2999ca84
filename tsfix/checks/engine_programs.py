"""Finds commands that run a program of the client which came with a step type newer than the target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from tsfix.checks.subject import Subject
from tsfix.findings import Evidence, Finding
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.context import Text
from tsfix.knowledge.facts import Age, StepFact
from tsfix.task_sequence import Step
from tsfix.values import NO_PACKAGE

_COMMAND = "CommandLine"
_FOLDERS = r'(?:[^\s"\'|&;()]{0,260}[\\/])?(?:ccm|sms[\\/]bin[\\/](?:i386|x64|arm64))[\\/]'
"""The client's own folders, in Windows and in Windows PE. A program of that name elsewhere is somebody's own.

No path is longer than 260 characters; without a limit a search would start again from everywhere, to the end of the text.
"""
_START = (
    r"(?:^|[|&;({]|\b(?:cmd(?:\.exe)?\s[^|&;]{0,200}?/[ck]|call|start(?:\s+\"[^\"]*\")?(?:\s+/\w+)*"
    r"|start-process(?:\s+-wait)?|iex|invoke-expression)|\s-(?:command|filepath))\s*"
)
"""Where a command begins: a line, a part of it, what a shell or a cmdlet is told to start."""
_NO_COMMAND = re.compile(r"^\s*(?:#|::|@?rem\b|@?echo\b|write-\w+|'|//)", re.IGNORECASE)
"""Lines that only say something: comments and output."""
_RUN = re.compile(r"^\s*smsswd\.exe\s+/run:\S*\s*", re.IGNORECASE)
"""What runs the command of an action line."""


class RunProgram(Struct, frozen=True, kw_only=True):
    """A step whose command names a program of the client."""

    step: Step
    fact: StepFact
    """The oldest step type that the program belongs to."""
    program: str
    place: str
    """In words: ``the setting CommandLine``."""
    runs: bool
    """False when a text names the program, and what becomes of it is not known."""
    packaged: bool
    """True when the step brings a package, which can hold a program of that name."""

    @property
    def certain(self) -> bool:
        """True when the step runs the client's own program and no other."""
        return self.runs and not self.packaged


class NewerProgram(Struct, frozen=True, kw_only=True):
    """A command whose program the target lacks."""

    found: RunProgram
    age: Age


@lru_cache(maxsize=4)
def _programs(knowledge: KnowledgeBase) -> dict[str, StepFact]:
    """The programs of step types that not every version has, by name in lower case, with the oldest such type."""
    oldest: dict[str, StepFact] = {}
    orders: dict[str, int] = {}
    for fact in knowledge.step_types():
        if fact.introduced.version is None:
            continue
        order = knowledge.version(fact.introduced.version).order
        for program in (name.lower() for name in fact.actions):
            known = orders.get(program)
            if known is None or order < known:
                oldest[program], orders[program] = fact, order
    first = knowledge.versions[0].id
    return {program: fact for program, fact in oldest.items() if fact.introduced.version != first}


class _Patterns(Struct, frozen=True, kw_only=True):
    """How the name of a program is found. The ways with a folder take long, and are only gone where one can be."""

    named: re.Pattern[str]
    """The name alone, which every match of the others holds; ``folder`` is the end of a folder before it."""
    begins: tuple[re.Pattern[str], re.Pattern[str]]
    """Where a command begins, without a folder and with one."""
    anywhere: tuple[re.Pattern[str], re.Pattern[str]]

    def place(self, line: str) -> Literal["begins", "anywhere", ""]:
        """Where the line names the program."""
        # Without this, each of thousands of brackets would be a command whose path is looked for.
        found = {bool(match["folder"]) for match in self.named.finditer(line)}
        if not found:
            return ""
        stripped = line.strip()
        if self.begins[0].search(stripped) or (True in found and self.begins[1].search(stripped)):
            return "begins"
        if self.anywhere[0].search(line) or (True in found and self.anywhere[1].search(line)):
            return "anywhere"
        return ""


@lru_cache(maxsize=64)
def _patterns(program: str) -> _Patterns:
    stem = re.escape(program.removesuffix(".exe"))
    end = r"(?:\.exe)?(?=[\s\"'|&;)}]|$)"
    begins, anywhere = (
        tuple(re.compile(start + folders + rest, re.IGNORECASE) for folders in ("", _FOLDERS))
        for start, rest in ((rf"{_START}[\"']?", stem + end), (r"(?<![\w\\/.-])", rf"{stem}\.exe(?![\w.-])"))
    )
    return _Patterns(
        named=re.compile(rf"(?P<folder>(?:ccm|i386|x64|arm64)[\\/])?{stem}(?:{end}|\.exe(?![\w.-]))", re.IGNORECASE),
        begins=(begins[0], begins[1]),
        anywhere=(anywhere[0], anywhere[1]),
    )


def run_programs(subject: Subject) -> tuple[RunProgram, ...]:
    """Every step that runs such a program by its name, each program once. No target changes the answer."""
    return subject.once("engine programs", lambda of: tuple(_run_programs(of)))


def _run_programs(subject: Subject) -> list[RunProgram]:
    found: list[RunProgram] = []
    for program, fact in _programs(subject.knowledge).items():
        by_step: dict[int, list[Text]] = {}
        for text in subject.context.texts_with(program.removesuffix(".exe")):
            by_step.setdefault(text.item.element, []).append(text)
        for texts in by_step.values():
            step, place = texts[0].item, _place(texts, program)
            if isinstance(step, Step) and place is not None:
                text, runs = place
                found.append(
                    RunProgram(
                        step=step,
                        fact=fact,
                        program=fact.actions[0],
                        place=text.label,
                        runs=runs,
                        packaged=_packaged(step),
                    )
                )
    return sorted(found, key=lambda one: one.step.element)


def _place(texts: Iterable[Text], program: str) -> tuple[Text, bool] | None:
    """The text of the step that names the program and whether it runs it; the surest place first."""
    mentioned: tuple[Text, bool] | None = None
    for text in texts:
        for line in _command(text).splitlines():
            if program.removesuffix(".exe") not in line.casefold() or _NO_COMMAND.match(line):
                continue
            place = _patterns(program).place(line)
            if place == "begins":
                return text, True
            if mentioned is None and place == "anywhere":
                mentioned = text, False
    return mentioned


def _command(text: Text) -> str:
    """The command in a text; empty where there is none. The action line of a step with settings only repeats them."""
    if text.is_script:
        return _without_block_comments(text.text)
    if text.in_condition or text.repeats:
        return ""
    if text.variable is not None:
        return text.text if text.variable.property.lower() == _COMMAND.lower() else ""
    command = _RUN.sub("", text.text)
    return command if command != text.text else ""


def _without_block_comments(script: str) -> str:
    """A pattern would look for the end of a comment from every beginning of one, for hours where there are enough."""
    kept, at = [], 0
    while (begins := script.find("<#", at)) >= 0 and (ends := script.find("#>", begins + 2)) >= 0:
        kept.append(script[at:begins])
        at = ends + 2
    return "".join((*kept, script[at:]))


def _packaged(step: Step) -> bool:
    held = step.property("PackageID")
    return held is not None and held.value.strip() not in ("", NO_PACKAGE)


def newer_programs(subject: Subject) -> Iterator[NewerProgram]:
    """Every command whose program the target lacks. The rewrites use this too."""
    if subject.target is None:
        return
    for found in run_programs(subject):
        age = subject.knowledge.step_age(found.fact, subject.target.version)
        if age.newer:
            yield NewerProgram(found=found, age=age)


def check(subject: Subject) -> Iterator[Finding]:
    """Rule 26: the command is a setting of a known step, and its value is newer than the target."""
    for newer in newer_programs(subject):
        found = newer.found
        rule = subject.knowledge.rule("R26")
        other = "" if found.certain else ". It may be another program of that name"
        yield subject.finding(
            rule.id,
            "error" if found.certain and found.step.runs else "warning" if found.step.runs else "info",
            subject=found.program,
            title=f"The command runs {found.program}, which the target lacks"
            if found.runs
            else f"A command names {found.program}, which the target lacks",
            reason=f'{newer.age.reason}; the program came with the step type "{found.fact.name}"{other}',
            remedy=f"Do by another command what the program does. {found.fact.downlevel.text}",
            item=found.step,
            certainty=newer.age.certainty if found.certain else "unknown",
            sources=(found.fact.source,),
            evidence=(Evidence(text=f"It stands in {found.place}."),),
        )
