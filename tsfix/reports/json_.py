"""The report for machines: versioned JSON whose form ``docs/reference/schemas/report.schema.json`` promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from tsfix.reports.report import Report
from tsfix.reports.unseen import escaped_in_json

if TYPE_CHECKING:
    from tsfix.reports.diff_report import DiffReport


def render(report: Report | DiffReport) -> str:
    """Render the report: UTF-8 text, two blanks of indentation, keys in the order of the report value."""
    return "".join(_pieces(report))


def _pieces(report: Report | DiffReport) -> Iterator[str]:
    """The text, one export at a time: all of a thousand exports as plain values would take a gigabyte."""
    start = "{\n"
    for field in fields(report):
        if is_shown(field):
            value = getattr(report, field.name)
            yield f"{start}  {json.dumps(field.name)}: "
            if isinstance(value, tuple) and value:
                for number, item in enumerate(value):
                    yield f"{',' if number else '['}\n    {_indented(item, 4)}"
                yield "\n  ]"
            else:
                yield _indented(value, 2)
            start = ",\n"
    yield "\n}\n"


def _indented(value: Any, depth: int) -> str:
    # Line breaks inside of texts are escaped, so every one that stands here is between two values.
    text = json.dumps(to_plain(value), ensure_ascii=False, indent=2)
    return escaped_in_json(text).replace("\n", "\n" + " " * depth)


def is_shown(field: Field[Any]) -> bool:
    """Fields that are only there for renderers of a page say so in their metadata."""
    return bool(field.metadata.get("json", True))


def to_plain(value: Any) -> Any:
    """Dataclasses to objects, tuples to arrays; everything else is plain already."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value) if is_shown(field)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    return value
