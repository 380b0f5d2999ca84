"""Says in the description of a copy what it was made from: the original's ID, the target, a hash of the original.

The name of a copy can be changed in the console, and its ID is the site's choice; the description stays.
"""

from __future__ import annotations

import hashlib

from tsfix.changes import Reason
from tsfix.checks.out_of_action import MARK, marked
from tsfix.export import Export, ExportedTaskSequence
from tsfix.knowledge.base import KnowledgeBase
from tsfix.request import CloneRequest, CopyRequest
from tsfix.rewrites.sequence_draft import SequenceDraft
from tsfix.values import RuleId

_REASON = Reason(rule=RuleId("R54"), text="a copy says what it was made from", topic="identity")
_START = f"{MARK}copy"
_DIGITS = 16
"""So many hexadecimal digits of the hash: enough to find the original again, and short beside 127 characters."""


def apply(sequence: SequenceDraft, source: Export, request: CopyRequest, knowledge: KnowledgeBase) -> None:
    """Write the origin behind the description's own words, as far as a site of the target takes them.

    ``source`` is the export as the person gave it. A description that is NULL stays so. What an earlier copy wrote gives
    way.
    """
    found = sequence.task_sequence.property("Description")
    if found is None or not isinstance(found.value, str):
        return
    original = next(item for item in source.task_sequences if item.part == sequence.exported.part)
    longest = _longest(request, knowledge)
    own = found.value.partition(_START)[0].rstrip()[:longest]
    text = marked(own, _what(original, request), [_hash(source, original)], longest)
    sequence.set_property(found, text, _REASON, "description of the task sequence")


def _what(original: ExportedTaskSequence, request: CopyRequest) -> str:
    """A file without an ID is known by its hash alone: the name of the copy tells the original's already."""
    package_id = original.task_sequence.package_id
    named = f"copy of {package_id}" if package_id else "copy"
    if not isinstance(request, CloneRequest):
        return f"{named} with other packages"
    site = f"{request.target.site}, " if request.target.site else ""
    return f"{named} for {site}{request.target.version.id}"


def _hash(source: Export, original: ExportedTaskSequence) -> str:
    """The SHA-256 of the part that held the original: ``object.xml`` of an export, or the whole file."""
    digest = hashlib.sha256(source.parts.parts[original.part]).hexdigest()[:_DIGITS]
    return f"{original.part.rpartition('/')[2]} SHA-256 {digest}"


def _longest(request: CopyRequest, knowledge: KnowledgeBase) -> int:
    limits = knowledge.signs
    newer = limits.limit("object-description-characters-newer")
    since = None if newer.since is None else knowledge.version(newer.since)
    if isinstance(request, CloneRequest) and since is not None and request.target.version.order >= since.order:
        return newer.value or 0
    return limits.limit("object-description-characters").value or 0
