"""A page read back: what a browser would see, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img"}


@dataclass
class Element:
    """One element with its attributes, children and text."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, with runs of blanks as one."""
        inside = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(inside).split())

    def find(self, tag: str, **wanted: str) -> list[Element]:
        """All elements below with this tag and these attributes (`class_` matches one class of several)."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                fits = all(self._has(child, name, value) for name, value in wanted.items())
                if fits and (child.tag in {tag, "*"} or tag == "*"):
                    found.append(child)
                found += child.find(tag, **wanted)
        return found

    @staticmethod
    def _has(element: Element, name: str, value: str) -> bool:
        given = element.attributes.get(name.rstrip("_").replace("_", "-"), "")
        return value in given.split() if name == "class_" else given == value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(page: str) -> Element:
    """The page as a tree; fails where tags do not nest."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def check_is_inert(page: Element) -> None:
    """Fail if anything in the page could run, load or lead astray."""
    for element in page.find("*"):
        assert element.tag not in {
            "iframe",
            "object",
            "embed",
            "base",
            "link",
            "img",
            "form",
            "image",
            "use",
            "foreignobject",
        }
        names = set(element.attributes)
        assert not {name for name in names if name.startswith("on")} | names & {
            "src",
            "srcset",
            "style",
            "srcdoc",
            "action",
        }
        if "href" in element.attributes:
            assert element.tag == "a"
            address = element.attributes["href"]
            if not address.startswith("#"):
                assert address.lower().startswith(("https://", "http://"))
                assert element.attributes["rel"] == "noopener noreferrer"
    assert (len(page.find("style")), len(page.find("script"))) == (1, 1)


def shape(page: Element) -> list[str]:
    """The elements of a page in their order."""
    return [element.tag for element in page.find("*")]
