"""Takes the secrets of an export out of everything that a report says about it: names, reasons, evidence, values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tsfix.export import Export
from tsfix.masking import secret_values, without_secrets

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
    return _masked(value, hunted, {}) if hunted else value


def _masked(value: Any, secrets: frozenset[str], seen: dict[str, str]) -> Any:
    """What holds no secret is not copied: the same facts stand in many reports, and in memory only once.

    ``seen`` has the texts that were masked so far: names and labels repeat.
    """
    if isinstance(value, str):
        text = seen.get(value)
        if text is None:
            text = seen[value] = without_secrets(value, secrets)
        return value if text == value else text
    if type(value) is tuple:
        items = tuple([_masked(item, secrets, seen) for item in value])
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if isinstance(value, Struct):
        changed = {
            name: new
            for name in value.__struct_fields__
            if (new := _masked(old := getattr(value, name), secrets, seen)) is not old
        }
        return replace(value, **changed) if changed else value
    return value
