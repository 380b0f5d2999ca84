"""Writes the reference of the Python API from the code itself: ``python -m tsfix.api_reference [--check]``."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import FunctionType, ModuleType

from tsfix import api
from tsfix.reports.json_ import shown_fields

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
PAGE = REFERENCE / "python-api.md"
EXAMPLE = REFERENCE / "examples" / "nightly_scan.py"
_INTRODUCTION = """\
<!-- Made by: python -m tsfix.api_reference. Change tsfix/api.py and the values that it names instead. -->

# Python API

`tsfix.api` holds what the commands do, as functions that take paths and give values.

- **Only the names on this page are stable.** Everything else in the package may change with any release.
- Parameters are named like the options of the [commands](commands.md). Messages name those options.
- Nothing is printed, nothing is asked, nothing is sent anywhere. Inputs are only read.
- A wrong request raises an error. One bad export among many raises nothing: it stands in the report, and `exit_code` says so.
- Fields of a report are those of its JSON form, with the same names and the same promise.
  The schemas describe them, values inside values too: [report](schemas/report.schema.json), [diff](schemas/diff.schema.json).
- Secrets are masked in every report. Positions count from 0; lines and columns count from 1.
- The package has type hints. `mypy --strict` accepts the script below.
- `import tsfix` loads nothing. `from tsfix import api` loads the parser; that takes a fraction of a second.

## A whole script

[This script](examples/nightly_scan.py) scans a folder for several sites and keeps one page for review.

```python
{example}```
"""


def page() -> str:
    """The text of the page: every name of ``tsfix.api.__all__``, functions first."""
    names = [(name, getattr(api, name)) for name in api.__all__]
    functions = [name for name, value in names if isinstance(value, FunctionType)]
    errors = [value for _, value in names if isinstance(value, type) and issubclass(value, Exception)]
    values = [value for _, value in names if isinstance(value, type) and value not in errors]
    others = [name for name, value in names if not isinstance(value, type | FunctionType)]
    parts = [_INTRODUCTION.format(example=EXAMPLE.read_text(encoding="utf-8")), "\n## Functions\n"]
    parts += [text for name in functions for text in _function(name)]
    parts += ["\n## Values\n", *(text for value in values for text in _value(value))]
    parts += ["\n## Types\n\n| name | what it is | meaning |\n|---|---|---|\n", *map(_alias, others)]
    parts += ["\n## Errors\n\nEach has `message`, `remedy`, `location` and the `exit_code` of the command line.\n\n"]
    parts += ["| error | is a | exit code | raised when |\n|---|---|---|---|\n", *map(_error, errors)]
    return "".join(parts)


def _function(name: str) -> Iterator[str]:
    definition = next(
        item for item in _body(api) if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name == name
    )
    lines = list(_parameters(definition.args))
    returns = ast.unparse(definition.returns) if definition.returns else "None"
    yield (
        f"\n### {name}\n\n```python\n{name}(\n" + "".join(f"    {line},\n" for line in lines) + f") -> {returns}\n```\n"
    )
    prose, prompt, example = (ast.get_docstring(definition) or "").partition(">>> ")
    yield f"\n{_marked(prose).strip()}\n"
    if prompt:
        yield f"\n```pycon\n{prompt}{example.strip()}\n```\n"


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    plain = arguments.args
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(arguments.defaults)), *arguments.defaults]
    yield from (_parameter(*pair) for pair in zip(plain, defaults, strict=True))
    if arguments.kwonlyargs:
        yield "*"
    yield from (_parameter(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    text = ast.unparse(argument)
    return text if default is None else f"{text} = {_quoted(ast.unparse(default))}"


def _quoted(text: str) -> str:
    """Texts in double quotes, as everywhere in the project."""
    return f'"{text[1:-1]}"' if text.startswith("'") else text


def _value(value: type) -> Iterator[str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(value))).body[0]
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    texts = _texts_below(body)
    yield f"\n### {value.__name__}\n\n{_marked(inspect.getdoc(value) or '')}\n\n| field | type | meaning |\n|---|---|---|\n"
    shown = shown_fields(value)
    for item in body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.target.id in shown:
            yield _row(f"`{item.target.id}`", f"`{ast.unparse(item.annotation)}`", texts.get(item.target.id, ""))
        elif isinstance(item, ast.FunctionDef) and item.decorator_list:
            yield _row(f"`{item.name}`", f"`{ast.unparse(item.returns or item)}`", ast.get_docstring(item) or "")


def _alias(name: str) -> str:
    """A named type: its definition and the text below it, wherever the API takes it from."""
    module: ModuleType = api
    for item in _body(api):
        if isinstance(item, ast.ImportFrom) and item.module and name in {found.name for found in item.names}:
            module = import_module(item.module)
    body = _body(module)
    assigned = next(
        item.value
        for item in body
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name) and item.targets[0].id == name
    )
    return _row(f"`{name}`", f"`{ast.unparse(assigned)}`", _texts_below(body)[name])


def _error(error: type[Exception]) -> str:
    base = error.__bases__[0].__name__
    return _row(f"`{error.__name__}`", f"`{base}`", str(getattr(error, "exit_code", "")), inspect.getdoc(error) or "")


def _body(module: ModuleType) -> list[ast.stmt]:
    return ast.parse(inspect.getsource(module)).body


def _texts_below(body: list[ast.stmt]) -> dict[str, str]:
    """The text below each name that is given a value or a type."""
    found: dict[str, str] = {}
    for item, text in pairwise(body):
        target = (
            item.target
            if isinstance(item, ast.AnnAssign)
            else item.targets[0]
            if isinstance(item, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[target.id] = str(text.value.value)
    return found


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(_marked(cell).split()).replace("|", "\\|") for cell in cells) + " |\n"


def _marked(text: str) -> str:
    return text.replace("``", "`")


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only say whether it is current. Returns the exit code."""
    from tsfix.knowledge.compile import bring_up_to_date

    return bring_up_to_date(iter([(PAGE, page())]), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
