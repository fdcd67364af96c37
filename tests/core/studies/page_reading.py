"""Reads a page as a browser would, with the standard library: whether it is well-formed, and what it refers to."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "input", "hr", "source"}
DRAWN = {"path", "use", "polygon", "rect", "circle", "line"}  # of SVG; closed in their own tag


@dataclass
class Read(HTMLParser):
    """What is on a page."""

    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    downloads: dict[str, bytes] = field(default_factory=dict)
    policy: str = ""
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [str(given[name]) for name in ("src", "href", "xlink:href") if name in given]
        self.faults += [f"a handler {name}" for name in given if name.startswith("on")]
        if "id" in given:
            self.ids.append(str(given["id"]))
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(given["content"])
        if "download" in given:
            self.downloads[str(given["download"])] = base64.b64decode(str(given["href"]).partition("base64,")[2])
        if tag == "script":
            self.scripts.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.scripts[-1] += data
        elif self.open[-1:] != ["style"]:
            self.text.append(data)

    @property
    def foreign(self) -> list[str]:
        """Addresses outside the page."""
        return [address for address in self.addresses if not address.startswith(("#", "data:"))]


def read_page(html: str) -> Read:
    """The page, read to its end; tags that were left open are faults."""
    page = Read()
    page.feed(html)
    page.close()
    page.faults += [f"<{tag}> is open" for tag in page.open]
    return page
