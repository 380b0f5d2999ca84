"""Masks the secrets in a comparison: the values of secret variables in their place, and wherever they are repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from tsfix.comparison.differences import Comparison, Detail
from tsfix.masking import MASK, is_masked_name, mask_text, mask_value, secret_values, without_secrets
from tsfix.reports.masked import masked
from tsfix.task_sequence import TaskSequence

_CONDITION_TEST = re.compile(
    r"(?<![^\s\";(])(?P<keep>(?P<name>[^\s\";(]{1,256}) (?:(?:[a-z]+ ){1,4}|\"[^\"]*\" ))\"(?P<value>[^\"]*)\""
)
"""A test in the words of ``comparison/conditions.py``: ``OSDPin equals "1234"``."""


def all_secrets(task_sequences: Iterable[TaskSequence]) -> tuple[str, ...]:
    """Every secret in any of the task sequences: a parent repeats those of its children."""
    return tuple(sorted(frozenset[str]().union(*map(secret_values, task_sequences))))


def masked_name(name: str, secrets: Iterable[str]) -> str:
    """A name in which a secret is repeated."""
    return masked(name, secrets)


def masked_comparison(comparison: Comparison, secrets: Iterable[str]) -> Comparison:
    """The comparison without the secrets in its values. A difference stays one, also when both of its values are masked."""
    secrets = frozenset(secrets)
    return replace(
        comparison,
        differences=tuple(
            replace(found, details=tuple(masked_detail(detail, secrets) for detail in found.details))
            for found in comparison.differences
        ),
    )


def masked_detail(detail: Detail, secrets: Iterable[str]) -> Detail:
    """One detail without the secrets in it."""
    secrets = frozenset(secrets)
    return replace(
        detail,
        before=_masked(detail.field, detail.before, secrets),
        after=_masked(detail.field, detail.after, secrets),
    )


def _masked(field: str, value: str | None, secrets: frozenset[str]) -> str | None:
    if not value:
        return value
    if "@" in field.partition(":")[2]:
        # An attribute of a variable, such as hidden="true": no secret, whatever the variable is called.
        return mask_text(value, secrets)
    if field.startswith("condition"):
        # A value with a quote in it is only known whole as long as nothing of it is masked.
        value = _CONDITION_TEST.sub(_masked_test, without_secrets(value, secrets))
    return mask_value(field.replace("package-property:", "variable:"), value, secrets)


def _masked_test(found: re.Match[str]) -> str:
    if not found["value"] or not is_masked_name(found["name"]):
        return found.group()
    return found.group().removesuffix(f'{found["value"]}"') + f'{MASK}"'
