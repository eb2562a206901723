"""The documents say what is there: settings, routes, folders, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings

ROOT = Path(__file__).parents[2]
WITH_README = [
    *("knowledge", "api", "actions", "bot"),
    *("api/chat", "api/dsr", "api/console", "api/web"),
]
BELOW = [path for top in ("knowledge", "api", "actions", "bot") for path in (ROOT / top).rglob("README.md")]
READMES = [ROOT / "README.md", *sorted(BELOW)]
FILE = re.compile(r"[\w*./{},<>-]+\.(?:py|js|css|html|yml|toml|md|txt|sql)\b")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(_env_file=None))


def rows(document: str) -> dict[str, list[str]]:
    """The tables of a document: the cells of a row by its first one, without the marks of code."""
    found = {}
    for line in document.splitlines():
        if line.startswith("|"):
            first, *others = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            found[first] = others
    return found


@pytest.mark.parametrize("setting", list(Settings.model_fields))
def test_every_setting_stands_in_the_readme_with_its_default(setting: str) -> None:
    found = rows((ROOT / "README.md").read_text(encoding="utf-8"))
    assert f"CLAUSEDESK_{setting.upper()}" in found
    default = str(Settings.model_fields[setting].default)
    assert found[f"CLAUSEDESK_{setting.upper()}"][0] == (default or "–")


def test_the_readme_names_no_setting_that_is_gone() -> None:
    named = set(re.findall(r"CLAUSEDESK_([A-Z_]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {setting.lower() for setting in named} <= set(Settings.model_fields)


def test_every_public_route_stands_in_the_readme_of_the_api(app: FastAPI) -> None:
    document = (ROOT / "api" / "README.md").read_text(encoding="utf-8")
    served = {
        f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods
    }
    named = {row for row in rows(document) if row.split(" ")[0] in ("GET", "POST", "PATCH", "DELETE", "PUT")}
    assert named == served


@pytest.mark.parametrize("folder", WITH_README)
def test_a_part_explains_itself(folder: str) -> None:
    document = ROOT / folder / "README.md"
    assert document.is_file()
    assert document.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("document", READMES, ids=name)
def test_files_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [named for named in sorted(set(named_files(text))) if not is_there(document.parent, named)]
    assert missing == []


@pytest.mark.parametrize("document", READMES, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def named_files(text: str) -> Iterator[str]:
    """Names in code marks and in drawings; ``a.{zh,en}.js`` is two names."""
    for code in re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL):
        for found in FILE.findall(code):
            if not found.startswith(("http", "var/", "/")) and "<" not in found:
                yield from spelled_out(found.strip(",{}"))


def spelled_out(found: str) -> Iterator[str]:
    parts = re.split(r"\{([^}]*)\}", found)
    choices = [part.split(",") if number % 2 else [part] for number, part in enumerate(parts)]
    for choice in product(*choices):
        yield "".join(choice)


def is_there(folder: Path, named: str) -> bool:
    """Beside the document, from the top, or somewhere below the document's folder."""
    if any(base.joinpath(named).exists() for base in (folder, folder.parent, ROOT)):
        return True
    return next(folder.rglob(named.removeprefix("./")), None) is not None


def test_the_check_of_names_finds_what_is_missing() -> None:
    found = sorted(set(named_files("`strings.{zh,en}.js`, `gone.py` and `api/app.py`; not `var/x.yml`")))
    assert found == ["api/app.py", "gone.py", "strings.en.js", "strings.zh.js"]
    assert not is_there(ROOT / "api", "gone.py")
    assert is_there(ROOT / "api" / "web", "strings.zh.js")
