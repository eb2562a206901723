"""HTML elements by what they do to the text around them, and what an HTML tag looks like."""

from __future__ import annotations

import re

# What is in quotes may hold ">" but no "<", so that a quotation mark left open ends at the next tag.
TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,30})"
    r"(?P<attributes>(?:\s(?:[^<>\"']|\"[^\"<]{0,2000}\"|'[^'<]{0,2000}')*)?)/?>"
    r"|(?P<comment><!--)|<(?:!doctype|!\[|\?xml)[^<>]{0,500}>",
    re.IGNORECASE,
)

# Their content is no text.
HIDDEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "iframe", "object", "select", "textarea"}
)
# Nor is that of these in a page, where they are not the document.
FURNITURE = frozenset({"head", "nav", "footer", "button"})
TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# In these, white space and newlines are alike; each is a block of its own.
FLOWING = TITLES | {"p", "li", "dt", "dd", "td", "th", "caption", "summary", "figcaption"}
BLOCKS = FLOWING | {
    "address", "article", "aside", "blockquote", "body", "center", "details", "div", "dl", "fieldset", "figure",
    "footer", "form", "header", "hgroup", "hr", "html", "main", "menu", "nav", "ol", "pre", "section", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "col", "colgroup", "data", "del", "dfn",
    "em", "font", "i", "img", "input", "ins", "kbd", "label", "legend", "link", "mark", "meta", "o:p", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "title", "tt", "u", "var", "wbr",
}  # fmt: skip
_ELEMENTS = HIDDEN | FURNITURE | BLOCKS | _INLINE


def is_element(name: str) -> bool:
    """Whether a tag of this name, as written, is one: <Tabs> and <x-note> are, <your name> is text."""
    return name.lower() in _ELEMENTS or "-" in name or name[0].isupper()
