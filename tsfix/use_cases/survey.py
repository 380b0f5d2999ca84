"""The first look at all exports of a run: which task sequences each holds, and which children it calls that it lacks.

Reading everything twice would take long, so this reads bytes and parses only what calls a child.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from msgspec import Struct

from tsfix.containers.found import FoundExport
from tsfix.containers.walk import Candidate
from tsfix.errors import TsfixError
from tsfix.export import Export, Parts
from tsfix.knowledge.base import KnowledgeBase
from tsfix.parse.calls import called_children, plainly_called
from tsfix.parse.export_layout import TASK_SEQUENCE_CLASS, object_parts
from tsfix.request import CopyRequest, PackageMapping
from tsfix.values import Location, PackageId

_OWN_ID = re.compile(rb'NAME="PackageID"[^>]*>\s*<VALUE[^>]*>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9]{8})\s*[<\]]')


class Kin(Struct, frozen=True, kw_only=True):
    """What one export holds and what it lacks."""

    export: str
    """The name of the export, as ``Parts.name``."""
    own: tuple[str, ...]
    """The IDs of its task sequences, in upper case."""
    prints: tuple[str, ...] = ()
    """A fingerprint of the object of each task sequence, in the order of ``own``."""
    lacks: tuple[str, ...] = ()
    """The IDs of the children that it calls and does not hold, in upper case."""


class Home(Struct, frozen=True, kw_only=True):
    """Where a task sequence stands that other exports of the run call."""

    candidate: Candidate
    export: str


def kin_of(found: FoundExport, knowledge: KnowledgeBase) -> Kin | None:
    """The first look at one export; None for what has neither an ID nor calls."""
    texts = {name: _plain(data) for name, data in found.parts.parts.items()}
    held = _own_ids(found.parts, texts)
    own = tuple(package_id for package_id, _ in held)
    lacks = tuple(sorted(set(_called(found.parts, texts, knowledge)) - set(own)))
    prints = tuple(hashlib.sha256(text).hexdigest()[:16] for _, text in held)
    return Kin(export=found.parts.name, own=own, prints=prints, lacks=lacks) if own or lacks else None


def _called(parts: Parts, texts: Mapping[str, bytes], knowledge: KnowledgeBase) -> Iterator[str]:
    """The IDs of all children that the task sequences call. What cannot be read is told later."""
    names = list(texts)
    if parts.kind == "console-export":
        names = [entry.part for entry in object_parts(names) if entry.class_name == TASK_SEQUENCE_CLASS]
    for name in names:
        plain = plainly_called(texts[name], knowledge)
        with suppress(TsfixError):
            yield from (
                plain
                if plain is not None
                else called_children(parts.parts[name], knowledge, Location(file=parts.name, part=name))
            )


def _own_ids(parts: Parts, texts: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """The IDs of the task sequences with the text of the object of each."""
    found = []
    if parts.kind != "console-export":
        for text in texts.values():
            match = _OWN_ID.search(text)
            if match:
                found.append((match[1].decode("ascii").upper(), text))
        return found
    for entry in object_parts(parts.parts):
        if entry.class_name == TASK_SEQUENCE_CLASS:
            text = texts[entry.part]
            match = _OWN_ID.search(text)
            found.append(((match[1].decode("ascii") if match else entry.key).upper(), text))
    return found


def _plain(data: bytes) -> bytes:
    """The bytes without the zeros of UTF-16, so that ASCII can be looked for."""
    return data.replace(b"\0", b"") if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:64] else data


def homes(seen: Iterable[tuple[Candidate, Kin]]) -> dict[str, Home]:
    """Where each child stands that an export calls and lacks.

    Where several exports hold it, the first by name counts, whatever the order of the input.
    """
    seen = sorted(seen, key=lambda item: (item[1].export.casefold(), item[1].export))
    wanted = {found for _, kin in seen for found in kin.lacks}
    result: dict[str, Home] = {}
    for candidate, kin in seen:
        for found in wanted.intersection(kin.own):
            result.setdefault(found, Home(candidate=candidate, export=kin.export))
    return result


def differing(seen: Iterable[tuple[Candidate, Kin]]) -> Iterator[str]:
    """A remark for each child that exports call and lack, where the exports that hold it do not hold the same."""
    seen = sorted(seen, key=lambda item: (item[1].export.casefold(), item[1].export))
    wanted = {found for _, kin in seen for found in kin.lacks}
    held: dict[str, dict[str, str]] = {}
    for _, kin in seen:
        for package_id, fingerprint in zip(kin.own, kin.prints, strict=True):
            if package_id in wanted:
                held.setdefault(package_id, {}).setdefault(fingerprint, kin.export)
    for package_id, exports in sorted(held.items()):
        first, *others = exports.values()
        if others:
            yield (
                f"{package_id} is not the same in {first} and in {', '.join(others)}. Parents in other files that call it "
                f"get what stands in {first}. Export it again, and leave the older file out."
            )


def assigned_ids(seen: Iterable[tuple[Candidate, Kin]], request: CopyRequest) -> dict[str, PackageId]:
    """An ID for the copy of each task sequence of the run, no two alike; keyed by the original's in upper case.

    The originals' IDs decide, not their order, so that the same files give the same copies.
    """
    # A scan has no use for this, and it takes longer to import than it takes.
    from tsfix.rewrites.copy_identity import free_id

    given = {item.old.upper(): item.new for item in request.new_package_ids}
    own = sorted({found for _, kin in seen for found in kin.own} - given.keys())
    taken = {found.upper() for found in (*request.taken_ids, *own, *given, *given.values())}
    result: dict[str, PackageId] = {}
    for old in own:
        new = free_id(old, request.id_seed, taken)
        taken.add(new)
        result[old] = new
    return result


def as_mappings(ids: Mapping[str, PackageId], export: Export) -> tuple[PackageMapping, ...]:
    """Those assigned IDs that the task sequences of an export need."""
    own = dict.fromkeys(str(item.task_sequence.package_id).upper() for item in export.task_sequences)
    return tuple(PackageMapping(old=PackageId(old), new=ids[old]) for old in own if old in ids)
