"""Reads ``tsfix.toml``: decisions about findings, each with its reason; all faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tsfix.configuration.forms import reader
from tsfix.configuration.nesting import load_flat
from tsfix.configuration.text_file import text_of
from tsfix.decisions import Decision
from tsfix.errors import UsageError
from tsfix.knowledge.base import KnowledgeBase
from tsfix.values import NO_PACKAGE, Location, is_package_id

DEFAULT_NAME = "tsfix.toml"
_REMEDY = "Correct the file; docs/reference/decisions-file.md shows its form."
_STAND_INS = {"task_sequence": "*", "rule": "R1", "do": "accept", "reason": "none"}
"""What is asked of every entry, in a form that has no fault."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCRIPT_NAME = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)\s*\.)\w[\w .()-]*\.ps1", re.IGNORECASE)
"""A file name that Windows takes and that means the same to a command line: nothing that is replaced, split or quoted."""


def read_decisions(path: Path, knowledge: KnowledgeBase) -> tuple[Decision, ...]:
    """Read and check a file of decisions.

    Raises UsageError that lists every fault with its key, what was found and what was expected.
    """
    content = _content(path)
    from pydantic import ValidationError

    others = sorted(set(content) - {"decisions"})
    faults = [f"{key}: no such key; the file holds [[decisions]]" for key in others]
    decisions: tuple[Decision, ...] = ()
    entries = content.get("decisions", [])
    try:
        decisions = reader(tuple[Decision, ...])(entries)
        numbered = dict(enumerate(decisions, 1))
    except ValidationError as error:
        faults += [f"decisions{_key(one['loc'])}: {one['msg']}{_found(one)}" for one in error.errors()]
        wrong = {one["loc"][0] for one in error.errors() if one["loc"]}
        read = reader(Decision)
        whole = enumerate(entries, 1) if wrong else ()
        numbered = {number: read(entry) for number, entry in whole if number - 1 not in wrong}
        for place in sorted(one for one in wrong if isinstance(one, int)):
            keys = {str(one["loc"][1]) for one in error.errors() if one["loc"][:1] == (place,) and len(one["loc"]) > 1}
            faults += _beside(place + 1, entries[place], keys, knowledge)
    faults += _faults(numbered, knowledge)
    if faults:
        listed = "".join(f"\n  - {fault}" for fault in faults)
        raise UsageError(
            f"The file of decisions has {len(faults)} {'fault' if len(faults) == 1 else 'faults'}:{listed}\n",
            remedy=_REMEDY,
            location=Location(file=str(path)),
        )
    return decisions


def _content(path: Path) -> dict[str, Any]:
    import tomllib

    location = Location(file=str(path))
    try:
        text = text_of(path)
    except OSError as error:
        message = f"The file of decisions cannot be read: {error.strerror or error}."
        raise UsageError(
            message, remedy="Check the path given to --decisions or --baseline.", location=location
        ) from error
    except UnicodeDecodeError as error:
        remedy = "Save it as UTF-8. In Notepad that is a choice of the encoding."
        raise UsageError("The file of decisions is not UTF-8.", remedy=remedy, location=location) from error
    try:
        content: dict[str, Any] = load_flat(tomllib.loads, text)
    except ValueError as error:
        raise UsageError(
            f"The file of decisions is not valid TOML: {error}.", remedy=_REMEDY, location=location
        ) from error
    # TOML has dates of its own; a person may write until with or without quotes.
    for entry in content.get("decisions", []) if isinstance(content.get("decisions"), list) else []:
        if isinstance(entry, dict) and hasattr(entry.get("until"), "isoformat"):
            entry["until"] = entry["until"].isoformat()
    return content


def _key(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location)


def _found(error: Any) -> str:
    return "" if error["type"] == "missing" else f", found {error['input']!r}"[:80]


def _faults(decisions: Mapping[int, Decision], knowledge: KnowledgeBase) -> Iterator[str]:
    rules = {rule.id.casefold() for rule in knowledge.rules}
    seen: dict[tuple[str, ...], int] = {}
    for number, decision in decisions.items():
        key = f"decisions[{number}]"
        if decision.rule.casefold() not in rules:
            yield f'{key}.rule: there is no rule "{decision.rule}"; rules are R1 to R{len(rules)}'
        if not decision.reason.strip():
            yield f"{key}.reason: it is empty; say why, so that the next person knows"
        if decision.until and not _DAY.fullmatch(decision.until):
            yield f'{key}.until: "{decision.until}" is not a day such as 2027-03-31'
        if decision.do not in ("accept", "known") and (decision.about or decision.severity):
            yield f"{key}: about and severity go with accept and known only; {decision.do} is about a whole step"
        yield from (f"{key}{fault}" for fault in _package_faults(decision))
        texts = (decision.task_sequence, decision.step, decision.rule, decision.about, decision.target)
        same = tuple(text.casefold() for text in texts)
        if same in seen and decisions[seen[same]].answer.casefold() != decision.answer.casefold():
            yield f"{key}: it says {decision.answer}, but decisions[{seen[same]}] says {decisions[seen[same]].answer}"
        seen.setdefault(same, number)


def _beside(number: int, entry: object, wrong: set[str], knowledge: KnowledgeBase) -> Iterator[str]:
    """The faults of sense of an entry that has faults of form: what stands in its other keys is looked at as well."""
    if not isinstance(entry, dict) or not wrong:
        return
    # What a decision takes besides its answer cannot be judged without the answer.
    left_out = wrong | {"package", "file"} if "do" in wrong else wrong
    found = _STAND_INS | {key: value for key, value in entry.items() if key not in left_out}
    own = tuple(f"decisions[{number}].{key}:" for key in wrong)
    for fault in _faults({number: reader(Decision)(found)}, knowledge):
        if not fault.startswith(own):
            yield fault


def _package_faults(decision: Decision) -> Iterator[str]:
    """``use-package`` asks for package and file, ``use-upgrade-package`` for the package; no other takes one."""
    if decision.do == "use-upgrade-package":
        if not decision.step:
            yield ".step: it is missing; use-upgrade-package is about one step"
        if not is_package_id(decision.package) or decision.package == NO_PACKAGE:
            yield f'.package: "{decision.package}" is not a package ID such as LEG00060; use-upgrade-package needs one'
        if decision.file:
            yield ".file: it goes with use-package only"
        return
    if decision.do != "use-package":
        if decision.package or decision.file:
            yield f": package and file go with use-package only, not with {decision.do}"
        return
    if not decision.step:
        yield ".step: it is missing; use-package is about one step and its script"
    if not is_package_id(decision.package) or decision.package == NO_PACKAGE:
        yield f'.package: "{decision.package}" is not a package ID such as LEG00050; use-package needs one'
    if not _SCRIPT_NAME.fullmatch(decision.file):
        yield f'.file: "{decision.file}" is not the name of a script such as Set-Wallpaper.ps1; use-package needs one'
