"""Reads what a person wrote into a file as values of the program: every fault at once, each with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from msgspec import Struct, convert
from msgspec.structs import fields

T = TypeVar("T")


def reader(wanted: type[T]) -> Callable[[object], T]:
    """A function from tables, lists and texts to the wanted value: a struct, or a tuple of structs.

    The function raises pydantic's ValidationError: pydantic names all faults, msgspec would name the first one. A key
    that is no field is a fault.
    """
    from pydantic import TypeAdapter

    adapter: TypeAdapter[Any] = TypeAdapter(_form(wanted))

    def read(found: object) -> T:
        value = adapter.validate_python(found)
        return convert(adapter.dump_python(value, exclude_unset=True), wanted)

    return read


def _form(hint: Any) -> Any:
    """The type with a model of the same fields in place of each struct, which pydantic does not know."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        from pydantic import ConfigDict, create_model

        hints = get_type_hints(hint)
        keys: dict[str, Any] = {
            field.name: (_form(hints[field.name]), ... if field.required else field.default) for field in fields(hint)
        }
        return create_model(hint.__name__, __config__=ConfigDict(extra="forbid"), **keys)
    if isinstance(hint, UnionType):
        return reduce(or_, map(_form, get_args(hint)))
    if get_origin(hint) is tuple:
        return tuple.__class_getitem__(tuple(map(_form, get_args(hint))))
    return hint
