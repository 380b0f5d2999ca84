"""Which version does a text name? ``2309``, ``2012 R2`` and ``5.00.9122.1011`` are found; a guess is never made."""

from __future__ import annotations

import re
from difflib import get_close_matches

from tsfix.errors import UsageError
from tsfix.knowledge.facts import Version

_BUILD = re.compile(r"(?:(?P<major>\d)\.\d{1,2}\.)?(?P<build>\d{4})(?:\.\d{1,4})?")


def find(versions: tuple[Version, ...], text: str) -> Version:
    """The version that the text names: id, alias, full name, build, or site version (its fourth field is ignored).

    Raises UsageError, with the known versions and the nearest ones, for anything else. A build between two known
    ones is a technical preview or a hotfix line, and one above the newest is a release that nobody recorded.
    """
    wanted = _normal(text)
    for version in versions:
        if wanted in (_normal(name) for name in (version.id, version.name, *version.aliases)):
            return version
    for version in versions:
        if text.strip() == version.site_version:
            return version
    if (found := _BUILD.fullmatch(text.strip())) is not None:
        build = int(found["build"])
        for version in versions:
            if version.build == build and found["major"] in (None, version.site_version[0]):
                return version
        if found["major"] is not None:
            raise UsageError(f"unknown build {text.strip()}{_neighbours(versions, build)}.", remedy=_known(versions))
    raise UsageError(f"unknown version {text.strip()!r}.", remedy=_suggestion(versions, text) + _known(versions))


def _normal(text: str) -> str:
    return re.sub(r"[\s\-_,]+", "", text).casefold()


def _neighbours(versions: tuple[Version, ...], build: int) -> str:
    below = [version for version in versions if version.build < build]
    above = [version for version in versions if version.build > build]
    if below and above:
        return f", between {below[-1].id} ({below[-1].build}) and {above[0].id} ({above[0].build})"
    if below:
        return f", newer than {below[-1].id} ({below[-1].build}), the newest version known here"
    return f", older than {above[0].id} ({above[0].build}), the oldest version known here"


def _suggestion(versions: tuple[Version, ...], text: str) -> str:
    names = {_normal(name): version.id for version in versions for name in (version.id, *version.aliases)}
    near = [names[name] for name in get_close_matches(_normal(text), names, n=3, cutoff=0.6)]
    return f"Did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""


def _known(versions: tuple[Version, ...]) -> str:
    return f"Known versions: {', '.join(version.id for version in versions)}."
