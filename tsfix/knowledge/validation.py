"""Reads the TOML files and checks them: all mistakes of all files at once, each with file, key, found and expected."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from tsfix.errors import UsageError
from tsfix.knowledge.faults import Fault
from tsfix.knowledge.forms.common import Model
from tsfix.knowledge.forms.steps import StepModel
from tsfix.knowledge.schema import KnowledgeFile
from tsfix.knowledge.sense import faults
from tsfix.knowledge.sense_data import Data

DATA = Path(__file__).parent / "data"

AnyModel = TypeVar("AnyModel", bound=Model)


def _path(location: tuple[int | str, ...], content: object) -> str:
    """The key path with names instead of numbers, where the entries of a list have one."""
    names: list[str] = []
    for part in location:
        name = str(part)
        if isinstance(content, Mapping):
            content = content.get(part)
        elif isinstance(content, list) and isinstance(part, int) and part < len(content):
            content = content[part]
            if isinstance(content, Mapping):
                name = next((str(content[key]) for key in ("id", "key", "type", "name") if key in content), name)
        names.append(name)
    return ".".join(names) or "the file"


def _expected(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "no such key"
    if error["type"] == "missing":
        return "this key"
    return str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")


def _found(error: Any) -> str:
    return "nothing" if error["type"] == "missing" else repr(error["input"])[:80]


def validate(file: str, model: type[AnyModel], content: Mapping[str, Any], into: list[Fault]) -> AnyModel | None:
    """The content as a model; None, with all its faults in ``into``, when it is not valid."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        into.extend(
            Fault(file=file, key=_path(one["loc"], content), found=_found(one), expected=_expected(one))
            for one in error.errors()
        )
        return None


def _toml(folder: Path, file: str, into: list[Fault]) -> dict[str, Any] | None:
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        into.append(Fault(file=file, key="the file", found=str(error), expected="TOML"))
        return None


def read(folder: Path = DATA) -> Data:
    """All data files. Raises UsageError with every fault of every file when something is wrong."""
    found: list[Fault] = []
    sections: dict[str, Any] = {}
    for name, field in KnowledgeFile.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, Model):
            content = _toml(folder, f"{name}.toml", found)
            if content is not None:
                sections[name] = validate(f"{name}.toml", model, content, found)
    steps: dict[str, StepModel] = {}
    for path in sorted((folder / "steps").glob("*.toml"), key=lambda path: path.name.casefold()):
        file = f"steps/{path.name}"
        content = _toml(folder, file, found)
        step = None if content is None else validate(file, StepModel, content, found)
        if step is not None:
            steps[file] = step
    raise_if_any(found)
    data = Data(steps=steps, **sections)
    raise_if_any(faults(data))
    return data


def raise_if_any(found: list[Fault]) -> None:
    """Raise UsageError that tells all faults, when there are some."""
    if found:
        count = "1 mistake" if len(found) == 1 else f"{len(found)} mistakes"
        lines = "\n".join(f"  {fault}" for fault in found)
        raise UsageError(f"the knowledge base has {count} to mend:\n{lines}")
