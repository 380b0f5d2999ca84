"""Is the target older than the side that the task sequence comes from? And is a client newer than the target?"""

from __future__ import annotations

import re
from functools import lru_cache

from tsfix.checks.subject import Subject
from tsfix.errors import UsageError
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Version

_BUILD = re.compile(r"\d+\.\d+\.(?P<build>[0-9]{1,9})(\.\d+)?")


@lru_cache(maxsize=512)
def version_of(knowledge: KnowledgeBase, text: str) -> Version | None:
    """The version that a hierarchy file names, or None for one that the knowledge base does not have."""
    try:
        return knowledge.find_version(text)
    except UsageError:
        return None


def newest_site_version(hierarchy: Hierarchy, knowledge: KnowledgeBase) -> Version | None:
    """The newest version of any site; None where no site is known."""
    found = [version_of(knowledge, site.version) for site in hierarchy.sites]
    return max((version for version in found if version is not None), key=lambda version: version.order, default=None)


def target_is_older(subject: Subject) -> bool:
    """Tell whether the default packages can be newer than the target.

    They follow the newest site of the hierarchy. Where no hierarchy is known, whoever names a target means an older one;
    only nothing can be newer than the newest version there is.
    """
    if subject.target is None:
        return False
    newest = newest_site_version(subject.hierarchy, subject.knowledge) or subject.knowledge.versions[-1]
    return subject.target.version.order < newest.order


def build_of(version: str) -> int | None:
    """The build of a full version such as ``5.00.9122.1002`` (third field), or None for another text."""
    found = _BUILD.fullmatch(version.strip())
    return None if found is None else int(found["build"])


def newer_than_target(subject: Subject, client_version: str) -> bool | None:
    """Tell whether a client of this full version is newer than the target; None where the version is not known.

    Only builds count: hotfixes raise the last field, and a site takes clients of its own build.
    """
    build = build_of(client_version)
    if build is None or subject.target is None:
        return None
    return build > subject.target.version.build


def comparison(subject: Subject, client_version: str) -> str:
    """The comparison in words, such as ``client 5.00.9122.1002 > target 1706 (5.00.8540)``."""
    assert subject.target is not None
    version = subject.target.version
    sign = ">" if newer_than_target(subject, client_version) else "<="
    return f"client {client_version} {sign} target {version.id} ({version.site_version.rsplit('.', 1)[0]})"
