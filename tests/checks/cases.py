"""The form of one case: a situation that a rule must find, and one that looks like it and must be left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tests.checks.scenes import Scene
from tsfix.values import Certainty, Severity

How = Literal["check", "advice"]


class Case(Struct, frozen=True, kw_only=True):
    """How one rule is kept."""

    how: How
    """``check``: found in a task sequence or export; ``advice``: said once for a whole report, where it applies."""
    where: str
    """The module of tsfix that says it."""
    fires: Callable[[], Scene]
    severity: Severity
    silent: Callable[[], Scene]
    certainty: Certainty = "certain"


def check(
    where: str,
    severity: Severity,
    fires: Callable[[], Scene],
    silent: Callable[[], Scene],
    certainty: Certainty = "certain",
) -> Case:
    """A rule that a check finds."""
    return Case(how="check", where=where, fires=fires, severity=severity, silent=silent, certainty=certainty)


def advice(fires: Callable[[], Scene], silent: Callable[[], Scene]) -> Case:
    """A rule that can only be told."""
    return Case(how="advice", where="advice", fires=fires, severity="info", silent=silent)
