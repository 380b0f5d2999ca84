"""The small values that everything else is written in: identifiers, positions, spans, places."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, NewType

from msgspec import Struct

PackageId = NewType("PackageId", str)
"""Three characters of site code and five hexadecimal digits, such as ``CHQ00012``. Odd ones occur; keep them."""

SiteCode = NewType("SiteCode", str)
"""The three characters that name a site, such as ``LEG``."""

StepType = NewType("StepType", str)
"""The class of a step, such as ``SMS_TaskSequence_RebootAction``; empty where a step has no type."""

VersionId = NewType("VersionId", str)
"""A version as the knowledge base names it, such as ``1706`` or ``2012-r2``."""

RuleId = NewType("RuleId", str)
"""The stable name of a rule, such as ``R24``."""

Severity = Literal["error", "warning", "info"]
"""error: the run fails or leaves a computer unmanaged; warning: may fail or behave otherwise; info: for the operator."""

Certainty = Literal["certain", "likely", "unknown"]
"""How well a statement is founded. The three are different words in every report."""

Position = tuple[int, ...]
"""Where a group or step stands: the index among its siblings on every level, counted from 0. Names are not unique."""

NO_PACKAGE = PackageId("00000000")
"""The placeholder that exports hold where no package is chosen."""

_PACKAGE_ID = re.compile(r"[A-Z0-9]{3}[0-9A-F]{5}", re.IGNORECASE)
APPLICATION_ID = re.compile(r"ScopeId_[0-9A-F-]{36}/Application_[0-9A-F-]{36}", re.IGNORECASE)
"""How an application is named wherever a task sequence refers to it: two GUIDs, the same at every site of a hierarchy."""
_SITE_CODE = re.compile(r"[A-Z0-9]{3}", re.IGNORECASE)


_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


def whole_number(text: str) -> int | None:
    """The number that a text of an export is: ASCII digits, at most 18. None for everything else.

    ``int()`` takes more and fails on the rest: it knows digits of other scripts, ``str.isdigit`` knows raised ones that
    it does not, and 4,300 digits are its end.
    """
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


class Span(NamedTuple):
    """A half-open range of bytes: ``data[start:end]``."""

    start: int
    end: int


class Location(Struct, frozen=True, kw_only=True):
    """Where something was found, from the file down to the line.

    Every field may be missing except ``file``; reports show what is there.
    """

    file: str
    """The file as the person named it; ``outer.zip!inner.zip`` for a zip inside a zip."""
    part: str = ""
    """The part inside an export, such as ``SMS_TaskSequencePackage/CHQ00012/object.xml``."""
    task_sequence: str = ""
    """The name of the task sequence."""
    path: tuple[str, ...] = ()
    """The names of the groups and of the step, outermost first."""
    position: Position = ()
    """The same path as positions, which are unique where names are not."""
    line: int | None = None
    """Counted from 1, in the XML text that holds the thing. For a step in an export zip that is the decoded sequence, not
    ``object.xml``: there the sequence stands escaped inside one value. Most sites write it on one line, so it is mostly 1."""
    column: int | None = None
    """Counted from 1."""


def is_package_id(text: str) -> bool:
    """Tell whether the text has the form of a package ID. ``00000000`` has it too."""
    return _PACKAGE_ID.fullmatch(text) is not None


def is_site_code(text: str) -> bool:
    """Tell whether the text has the form of a site code."""
    return _SITE_CODE.fullmatch(text) is not None
