"""Rules the static files keep: data never becomes markup, nothing comes from elsewhere, nothing is inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "api" / "web"
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
STYLES = sorted((WEB / "static").rglob("*.css"))
PAGES = sorted((WEB / "pages").glob("*.html"))
MARKUP = re.compile(
    r"\.(innerHTML|outerHTML)|insertAdjacentHTML|document\.write"
    r"|createContextualFragment|\beval\(|new Function"
)
ADDRESS = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$", re.DOTALL | re.MULTILINE)
IMPORT = re.compile(r"""^import\s(?:.*?\sfrom\s)?'([^']+)';$""", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(WEB))


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_scripts_build_nodes_and_stay_at_home(script: Path) -> None:
    code = COMMENT.sub("", script.read_text(encoding="utf-8"))
    assert MARKUP.findall(code) == []
    assert ADDRESS.findall(code) == []
    assert "'style'" not in code
    assert "style:" not in code


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_scripts_import_files_that_exist(script: Path) -> None:
    for target in IMPORT.findall(script.read_text(encoding="utf-8")):
        assert target.startswith("."), target
        assert (script.parent / target).resolve().is_file(), target


@pytest.mark.parametrize("script", [path for path in SCRIPTS if "strings." not in path.name], ids=name)
def test_a_script_fits_in_a_head(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 350
    assert lines[0].startswith("/**") or "/**" in "\n".join(lines[:8])


@pytest.mark.parametrize("style", STYLES, ids=name)
def test_styles_load_nothing(style: Path) -> None:
    code = COMMENT.sub("", style.read_text(encoding="utf-8"))
    assert "@import" not in code
    assert "url(" not in code


class Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"} and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pages_have_nothing_inline_and_only_files_of_ours(page: Path) -> None:
    parsed = Collector()
    parsed.feed(page.read_text(encoding="utf-8"))
    assert parsed.inline == []
    for tag, attributes in parsed.tags:
        assert not [key for key in attributes if key == "style" or key.startswith("on")], tag
        for key in ("src", "href"):
            address = attributes.get(key)
            if address is None:
                continue
            assert re.match(r"[/#](?!/)", address), address
            if address.startswith("/static/"):
                assert (WEB / address.lstrip("/")).is_file(), address
