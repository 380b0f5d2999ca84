"""Explains differences outside of the steps: properties of the object, attributes of the sequence, lists of references."""

from __future__ import annotations

from msgspec import Struct

from tsfix.checks.object_properties import idle_properties, says_nothing
from tsfix.checks.out_of_action import MARK
from tsfix.checks.subject import Subject
from tsfix.comparison.differences import Detail, Difference
from tsfix.proof.explained import LISTS, NAME_AND_ID, OLDER_LACK, OTHER_ORDER, REPLACED, TARGET_LACKS, UNEXPLAINED, By
from tsfix.proof.replaced_ids import Replaced
from tsfix.values import whole_number

_COUNT = "__PROPERTY_COUNT"
_SITE_PROPERTIES = frozenset(
    {
        *(
            "SourceDate",
            "SourceSite",
            "SourceVersion",
            "LastRefreshTime",
            "TransformAnalysisDate",
            "TransformReadiness",
        ),
        *("ReferencesCount", "PackageSize", "StoredPkgVersion", "SedoObjectVersion", "ObjectPath", "SecuredScopeNames"),
        *("__SERVER", "__NAMESPACE", "__PROPERTY_COUNT", "__PATH", "__RELPATH", "PackageID", "Name", "ISVString"),
    }
)
"""Dates, counters and places that a site writes anew; the name is what the person chose in the import."""


class OutsideOfSteps(Struct, frozen=True, kw_only=True):
    """What is known about one pair of task sequences."""

    changed: Replaced
    used: frozenset[str]
    """What the enabled steps of the copy name, in upper case, and its boot image."""
    added: frozenset[str]
    """What steps of the copy name newly, in upper case: those of pasted children, and scripts in packages."""
    subject: Subject
    """The original's, with the target where one is known."""

    def explain(self, difference: Difference, detail: Detail) -> tuple[By, str]:
        """Whose work a difference outside of the steps is, and its kind."""
        what, _, rest = detail.field.partition(":")
        if difference.what == "references":
            return self._reference(what, rest, detail)
        if what == "package-property":
            return self._property(rest, detail)
        if what == "order":
            return "site", OTHER_ORDER
        if what == "attribute" and rest == "version":
            return "tsfix", "version of the sequence"
        if what == "attribute" and rest == "name":
            return "tsfix", NAME_AND_ID
        return "unexplained", UNEXPLAINED

    def _property(self, name: str, detail: Detail) -> tuple[By, str]:
        if name in ("Name", "PackageID", "__PATH", "__RELPATH"):
            return "tsfix", NAME_AND_ID
        if name == "BootImageID" and self.changed.substituted(detail.before or "") == detail.after:
            return "tsfix", REPLACED
        if name == "Description" and MARK.strip("[ ") in (detail.after or ""):
            return "tsfix", "description of the copy"
        if name == "ReferencesCount":
            return "tsfix", LISTS
        if detail.kind == "removed" and name in self._left_out():
            return "tsfix", TARGET_LACKS if self.subject.target is not None else OLDER_LACK
        if name == _COUNT and _lowered(detail) == len(self._left_out()):
            return "tsfix", TARGET_LACKS if self.subject.target is not None else OLDER_LACK
        if name in _SITE_PROPERTIES:
            return "site", "the site wrote dates and counters anew"
        if detail.kind in ("added", "removed"):
            return "site", "the site writes another number of properties"
        return "unexplained", UNEXPLAINED

    def _left_out(self) -> frozenset[str]:
        """The properties that a copy leaves out; without a target, those that a copy for any target could leave out."""
        if self.subject.target is not None:
            return frozenset(found.property.name for found in idle_properties(self.subject))
        return frozenset(
            found.name
            for feature in self.subject.knowledge.sequence_features()
            if feature.scope == "package" and feature.match.where == "package-property"
            for found in [self.subject.task_sequence.property(feature.match.name)]
            if found is not None and says_nothing(feature, found)
        )

    def _reference(self, what: str, rest: str, detail: Detail) -> tuple[By, str]:
        if what == "order":
            return "site", OTHER_ORDER
        name = rest.partition("@")[0].partition("#")[0].upper()
        new = self.changed.new_ids
        if detail.kind == "removed" and (name in self.changed.packages or name not in self.used):
            return "tsfix", LISTS
        if detail.kind == "added" and (name in new or name in self.used):
            return "tsfix" if name in new or name in self.added else "site", LISTS
        return "unexplained", "a list disagrees with what the steps use"


def _lowered(detail: Detail) -> int | None:
    """By how much a number became smaller."""
    before, after = whole_number(detail.before or ""), whole_number(detail.after or "")
    return None if before is None or after is None else before - after
