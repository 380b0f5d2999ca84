"""Makes the JSON Schema of the JSON report out of the report value: ``python -m tsfix.reports.schema [--check]``.

The schemas stand in ``docs/reference/schemas``. With ``--check`` nothing is written: the exit code is 1 when one is out
of date. The texts below fields are their descriptions, so the schema says what the code says.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

from tsfix.reports.diff_report import DiffReport
from tsfix.reports.json_ import shown_fields
from tsfix.reports.report import Report

REPORTS: dict[str, type[Any]] = {"report": Report, "diff": DiffReport}
"""Name of a published schema and the value it is made from."""

_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}


def schemas() -> dict[str, str]:
    """The text of each schema, by file name."""
    return {
        f"{name}.schema.json": json.dumps(schema(value), indent=2, ensure_ascii=False) + "\n"
        for name, value in REPORTS.items()
    }


def schema(value: type[Any]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report value and of everything in it.

    Every property is always there. New ones may come without a new ``schema_version``, so more than these are allowed.
    """
    definitions: dict[str, dict[str, Any]] = {}
    _of_type(value, definitions)
    whole = definitions.pop(value.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": value.__name__,
        **whole,
        "$defs": dict(sorted(definitions.items())),
    }


def _of_type(hint: Any, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of one type. Structs go to the definitions, once each."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    arguments = get_args(hint)
    origin = get_origin(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return {"anyOf": [_of_type(one, definitions) for one in arguments]}
    if origin is Sequence or (origin is tuple and arguments[-1] is Ellipsis):
        return {"type": "array", "items": _of_type(arguments[0], definitions)}
    if origin is tuple:
        items = [_of_type(one, definitions) for one in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if isinstance(hint, type) and issubclass(hint, Struct):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}
            definitions[hint.__name__] = _of_struct(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    message = f"{hint!r} has no form in JSON"
    raise TypeError(message)


def _of_struct(value: type[Any], definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    hints = get_type_hints(value)
    texts = _field_texts(value)
    properties: dict[str, dict[str, Any]] = {}
    defaults = {field.name: field.default for field in fields(value)}
    for name in shown_fields(value):
        properties[name] = {"const": defaults[name]} if name == "schema_version" else _of_type(hints[name], definitions)
        if name in texts:
            properties[name]["description"] = texts[name]
    about = _folded(value.__doc__ or "")
    return {"description": about, "type": "object", "properties": properties, "required": list(properties)}


def _field_texts(value: type[Any]) -> dict[str, str]:
    """The text below each field, which Python itself does not keep."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: _folded(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _folded(text: str) -> str:
    """One line, in the words of JSON."""
    return re.sub(r"\bNone\b", "null", " ".join(text.replace("``", "`").split()))


def _main() -> int:
    from argparse import ArgumentParser

    from tsfix.knowledge.compile import SCHEMAS, bring_up_to_date

    parser = ArgumentParser(prog="python -m tsfix.reports.schema", description="Writes the schemas of the reports.")
    parser.add_argument("--check", action="store_true", help="Only say what is out of date.")
    arguments = parser.parse_args()
    files = ((SCHEMAS / name, text) for name, text in schemas().items())
    return bring_up_to_date(files, check=arguments.check)


if __name__ == "__main__":
    raise SystemExit(_main())
