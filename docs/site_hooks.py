"""What MkDocs asks while it builds the site: the order of the pages, and what becomes of links to the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_ENTRY = re.compile(r"^(?:## (?P<section>.+)|- \[(?P<title>[^\]]+)\]\((?P<page>[^)#]+\.md)\).*)$")
_LINK_UP = re.compile(r"(?<!!)\[(?P<words>[^\]]+)\]\((?P<target>\.\./[^)#]*)(?:#[^)]*)?\)")


def on_config(config: Any) -> Any:
    """The navigation is made from the links in index.md, so that there is one list of pages."""
    sections: list[dict[str, Any]] = [{"Home": "index.md"}]
    pages: list[dict[str, str]] = []
    for line in (Path(config["docs_dir"]) / "index.md").read_text(encoding="utf-8").splitlines():
        found = _ENTRY.match(line)
        if found and found["section"]:
            pages = []
            sections.append({found["section"]: pages})
        elif found:
            pages.append({found["title"].replace("`", ""): found["page"]})
    config["nav"] = sections
    return config


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """A link to code or tests leads somewhere in a checkout; on the site its words stay, without the link."""
    docs = Path(config["docs_dir"]).resolve()
    folder = (docs / page.file.src_uri).parent

    def shown(link: re.Match[str]) -> str:
        inside = (folder / link["target"]).resolve().is_relative_to(docs)
        return link[0] if inside else link["words"]

    return _LINK_UP.sub(shown, markdown)
