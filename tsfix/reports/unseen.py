"""Characters that nobody sees and that steer what shows them, written out in formats that keep every other text."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)
"""Controls of terminals, marks that turn the reading direction, marks of no width; not tab and line breaks."""


def escaped_in_json(text: str) -> str:
    """Finished JSON with those characters as escapes: another way to write it, which means the same."""
    return _UNSEEN.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def written_out(text: str) -> str:
    """Text with those characters as ``<U+202E>``, as in the reports for people. Line breaks stay."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found.group()):04X}>", text)
