"""Makes copies: of one export for a target here, and the second half of every copy for others. Pure: parts in, parts out."""

from __future__ import annotations

from tsfix.conversion.cloning import clone
from tsfix.conversion.finishing import finish
from tsfix.conversion.former_places import at_former_places
from tsfix.conversion.obstacles import CLIENT_RULES
from tsfix.conversion.outcomes import Judgement, Outcome, Refused, Rewritten, Unchanged
from tsfix.conversion.requested import with_request
from tsfix.conversion.subjects import Views, require_readable, subjects_of

__all__ = [
    "CLIENT_RULES",
    "Judgement",
    "Outcome",
    "Refused",
    "Rewritten",
    "Unchanged",
    "Views",
    "at_former_places",
    "clone",
    "finish",
    "require_readable",
    "subjects_of",
    "with_request",
]
