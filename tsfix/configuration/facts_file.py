"""Reads a person's own facts, such as the step types of an extension, from a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tsfix.configuration.nesting import load_flat
from tsfix.configuration.text_file import text_of
from tsfix.errors import UsageError
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.load import load
from tsfix.values import Location


def load_with(path: Path | None) -> KnowledgeBase:
    """The knowledge base, with the facts of the file added.

    Raises UsageError when the file cannot be read, has a fault, or names a fact that tsfix has already.
    """
    if path is None:
        return load()
    return load(_content(path), str(path))


def _content(path: Path) -> dict[str, Any]:
    import tomllib

    location = Location(file=str(path))
    try:
        content: dict[str, Any] = load_flat(tomllib.loads, text_of(path))
    except OSError as error:
        raise UsageError(
            f"The file with facts cannot be read: {error.strerror or error}.",
            remedy="Check the path given to --facts.",
            location=location,
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            "The file with facts is not UTF-8.",
            remedy="Save it as UTF-8. In Notepad that is a choice of the encoding.",
            location=location,
        ) from error
    except ValueError as error:
        raise UsageError(
            f"The file with facts is not valid TOML: {error}.",
            remedy="docs/how-to/add-facts-of-your-own.md shows its form.",
            location=location,
        ) from error
    return content
