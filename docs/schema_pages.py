"""Writes the pages about JSON from the published schemas: ``python docs/schema_pages.py [--check]``.

``reference/schemas.md`` lists the schemas, ``reference/report-json.md`` every field of the JSON reports.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent / "reference"
SCHEMAS = REFERENCE / "schemas"
REPORTS = ("report", "diff")
MADE = "<!-- Made by: python docs/schema_pages.py -->\n\n"
LIST = """\
# Schemas

Every file that a program reads or writes has a published schema (JSON Schema, draft 2020-12).
An editor that knows schemas completes and checks the TOML files with them.

The schemas of reports are a promise: what they describe changes its meaning only with a new `schema_version`. New fields may come without one.
[Fields of the JSON reports](report-json.md) is the same as tables.

| Schema | Describes |
|---|---|
"""
FIELDS = """\
# Fields of the JSON reports

`--format json` and `--output json=FILE` write the whole report: nothing is cut, secrets are masked, the encoding is UTF-8.
All fields are always there. Where there is nothing to say, a text is empty, a list is empty, or the value is `null`.
Positions count from 0: `[0, 2]` is what other formats show as 1.3.

`schema_version` is the version of this form. It rises when the meaning of a field changes.
[The schemas](schemas.md) say the same for programs.
"""


def pages() -> dict[Path, str]:
    """The text of each page."""
    return {
        REFERENCE / "schemas.md": MADE + LIST + "".join(_list()),
        REFERENCE / "report-json.md": MADE + FIELDS + "".join(_fields()),
    }


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _list() -> Iterator[str]:
    for path in sorted(SCHEMAS.glob("*.schema.json")):
        words = _read(path).get("description", "")
        words = words.replace("The file data/", "The file `tsfix/knowledge/data/").replace(".toml.", ".toml`.")
        yield f"| [{path.name}](schemas/{path.name}) | {words} |\n"


def _fields() -> Iterator[str]:
    told: set[str] = set()
    for name in REPORTS:
        schema = _read(SCHEMAS / f"{name}.schema.json")
        commands = "`tsfix diff`" if name == "diff" else "`scan`, `clone`, `relink` and `demo`"
        yield f"\n## The report of {commands}\n\n"
        yield from _table(schema)
        for part, content in schema["$defs"].items():
            if part not in told and "properties" in content:
                told.add(part)
                yield f"\n### {part}\n\n"
                if content.get("description"):
                    yield f"{_text(content['description'])}\n\n"
                yield from _table(content)


def _table(content: dict[str, Any]) -> Iterator[str]:
    yield "| Field | Type | Meaning |\n|---|---|---|\n"
    for field, value in content["properties"].items():
        yield f"| `{field}` | {_type(value)} | {_text(value.get('description', ''))} |\n"


def _type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        part = value["$ref"].rsplit("/", 1)[-1]
        return f"[{part}](#{part.lower()})"
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_type(one) for one in value["anyOf"]))
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value.get("type") == "array":
        if "prefixItems" in value:
            return "list of " + " and ".join(_type(one) for one in value["prefixItems"])
        return f"list of {_type(value['items'])}" if value.get("items") else "list"
    kind = value.get("type", "any")
    return {"string": "text", "integer": "number", "boolean": "true or false", "object": "object"}.get(kind, str(kind))


def _text(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|").replace("``", "`").replace("<", "&lt;")


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` only say which are out of date. Returns the exit code."""
    old = [(path, text) for path, text in pages().items() if not path.is_file() or path.read_bytes() != text.encode()]
    for path, text in old:
        print(f"{'out of date' if '--check' in arguments else 'written'}: {path.name}")
        if "--check" not in arguments:
            path.write_bytes(text.encode())
    return 1 if old and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
