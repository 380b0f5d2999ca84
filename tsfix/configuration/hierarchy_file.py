"""Reads the hierarchy file: TOML written by hand or JSON written by a script, one form for both, all faults at once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tsfix.configuration.forms import reader
from tsfix.configuration.nesting import load_flat
from tsfix.configuration.text_file import text_of
from tsfix.errors import UsageError
from tsfix.hierarchy import (
    Deployment,
    Hierarchy,
    Inventory,
    KnownPackage,
    KnownTaskSequence,
    Members,
    Note,
    PreProduction,
    Site,
)
from tsfix.knowledge.base import KnowledgeBase
from tsfix.values import NO_PACKAGE, Location, PackageId, is_package_id, is_site_code

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_REMEDY = "Correct the file; docs/reference/hierarchy-file.md shows its form."
_CLIENT_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){2,3}")
_LISTS = {
    "sites": Site,
    "packages": KnownPackage,
    "task_sequences": KnownTaskSequence,
    "deployments": Deployment,
    "notes": Note,
}
_TABLES = {"pre_production": PreProduction, "inventory": Inventory}
_EXPECTED = {
    "string_type": "expected text in quotes",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "tuple_type": "expected a list",
    "model_type": "expected a table of keys and values",
}
"""What pydantic says in words of Python, in words of the file."""


def read_hierarchy(path: Path, knowledge: KnowledgeBase) -> Hierarchy:
    """Read and check a hierarchy file.

    Raises UsageError that lists every fault with its key, what was found and what was expected.
    """
    content = _content(path)
    if not isinstance(content, dict):
        raise _refuse(path, [f"the file: expected the keys sites and packages, found {_short(content)}"])
    faults = [
        f"{key}: there is no such key; the file has {', '.join((*_LISTS, *_TABLES))}"
        for key in content
        if key not in _LISTS and key not in _TABLES
    ]
    lists = {key: _list(key, wanted, content.get(key), faults) for key, wanted in _LISTS.items()}
    tables = {key: _table(key, wanted, content.get(key), faults) for key, wanted in _TABLES.items()}
    faults += _site_faults(lists["sites"], content, knowledge)
    faults += _package_faults(lists["packages"], _site_codes(content))
    faults += _task_sequence_faults(lists["task_sequences"])
    faults += _deployment_faults(lists["deployments"])
    if faults:
        raise _refuse(path, faults)
    return Hierarchy(
        sites=tuple(lists["sites"].values()),
        packages=tuple(lists["packages"].values()),
        task_sequences=tuple(lists["task_sequences"].values()),
        deployments=tuple(lists["deployments"].values()),
        notes=tuple(lists["notes"].values()),
        pre_production=tables["pre_production"],
        inventory=tables["inventory"],
    )


def _refuse(path: Path, faults: list[str]) -> UsageError:
    listed = "".join(f"\n  - {fault}" for fault in faults)
    number = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return UsageError(f"The hierarchy file has {number}. {_REMEDY}{listed}", location=Location(file=str(path)))


def _content(path: Path) -> Any:
    location = Location(file=str(path))
    form = "JSON" if path.suffix.lower() == ".json" else "TOML"
    try:
        text = text_of(path)
        if form == "JSON":
            return load_flat(json.loads, text)
        import tomllib

        return load_flat(tomllib.loads, text)
    except OSError as error:
        raise UsageError(
            f"The hierarchy file cannot be read: {error.strerror or error}.",
            remedy="Check the path given to --hierarchy.",
            location=location,
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The hierarchy file is not text in UTF-8: byte {error.start + 1} fits not.",
            remedy="Save it as UTF-8.",
            location=location,
        ) from error
    except ValueError as error:
        raise UsageError(
            f"The hierarchy file is not valid {form}: {error}.", remedy=_REMEDY, location=location
        ) from error


def _list(key: str, wanted: type, entries: object, faults: list[str]) -> dict[int, Any]:
    """The entries of one list by their number, counted from 1, without those whose form is wrong."""
    if entries is None:
        return {}
    if not isinstance(entries, list):
        faults.append(f"{key}: expected a list ([[{key}]] in TOML), found {_short(entries)}")
        return {}
    read = _reader(wanted, faults)
    found = {number: read(entry, f"{key}[{number}]") for number, entry in enumerate(entries, 1)}
    return {number: entry for number, entry in found.items() if entry is not None}


def _table(key: str, wanted: type, entry: object, faults: list[str]) -> Any:
    return None if entry is None else _reader(wanted, faults)(entry, key)


def _reader(wanted: type, faults: list[str]) -> Callable[[object, str], Any]:
    """Reads one entry; gives None, and notes the faults, where something is wrong with its form."""
    from pydantic import ValidationError

    read_form: Callable[[object], Any] = reader(wanted)

    def read(entry: object, key: str) -> Any:
        try:
            return read_form(entry)
        except ValidationError as error:
            faults.extend(_in_words(key, one) for one in error.errors())
            return None

    return read


def _in_words(key: str, one: ErrorDetails) -> str:
    for part in one["loc"]:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    if one["type"] == "missing":
        return f"{key}: is missing"
    if one["type"] == "extra_forbidden":
        return f"{key}: there is no such key"
    if one["type"] == "literal_error":
        return f"{key}: expected {one['ctx']['expected']}, found {_short(one['input'])}"
    return f"{key}: {_EXPECTED.get(one['type'], one['msg'])}, found {_short(one['input'])}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _package_faults(packages: dict[int, KnownPackage], codes: frozenset[str]) -> Iterator[str]:
    for number, package in packages.items():
        if not is_package_id(package.id):
            yield f'packages[{number}].id: "{package.id}" is not a package ID (such as CHQ00042)'
        for place, site in enumerate(package.content_at or (), 1):
            if site.upper() not in codes:
                yield f'packages[{number}].content_at[{place}]: "{site}" is no site of this file'
    yield from _repeated("packages", "id", [package.id.upper() for package in packages.values()])
    for kind in ("client", "usmt"):
        defaults = [
            item.id for item in packages.values() if item.kind == kind and item.default and not item.pre_production
        ]
        yield from _default_faults(kind, defaults)


def _default_faults(kind: str, defaults: list[PackageId]) -> Iterator[str]:
    """A site makes one default package of a kind. A site that joined a hierarchy later keeps its own beside the top's."""
    for site, number in Counter(package_id[:3].upper() for package_id in defaults).items():
        if number > 1:
            listed = ", ".join(package_id for package_id in defaults if package_id[:3].upper() == site)
            yield f"packages: two default packages of the kind {kind}: {listed}; a site makes one"


