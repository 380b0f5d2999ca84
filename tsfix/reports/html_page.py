"""One self-contained HTML file: template, style and script put together, with nothing that is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from tsfix import __version__
from tsfix.reports.words import count, printable, shorten

if TYPE_CHECKING:
    from jinja2 import Environment

_LONGEST = 20_000
"""No single text of a page is longer; the last resort against a file made to break readers."""

_SAFE_SCHEMES = ("https://", "http://")


def render_page(template: str, values: Mapping[str, Any]) -> str:
    """Fill the template. All text is escaped; control characters and marks that reorder text are written out."""
    return "".join(page_pieces(template, values))


def page_pieces(template: str, values: Mapping[str, Any]) -> Iterator[str]:
    """The same in pieces."""
    from jinja2 import PackageLoader
    from markupsafe import Markup

    environment = _environment()
    loader = environment.loader
    assert isinstance(loader, PackageLoader)
    # Browsers compare the fingerprint of what they read, and they read every line end as a line feed.
    style, script = (
        loader.get_source(environment, name)[0].replace("\r\n", "\n") for name in ("report.css", "report.js")
    )
    return environment.get_template(template).generate(
        # Both are files of this package and hold nothing of a report.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
        tool_version=__version__,
        **values,
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tsfix.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": count, "short": shorten, "link": _link}
    return environment


def _final(value: Any) -> Any:
    """What becomes of every text before it is escaped. Markup of the templates themselves passes."""
    if type(value) is not str:
        return value
    text = value if value.isprintable() else printable(value.replace("\n", " "))
    return text if len(text) <= _LONGEST else shorten(text, _LONGEST)


def _link(url: str) -> str:
    """The address of a source, if it is one that a reader can follow; facts of one's own may hold anything."""
    return url if url.startswith(_SAFE_SCHEMES) else ""


def _policy(style: str, script: str) -> str:
    """The page may use its own style and script and load nothing at all; the browser holds it to that."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
