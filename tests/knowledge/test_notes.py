"""The notes of the policy that comes with the product, and what notes.yml may say."""

from __future__ import annotations

from pathlib import Path

import pytest

import knowledge
from knowledge.errors import PolicyError
from knowledge.text.manifest import parse_manifest
from knowledge.text.notes import Notes, load_notes, parse_notes
from knowledge.text.policy import PolicyStore, load_store, parse_policy

FOLDER = Path(knowledge.__file__).parent / "policies" / "tancloud"
VERSION = "2022-02-17"


@pytest.fixture(scope="module")
def notes() -> Notes:
    return load_notes(FOLDER / "notes.yml")


@pytest.mark.parametrize(
    ("clause_id", "kind", "zh", "en"),
    [
        ("1.1.1", "wrong_reference", "第十条", "Article 10"),
        ("1.2.8", "wrong_reference", "第十条", "Article 10"),
        ("5.4", "wrong_reference", "第十条", "Article 10"),
        ("5.5", "wrong_reference", "第十条", "Article 10"),
        ("5.3", "wrong_reference", "第五条（二）", "Article 5(b)"),
        ("5.6", "translation", "十五天", "15 days"),
        ("4.3.2.4", "translation", "不是用户", "not on you"),
        ("1.2.1", "translation", "注销", "closing your account"),
        ("5.5", "translation", "注销", "closing your account"),
        ("3.3.2", "translation", "合法权利", "legally entitled"),
        ("4.3.2.2", "translation", "接触者", "people who handle"),
        ("1.2.9.5", "translation", "重大合法权益", "major lawful rights"),
        ("3.1.7", "translation", "合法", "lawful"),
        ("3.1.8", "translation", "合法", "lawful"),
        ("3.1.5", "translation", "广告主", "advertiser"),
        ("1.2.10.1", "translation", "访问", "to access"),
        ("1.2.10.1", "translation", "拍照取词", "photo word look-up"),
        ("2.1", "translation", "说明文档", "documentation"),
        ("1.2.8", "translation", "站内信", "in"),
        ("0.3", "inconsistency", "搜索关键字", "search keywords"),
        ("1.2.3.1", "inconsistency", "搜索关键字", "search keywords"),
        ("1.2.4.4", "inconsistency", "搜索关键字", "search keywords"),
        ("10", "inconsistency", "sales@TanCloud.cn", "gongchao@tancloud.cn"),
        ("7", "inconsistency", "陪同", "guardian"),
        ("7", "inconsistency", "14 周岁以下", "under the age of 14"),
        ("1.2.3.2", "inconsistency", "非个人信息", "non-personal"),
        ("1.2.10", "inconsistency", "拒绝", "refusing"),
        ("1.2.8", "inconsistency", "几乎相同", "nearly the same"),
        ("3.3", "inconsistency", "仅会", "only"),
        ("3.4.7", "inconsistency", "收集", "collecting"),
        ("5.2", "inconsistency", "期限", "deadline"),
        ("5.3", "inconsistency", "期限", "deadline"),
        ("9", "inconsistency", "适用", "applicable law"),
        ("0", "layout", "目录", "table of contents"),
        ("1", "layout", "A. / a.", "A. / a."),
        ("2.1", "layout", "编号", "numbered"),
        ("5.7", "layout", "半角", "half-width"),
    ],
)
def test_known_defects_are_told(notes: Notes, clause_id: str, kind: str, zh: str, en: str) -> None:
    told = [note.text for note in notes.for_clause(clause_id, VERSION) if note.kind == kind]
    assert any(zh in text.get("zh") and en in text.get("en") for text in told)


def test_quoted_words_stand_in_the_clause_they_are_about() -> None:
    store = load_store(FOLDER)
    for clause_id, quoted in (
        ("5.6", "ten days"),
        ("5.6", "within five days"),
        ("5.6", "sales@TanCloud.cn"),
        ("10", "gongchao@tancloud.cn"),
        ("4.3.2.4", "If you fail to fulfill these obligations"),
        ("1.2.10.1", "take photos with words, take pictures, translate"),
        ("1.2.8", "station letter"),
        ("2.1", "file attached to your browser"),
        ("4.3.2.2", "personal information contacts"),
        ("5.3", "(1) Accessing and Correcting Your Personal Information"),
    ):
        assert quoted in store.current.clause(clause_id).text.get("en")


def test_a_clause_without_defect_or_another_version_has_none(notes: Notes) -> None:
    assert notes.for_clause("5.3.1", VERSION) == ()
    assert notes.for_clause("5.6", "2030-01-01") == ()


def test_a_policy_without_notes_has_none(tmp_path: Path) -> None:
    assert len(load_notes(tmp_path / "notes.yml")) == 0


@pytest.fixture(scope="module")
def store() -> PolicyStore:
    entries = {
        "id": "sample",
        "version": "1",
        "effective_date": "2024-01-01",
        "languages": ["en"],
        "title": {"en": "S"},
    }
    return PolicyStore([parse_policy(b"1. Access\n\nWrite to us.\n", parse_manifest(entries))])


def _note(**changes: object) -> dict[str, object]:
    note: dict[str, object] = {
        "clauses": ["1"],
        "versions": ["1"],
        "kind": "layout",
        "text": {"zh": "版式", "en": "Layout"},
    }
    return {"notes": [{name: value for name, value in (note | changes).items() if value is not None}]}


def test_a_note_is_read(store: PolicyStore) -> None:
    (note,) = parse_notes(_note(), store).for_clause("1", "1")
    assert (note.clause_id, note.kind, note.text.as_dict()) == ("1", "layout", {"zh": "版式", "en": "Layout"})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"clauses": ["1", "9.9"]}, r"note 1\.clauses names clause '9\.9', which version 1 does not have"),
        ({"clauses": [1]}, r"note 1\.clauses must be a list of texts"),
        ({"versions": ["2"]}, r"note 1\.versions names version '2', which does not exist"),
        ({"versions": None}, r"note 1\.versions is missing"),
        ({"kind": "typo"}, r"note 1\.kind must be one of .*layout.*'typo'"),
        ({"text": {"zh": "版式"}}, r"note 1\.text\.en is missing"),
        ({"texts": {}}, r"note 1\.texts is not known"),
    ],
)
def test_a_wrong_note_is_refused_by_its_place(
    store: PolicyStore, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(PolicyError, match=reason):
        parse_notes(_note(**changes), store)


def test_the_file_is_named_in_the_error(tmp_path: Path, store: PolicyStore) -> None:
    (tmp_path / "notes.yml").write_text("notes: {}\n", "utf-8")
    with pytest.raises(PolicyError, match=r"^notes\.yml: notes must be a list"):
        load_notes(tmp_path / "notes.yml", store)
