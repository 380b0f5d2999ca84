"""What kind of object a package ID stands for, as far as an export and the hierarchy file say; tells what fits what."""

from __future__ import annotations

from collections import defaultdict

from tsfix.export import Export
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.places import live_places

_BY_HIERARCHY = {
    "client": "package",
    "usmt": "package",
    "package": "package",
    "driver": "driver package",
    "image": "operating system image",
    "upgrade": "upgrade package",
    "boot-image": "boot image",
}
OS_IMAGE_TYPE = "257"
UPGRADE_PACKAGE_TYPE = "259"
_BY_TYPE = {
    "0": "package",
    "3": "driver package",
    "4": "task sequence",
    OS_IMAGE_TYPE: "operating system image",
    "258": "boot image",
    UPGRADE_PACKAGE_TYPE: "upgrade package",
}
"""``ReferencePackageType`` in ``ReferencesInfo.xml``."""
_BY_CLASS = {
    "SMS_Package": "package",
    "SMS_DriverPackage": "driver package",
    "SMS_ImagePackage": "operating system image",
    "SMS_BootImagePackage": "boot image",
    "SMS_OperatingSystemInstallPackage": "upgrade package",
}
_BY_PLACE = {
    "client-package": "package",
    "usmt-package": "package",
    "sysprep-package": "package",
    "driver-package": "driver package",
    "os-image": "operating system image",
    "os-upgrade-package": "upgrade package",
    "boot-image": "boot image",
    "task-sequence": "task sequence",
}
"""What the place asks for. A plain ``package`` says nothing: lists that repeat a child's references hold all kinds."""
_ONLY_ONE_USE = {
    "client": "client package",
    "usmt": "USMT package",
    "client-package": "client package",
    "usmt-package": "USMT package",
}
"""Packages that serve one purpose, by what the hierarchy file calls them and by what a place asks for."""


class KindsOf:
    """The kinds of the objects that an export or the hierarchy file names."""

    def __init__(
        self, export: Export | None, knowledge: KnowledgeBase, hierarchy: Hierarchy, *, plain_is_vague: bool = False
    ) -> None:
        """``plain_is_vague``: an entry of the file that says ``package`` says nothing, as entries without a kind read so."""
        self._kinds: dict[str, set[str]] = defaultdict(set)
        self._uses: dict[str, str] = {}
        for known in hierarchy.packages:
            if not (plain_is_vague and known.kind == "package"):
                self._note(known.id, _BY_HIERARCHY.get(known.kind))
            if known.kind in _ONLY_ONE_USE:
                self._uses[known.id.upper()] = _ONLY_ONE_USE[known.kind]
        if export is None:
            return
        for found in export.package_objects:
            self._note(found.package_id, _BY_CLASS.get(found.class_name))
        for exported in export.task_sequences:
            for row in exported.references_info:
                self._note(row.package_id, _BY_TYPE.get(row.package_type))
            for place in live_places(exported, knowledge):
                for package_id in place.ids:
                    self._note(package_id, _BY_PLACE.get(place.reference_kind))
                    if place.reference_kind in _ONLY_ONE_USE:
                        self._uses.setdefault(package_id.upper(), _ONLY_ONE_USE[place.reference_kind])

    def _note(self, package_id: str, kind: str | None) -> None:
        if kind is not None:
            self._kinds[package_id.upper()].add(kind)

    def misfit(self, old: str, new: str) -> str:
        """Why the new object cannot take the place of the old one; empty where it can, or where nobody knows."""
        before, after = self._kinds.get(old.upper(), set()), self._kinds.get(new.upper(), set())
        if before and after and not before & after:
            return f"{old} ({_listed(before)}) cannot be replaced by {new} ({_listed(after)}): it is another kind of object."
        uses = self._uses.get(old.upper()), self._uses.get(new.upper())
        if all(uses) and uses[0] != uses[1]:
            return f"{old} ({uses[0]}) cannot be replaced by {new} ({uses[1]}): it serves another purpose."
        return ""

    def other_than_package(self, package_id: str) -> str:
        """What the object is, where it is known to be no plain package for any content; empty where it may be one."""
        kinds, use = self._kinds.get(package_id.upper(), set()), self._uses.get(package_id.upper())
        if use is not None:
            return f"the {use}"
        return "" if not kinds or "package" in kinds else f"another kind of object ({_listed(kinds)})"

    def other_than_upgrade(self, package_id: str) -> str:
        """What the object is, where it is known to be no upgrade package; empty where it may be one."""
        kinds = self._kinds.get(package_id.upper(), set())
        return "" if not kinds or "upgrade package" in kinds else f"another kind of object ({_listed(kinds)})"


def _listed(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds))
