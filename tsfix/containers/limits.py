"""How much tsfix is willing to read: the limits that keep a hostile or broken file from filling memory or disk."""

from __future__ import annotations

from msgspec import Struct

_MIB = 1024 * 1024


class Limits(Struct, frozen=True, kw_only=True):
    """Upper bounds for reading. The defaults are far above every export seen and far below what hurts a workstation.

    The largest export seen has 14 parts, 0.6 MB in all, and its largest part has 0.3 MB.
    """

    part_bytes: int = 64 * _MIB
    """One part of a zip, or one XML file. Its tree takes about nine times as much memory."""
    file_bytes: int = 512 * _MIB
    """One zip on disk; it is read into memory as a whole."""
    unpacked_bytes: int = 512 * _MIB
    """All parts of one export together; they are in memory at the same time."""
    nested_bytes: int = 4096 * _MIB
    """Everything that is unpacked out of one file on disk, zips in zips included; it bounds time, not memory."""
    members: int = 20_000
    """Members of one zip. More make the directory itself a burden."""
    ratio: int = 250
    """Unpacked size to packed size. Task sequences reach about 30; deflate can reach 1032, and only bombs do."""
    ratio_free_bytes: int = _MIB
    """A member up to this size may have any ratio: a short run of blanks is no bomb."""
    zip_levels: int = 2
    """A zip, and a zip inside it. A third level was never seen in a real archive of exports."""
    walked_files: int = 200_000
    """Files that one folder may hold, sub-folders included, before the walk stops with an error."""
    sniffed_bytes: int = 64 * 1024
    """The start of a file that decides, in a folder walk, whether it is a task sequence."""


DEFAULT_LIMITS = Limits()
"""The limits that apply unless a caller passes others."""
