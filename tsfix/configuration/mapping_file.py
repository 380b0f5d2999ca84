"""Reads the package mappings of a relink: ``OLD=NEW`` options and CSV files; all faults of a file at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from tsfix.configuration.targets import mappings
from tsfix.configuration.text_file import text_of
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.package_kinds import KindsOf
from tsfix.request import PackageMapping
from tsfix.values import APPLICATION_ID, NO_PACKAGE, Location, PackageId, is_package_id

_REMEDY = "The file has the header old,new or old,new,name, and one mapping a line, such as CHQ00002,LEG00042."
_COLUMNS = (["old", "new"], ["old", "new", "name"])


def relink_mappings(
    options: Iterable[str],
    files: Iterable[Path],
    knowledge: KnowledgeBase,
    hierarchy: Hierarchy,
    *,
    allow_chains: bool = False,
) -> tuple[PackageMapping, ...]:
    """All mappings of a relink, options first, packages before applications.

    Raises UsageError where there is none, for a file with faults, for an ID that is mapped to two others, for chains
    and circles (unless they are allowed), and for kinds of objects that do not fit, as far as the hierarchy file says.
    """
    found: dict[str, PackageMapping] = {}
    texts = tuple(options)
    given = [
        *mappings((text for text in texts if "/" not in text), "--map", hierarchy),
        *(_application(text) for text in texts if "/" in text),
        *(item for file in files for item in read_mappings(file, hierarchy)),
    ]
    for item in given:
        earlier = found.setdefault(item.old.upper(), item)
        if earlier.new.upper() != item.new.upper():
            raise UsageError(
                f"{item.old} is mapped to both {earlier.new} and {item.new}.", remedy="Keep one of the two."
            )
    if not found:
        raise UsageError("Nothing is mapped.", remedy="Give --map OLD=NEW, or a CSV file with --map-file.")
    if not allow_chains:
        _refuse_chains(found)
    kinds = KindsOf(None, knowledge, hierarchy)
    misfits = [text for item in found.values() if (text := kinds.misfit(item.old, item.new))]
    if misfits:
        raise UsageError(" ".join(misfits), remedy="Correct the mapping, or the hierarchy file.")
    return tuple(found.values())


def _application(text: str) -> PackageMapping:
    """The mapping of one application by another. Raises UsageError when one of the two is none."""
    old, _, new = (piece.strip() for piece in text.partition("="))
    wrong = next((piece for piece in (old, new) if not APPLICATION_ID.fullmatch(piece)), None)
    if wrong is not None:
        raise UsageError(
            f'--map: "{wrong}" is not the name of an application.',
            remedy="Both have the form ScopeId_GUID/Application_GUID. An application takes the place of an application.",
        )
    if old.upper() == new.upper():
        raise UsageError(f"--map: {old} is mapped to itself.", remedy="Leave it out, or name another application.")
    return PackageMapping(old=PackageId(old), new=PackageId(new))


def read_mappings(path: Path, hierarchy: Hierarchy) -> tuple[PackageMapping, ...]:
    """Read a CSV file with the header ``old,new`` or ``old,new,name``; commas, semicolons or tabs.

    Each row maps a package to a package or an application to an application.

    Raises UsageError that lists every fault with its line.
    """
    location = Location(file=str(path))
    text = _text(path, location)
    delimiter = next((sign for sign in ";\t" if sign in text.split("\n", 1)[0]), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: dict[str, tuple[PackageMapping, int]] = {}
    faults: list[str] = []
    try:
        header = [cell.strip().casefold() for cell in next(reader, [])]
        if header not in _COLUMNS:
            faults.append(f'line 1: the header is "{delimiter.join(header)}"')
        else:
            for row in reader:
                faults.extend(_row_faults(row, reader.line_num, len(header), found, hierarchy))
    except csv.Error as error:
        faults.append(f"line {reader.line_num}: {error}")
    if faults:
        listed = "".join(f"\n  - {fault}" for fault in faults)
        number = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
        raise UsageError(f"The file of mappings has {number}:{listed}\n", remedy=_REMEDY, location=location)
    return tuple(item for item, _ in found.values())


def _text(path: Path, location: Location) -> str:
    try:
        return text_of(path)
    except OSError as error:
        message = f"The file of mappings cannot be read: {error.strerror or error}."
        raise UsageError(message, remedy="Check the path given to --map-file.", location=location) from error
    except UnicodeDecodeError as error:
        message = "The file of mappings is not UTF-8."
        raise UsageError(message, remedy='In Excel, save it as "CSV UTF-8".', location=location) from error


def _row_faults(
    row: list[str],
    line: int,
    columns: int,
    found: dict[str, tuple[PackageMapping, int]],
    hierarchy: Hierarchy,
) -> Iterator[str]:
    """Add the mapping of one row to ``found``, or say what is wrong with it. Empty rows are left out."""
    cells = [cell.strip() for cell in row]
    if not any(cells):
        return
    if len(cells) not in (2, columns):
        yield f"line {line}: it has {len(cells)} columns instead of {columns}"
        return
    applications = [APPLICATION_ID.fullmatch(cell) is not None for cell in cells[:2]]
    old, new = (cell if is_one else cell.upper() for cell, is_one in zip(cells, applications, strict=False))
    wrong = [cell for cell, is_one in zip(cells, applications, strict=False) if not is_one and not is_package_id(cell)]
    if wrong:
        yield from (f'line {line}: "{cell}" is not a package ID' for cell in wrong)
        return
    if NO_PACKAGE in (old, new):
        yield f'line {line}: {NO_PACKAGE} stands for "no package", and cannot be replaced or put in a place'
        return
    if applications[0] != applications[1]:
        yield f"line {line}: an application can only take the place of an application"
        return
    if old.upper() == new.upper():
        yield f"line {line}: {old} is mapped to itself"
        return
    known = hierarchy.package(new)
    name = (cells[2] if len(cells) > 2 else "") or (known.name if known is not None else "")
    item = PackageMapping(old=PackageId(old), new=PackageId(new), new_name=name)
    earlier, earlier_line = found.setdefault(old.upper(), (item, line))
    if earlier.new.upper() != item.new.upper():
        yield f"line {line}: {old} is mapped to {new}, but line {earlier_line} maps it to {earlier.new}"
    elif earlier is not item and not earlier.new_name:
        found[old.upper()] = replace(earlier, new_name=name), earlier_line


def _refuse_chains(found: dict[str, PackageMapping]) -> None:
    chains = [
        f"{item.old} = {item.new} = {found[item.new.upper()].new}"
        for item in found.values()
        if item.new.upper() in found
    ]
    if chains:
        raise UsageError(
            f"Some new IDs are to be replaced themselves: {'; '.join(chains)}.",
            remedy="Map each ID to what it shall be in the end; or say with --allow-chains that all are to be "
            "replaced at once, each ID one time.",
        )
