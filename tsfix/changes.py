"""What a rewrite changes, for the report and for the proof: each change with its place, both values and its reasons."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tsfix.knowledge.facts import Source
from tsfix.values import Location, PackageId, RuleId

ChangeKind = Literal["changed", "added", "removed", "disabled", "replaced"]
Topic = Literal["content", "neutral", "references", "identity", "rewritten"]
"""What a change is about, so that reports can put the plumbing behind the substance.

``content``: what the task sequence does; ``neutral``: a newer setting that was not in use is left out; ``references``: the
lists that repeat what steps refer to; ``identity``: the copy's own name and ID; ``rewritten``: the same function in
another form, whose trade-off the reason tells.
"""


class Reason(Struct, frozen=True, kw_only=True):
    """Why something is changed, refused or reported."""

    rule: RuleId
    text: str
    """Such as ``target 1706 < needs 1710``."""
    sources: tuple[Source, ...] = ()
    topic: Topic = "content"


class Change(Struct, frozen=True, kw_only=True):
    """One planned difference between an original and its copy."""

    kind: ChangeKind
    """``disabled``: a step was taken out of action but stands; ``replaced``: a step gave way to another."""
    location: Location
    field: str
    """A stable key such as ``variable:_SMSClientPackageID``, ``attribute:disable``, ``step``, ``package-property:Name``."""
    label: str
    """The same in words."""
    before: str | None
    """None for something added."""
    after: str | None
    """None for something removed."""
    reasons: tuple[Reason, ...]

    @property
    def topic(self) -> Topic:
        """What the change is about; ``content`` as soon as one of its reasons is. What is rewritten is content too."""
        topics = {"content" if reason.topic == "rewritten" else reason.topic for reason in self.reasons}
        if self.field.startswith(("reference:", "object-reference:", "references-info:")):
            return "references"
        return topics.pop() if len(topics) == 1 else "content"

    @property
    def takes_out(self) -> bool:
        """True when it takes a group or step out of action: disabled, removed, or replaced by what does nothing."""
        if any(reason.topic == "rewritten" for reason in self.reasons):
            return False
        return self.field in ("step", "group") or (self.kind == "disabled" and self.field == "attribute:disable")


class Mention(Struct, frozen=True, kw_only=True):
    """An ID in free text: reported, never rewritten."""

    location: Location
    package_id: str
    label: str
    """Where it stands, in words."""
    excerpt: str


class MappingUse(Struct, frozen=True, kw_only=True):
    """Where the old ID of one mapping stood."""

    old: PackageId
    new: PackageId
    exports: int
    """Exports with the ID in a live place that were copied, or could be."""
    task_sequences: int
    places: int
    """Live places in all of them."""
    mentions: int
    """Times in free text, which is not rewritten."""
