"""Tell from the bytes of a file whether it is, or is meant to be, a task sequence.

This is a guess that keeps a folder full of scripts quiet, not a parser: it asks for a text that begins like XML and
holds one of the marks of the known formats. Whether the file can be read is decided later, with a message.
"""

from __future__ import annotations

import codecs
import re

_MARKS = re.compile(
    r"""<sequence\s[^<>]*?version\s*=
    | &lt;sequence\s(?:(?!&lt;)[^<>])*?version\s*=
    | <SmsTaskSequencePackage[\s>]
    | &lt;SmsTaskSequencePackage
    | <INSTANCE\s[^<>]*?CLASSNAME\s*=\s*["']SMS_TaskSequencePackage["']""",
    re.VERBOSE | re.IGNORECASE,
)
"""Each alternative ends at the next tag: a search must not go on to the end of the text from every beginning of one."""
_BEGINNINGS = ("<", "&lt;")
_OTHER_LANGUAGES = ("<#", "<html", "<!doctype html", "<%")  # PowerShell comment, HTML, ASP


def looks_like_task_sequence(data: bytes) -> bool:
    """Tell whether the text begins like XML and holds the mark of a known format.

    UTF-8 and UTF-16 are tried, with or without a BOM.
    """
    text = _text(data).lstrip()
    if not text.startswith(_BEGINNINGS) or text[:20].lower().startswith(_OTHER_LANGUAGES):
        return False
    return _MARKS.search(text) is not None


def _text(data: bytes) -> str:
    """The bytes as text, whatever is wrong with them."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith(codecs.BOM_UTF16_LE) or data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace").removeprefix("\ufeff")
    if data.startswith(codecs.BOM_UTF16_BE) or data[:1] == b"\0":
        return data.decode("utf-16-be", "replace").removeprefix("\ufeff")
    return data.decode("utf-8", "replace")
