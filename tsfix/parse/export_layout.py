"""Where things stand inside a console export: the names of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

_OBJECT = re.compile(r"(?P<prefix>(?:.*/)?)(?P<class>SMS_[A-Za-z]+)/(?P<key>[^/]+)/object\.xml", re.IGNORECASE)

TASK_SEQUENCE_CLASS = "SMS_TaskSequencePackage"
PROGRAM_CLASS = "SMS_Program"
_SPELLED = {name.lower(): name for name in (TASK_SEQUENCE_CLASS, PROGRAM_CLASS)}


class ObjectPart(Struct, frozen=True, kw_only=True):
    """One ``object.xml`` of an export."""

    part: str
    prefix: str
    """What stands before the class folder: empty in every native export."""
    class_name: str
    """As the site writes it, also where the folder is written otherwise."""
    key: str
    """The package ID; for a program the package ID, ``_`` and the program's name, percent-escaped."""

    @property
    def folder(self) -> str:
        """The folder of the object's parts, with a slash at the end."""
        return self.part[: -len("object.xml")]

    @property
    def package_id(self) -> str:
        """The package ID; for a program that of its package."""
        return self.key.split("_", 1)[0] if self.class_name == PROGRAM_CLASS else self.key


def object_parts(names: Iterable[str]) -> tuple[ObjectPart, ...]:
    """All objects among the parts, in their order."""
    found = []
    for name in names:
        match = _OBJECT.fullmatch(name)
        if match:
            class_name = _SPELLED.get(match["class"].lower(), match["class"])
            found.append(ObjectPart(part=name, prefix=match["prefix"], class_name=class_name, key=match["key"]))
    return tuple(found)


def sibling(part: str, name: str) -> str:
    """The name of another part in the same folder."""
    return part.rsplit("/", 1)[0] + "/" + name if "/" in part else name
