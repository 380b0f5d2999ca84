"""Takes the secrets of an export out of everything that a report says about it: names, reasons, evidence, values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import Struct, msgpack
from msgspec.structs import replace

from tsfix.export import Export
from tsfix.masking import secret_values, without_secrets, written_forms

T = TypeVar("T")


def export_secrets(export: Export) -> frozenset[str]:
    """The secrets of all task sequences of an export."""
    found: set[str] = set()
    for exported in export.task_sequences:
        found |= secret_values(exported.task_sequence)
    return frozenset(found)


def masked(value: T, secrets: Iterable[str]) -> T:
    """The value with every text in it masked. A secret that is a plain word is left: it stands for other things too."""
    hunted = frozenset(secret for secret in secrets if not secret.isalpha())
    forms = tuple(form.encode("utf-8", "surrogatepass") for form in written_forms(hunted))
    return _masked(value, hunted, forms) if forms else value


def _masked(value: Any, secrets: frozenset[str], forms: tuple[bytes, ...]) -> Any:
    """What holds no secret is not copied: the same facts stand in many reports, and in memory only once."""
    if isinstance(value, str):
        return without_secrets(value, secrets)
    if not _may_hold(value, forms):
        return value
    if type(value) is tuple:
        return tuple([_masked(item, secrets, forms) for item in value])
    if isinstance(value, Struct):
        texts = {name: _masked(getattr(value, name), secrets, forms) for name in value.__struct_fields__}
        return replace(value, **texts)
    return value


def _may_hold(value: Any, forms: tuple[bytes, ...]) -> bool:
    """Look at a value as a whole: hardly any holds a secret, and a walk through all texts takes ten times as long."""
    try:
        written = msgpack.encode(value)
    except UnicodeEncodeError:  # half of a surrogate pair, in the name of a file
        return True
    return any(form in written for form in forms)
