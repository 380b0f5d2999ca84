"""Reads an HTML page as a browser does, as far as the tests ask: elements, attributes, texts, what a page could load."""

from __future__ import annotations

from html.parser import HTMLParser

from msgspec import Struct, field

VOID = frozenset({"meta", "br", "input", "link", "img", "hr"})


class Page(Struct):
    """What was found in a page."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    """All text but that of style and script."""
    faults: list[str] = field(default_factory=list)
    """Elements that are not closed, or closed twice."""

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for attributes in self.of("a")]


def read_page(html: str) -> Page:
    page = Page()
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    page.faults.extend(f"<{name}> is not closed" for name in reader.open)
    return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.page.faults.append(f"</{tag}> closes {self.open[-3:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.page.text += data