def _task_sequence_faults(task_sequences: dict[int, KnownTaskSequence]) -> Iterator[str]:
    for number, task_sequence in task_sequences.items():
        if not is_package_id(task_sequence.id):
            yield f'task_sequences[{number}].id: "{task_sequence.id}" is not a package ID (such as CHQ00042)'
    yield from _repeated("task_sequences", "id", [item.id.upper() for item in task_sequences.values()])


def _deployment_faults(deployments: dict[int, Deployment]) -> Iterator[str]:
    for number, deployment in deployments.items():
        key = f"deployments[{number}]"
        if not is_package_id(deployment.task_sequence):
            yield f'{key}.task_sequence: "{deployment.task_sequence}" is not a package ID (such as CHQ00042)'
        for place, members in enumerate(deployment.members, 1):
            yield from _member_faults(f"{key}.members[{place}]", members)
        yield from _repeated(f"{key}.members", "site", [members.site.upper() for members in deployment.members])
    yield from _repeated("deployments", "id", [deployment.id.upper() for deployment in deployments.values()])


def _member_faults(key: str, members: Members) -> Iterator[str]:
    if members.site and not is_site_code(members.site):
        yield f'{key}.site: "{members.site}" is not a site code (three letters or digits)'
    if min(members.count, members.without_client, members.unreadable) < 0:
        yield f"{key}: a number below 0"
    elif members.without_client + members.unreadable > members.count:
        yield (
            f"{key}: {members.without_client} without a client and {members.unreadable} with an unreadable version "
            f"are more than all {members.count} members"
        )
    if members.lowest_client and _CLIENT_VERSION.fullmatch(members.lowest_client) is None:
        yield f'{key}.lowest_client: "{members.lowest_client}" is not a version (such as 5.00.8540.1007)'


def _site_faults(sites: dict[int, Site], content: dict[str, Any], knowledge: KnowledgeBase) -> Iterator[str]:
    codes = _site_codes(content)
    for number, site in sites.items():
        if not is_site_code(site.code):
            yield f'sites[{number}].code: "{site.code}" is not a site code (three letters or digits)'
        try:
            knowledge.find_version(site.version)
        except UsageError as error:
            yield f"sites[{number}].version: {error.message}"
        if site.parent is not None and site.parent.upper() not in codes:
            yield f'sites[{number}].parent: "{site.parent}" is no site of this file'
        for place, replacement in enumerate(site.replacements, 1):
            key = f"sites[{number}].replacements[{place}]"
            for name, value in (("old", replacement.old), ("new", replacement.new)):
                if not is_package_id(value):
                    yield f'{key}.{name}: "{value}" is not a package ID (such as CHQ00042)'
                elif value == NO_PACKAGE:
                    yield f'{key}.{name}: {NO_PACKAGE} stands for "no package"'
            if replacement.old.upper() == replacement.new.upper():
                yield f"{key}: {replacement.old} is replaced by itself"
        yield from _repeated(
            f"sites[{number}].replacements", "old", [replacement.old.upper() for replacement in site.replacements]
        )
    yield from _repeated("sites", "code", [site.code.upper() for site in sites.values()])


def _site_codes(content: dict[str, Any]) -> frozenset[str]:
    """The codes of all sites, also of those whose form is wrong: a fault of one is no fault of its children."""
    sites = content.get("sites")
    entries = sites if isinstance(sites, list) else ()
    return frozenset(str(entry["code"]).upper() for entry in entries if isinstance(entry, dict) and "code" in entry)


def _repeated(where: str, key: str, values: list[str]) -> Iterator[str]:
    for value, number in Counter(values).items():
        if number > 1:
            yield f'{where}: {key} "{value}" occurs {number} times'
