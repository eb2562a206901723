"""The commands on a text that has no policy.yml."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest
import yaml

from knowledge.__main__ import main

POLICIES = Path(__file__).parent / "policies"
ENCODER = ("--encoder", "hash:64")


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(copy(POLICIES / "qinghe.md", tmp_path / "Qinghe.md"))


def test_check_tells_what_was_guessed_in_lines_that_pin_it(
    capsys: pytest.CaptureFixture[str], text: Path
) -> None:
    assert main(["check", str(text)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("Qinghe.md has no policy.yml")
    guessed = [line for line in lines if line.startswith("    ")]
    assert lines[len(guessed)] == "qinghe 2024-08-15: 33 clauses in zh"
    assert yaml.safe_load("\n".join(line[4:] for line in guessed))["title"] == {"zh": "青禾记账App隐私政策"}
    text.with_name("policy.yml").write_text("\n".join(line[4:] for line in guessed), "utf-8")
    assert main(["check", str(text)]) == 0
    assert capsys.readouterr().out.startswith("qinghe 2024-08-15: 33 clauses in zh\n")


@pytest.mark.parametrize("option", ["--index", "--out", None])
def test_build_makes_a_cold_index_that_search_answers_from(
    capsys: pytest.CaptureFixture[str], text: Path, option: str | None
) -> None:
    place = [option, "here"] if option else []
    assert main(["build", "Qinghe.md", *place, *ENCODER]) == 0
    assert (text.parent / ("here" if option else "var/index/Qinghe")).is_dir()
    capsys.readouterr()
    found = ["--index", "here"] if option else []
    assert main(["search", "注销账号", "--policy", "Qinghe.md", "--top", "3", *found, *ENCODER]) == 0
    assert "第十二条" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"1. Scope\n\nAll.\n\n2.\n", "error: bad.md:5: clause 2 has a number but no text\n"),
        (b"\xff\xfe1\0", "error: bad.md:1: the text is UTF-16, not UTF-8; save it as UTF-8\n"),
        (b"", "error: bad.md: the text is empty\n"),
        (None, "error: bad.md: there is no such file\n"),
    ],
)
@pytest.mark.parametrize("command", ["check", "build"])
def test_a_bad_text_ends_in_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    data: bytes | None,
    error: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if data is not None:
        (tmp_path / "bad.md").write_bytes(data)
    assert main([command, "bad.md", *(ENCODER if command == "build" else ())]) == 1
    assert capsys.readouterr().err == error
    assert not list(tmp_path.glob("var/index/*/edition.json"))
