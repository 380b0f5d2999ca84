"""Makes ``data/knowledge.json`` of the TOML files: ``python -m tsfix.knowledge.compile [--check]``.

The TOML files are the source; the JSON file is what ships, because it is read thirty times faster. With ``--check``
nothing is written: the exit code is 1 when a file is out of date. The JSON Schema of every kind of file is kept
current too, where the docs are at hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tsfix.errors import UsageError
from tsfix.knowledge.schema import FILES, KnowledgeFile
from tsfix.knowledge.sense_data import Data
from tsfix.knowledge.validation import DATA, read

COMPILED = DATA / "knowledge.json"
SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def content(data: Data) -> dict[str, Any]:
    """The whole knowledge base as one plain value; what holds its default is left out."""
    sections = {name: getattr(data, name) for name in KnowledgeFile.model_fields if name not in ("format", "steps")}
    whole = KnowledgeFile(steps={step.type: step for step in data.steps.values()}, **sections)
    return {"format": whole.format, **whole.model_dump(mode="json", exclude_defaults=True)}


def compiled(data: Data) -> str:
    """The text of the compiled file: one line for each entry, so that a change shows as a change of few lines.

    ``sections.py`` relies on this layout: line breaks on the three outermost levels only, one blank of indent a level.
    """
    return _lines(content(data), 0) + "\n"


def _lines(value: object, depth: int) -> str:
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict) and depth < 2:
        entries = (f"{_line(key)}:{_lines(one, depth + 1)}" for key, one in value.items())
        return "{" + inner + ("," + inner).join(entries) + outer + "}"
    if isinstance(value, list) and depth < 3:
        return "[" + inner + ("," + inner).join(_line(one) for one in value) + outer + "]"
    return _line(value)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def schemas() -> dict[str, str]:
    """The JSON Schema of each kind of data file and of the compiled file, by file name."""
    texts: dict[str, str] = {}
    for name, model in FILES.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        texts[f"{name}.schema.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts


def outputs(data: Data) -> Iterator[tuple[Path, str]]:
    """Every file that is made of the data, with its text."""
    yield COMPILED, compiled(data)
    if SCHEMAS.parents[1].is_dir():
        for name, text in schemas().items():
            yield SCHEMAS / name, text


def stale(files: Iterator[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """The files that do not hold their text yet."""
    return [(path, text) for path, text in files if not path.is_file() or path.read_bytes() != text.encode("utf-8")]


def bring_up_to_date(files: Iterator[tuple[Path, str]], *, check: bool) -> int:
    """Write the files that are out of date, or only name them. Returns the exit code."""
    old = stale(files)
    for path, text in old:
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        print(f"{'out of date' if check else 'written'}: {path.name}")
    return 1 if check and old else 0


def main(arguments: list[str]) -> int:
    """Run the command. Returns the exit code."""
    try:
        return bring_up_to_date(outputs(read()), check="--check" in arguments)
    except UsageError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
