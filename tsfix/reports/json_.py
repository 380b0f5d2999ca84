"""The report for machines: versioned JSON whose form ``docs/reference/schemas/report.schema.json`` promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tsfix.reports.report import Report
from tsfix.reports.unseen import escaped_in_json

if TYPE_CHECKING:
    from tsfix.reports.diff_report import DiffReport


def render(report: Report | DiffReport) -> str:
    """Render the report: UTF-8 text, two blanks of indentation, keys in the order of the report value."""
    return "".join(pieces(report))


def pieces(report: Report | DiffReport) -> Iterator[str]:
    """The same, one export at a time."""
    start = "{\n"
    for name in shown_fields(report):
        value = getattr(report, name)
        yield f'{start}  "{name}": '
        if isinstance(value, Sequence) and value and not isinstance(value, str):
            for number, item in enumerate(value):
                yield f"{',' if number else '['}\n    {indented(to_plain(item), 4)}"
            yield "\n  ]"
        else:
            yield indented(to_plain(value), 2)
        start = ",\n"
    yield "\n}\n"


def indented(plain: Any, depth: int) -> str:
    """Plain values as JSON that stands inside of other JSON."""
    # Line breaks inside of texts are escaped, so every one that stands here is between two values.
    return json_text(plain).replace("\n", "\n" + " " * depth)


def json_text(plain: Any) -> str:
    """Plain values as JSON with two blanks of indentation; characters that nobody sees are written as escapes."""
    try:
        # The same text as the standard library's, in a fifth of the time.
        text = msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()
    except UnicodeEncodeError:
        # A file name on Linux may hold bytes that are no text.
        import json

        text = json.dumps(plain, ensure_ascii=False, indent=2)
    return escaped_in_json(text)


def shown_fields(value: Any) -> tuple[str, ...]:
    """The names of the fields of a value, or of its class, that the JSON form has; ``()`` for what is plain already.

    Fields that are only there for renderers of a page stand in ``page_only`` of their class.
    """
    return _shown_fields(value if isinstance(value, type) else type(value))


@cache
def _shown_fields(kind: type) -> tuple[str, ...]:
    page_only = getattr(kind, "page_only", ())
    return tuple(name for name in getattr(kind, "__struct_fields__", ()) if name not in page_only)


def to_plain(value: Any) -> Any:
    """Values of the model to objects, tuples to arrays; everything else is plain already."""
    if value is None or isinstance(value, str):
        return value
    if names := shown_fields(value):
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    return value
