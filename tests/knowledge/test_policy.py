"""The policy that comes with the product, the manifest beside a text, and the store of versions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import knowledge
from knowledge.errors import PolicyError, UnknownClause, UnknownVersion
from knowledge.text.manifest import Manifest, parse_manifest
from knowledge.text.policy import Policy, PolicyStore, load_policy, load_store, parse_policy
from knowledge.types import Bilingual, Language

FOLDER = Path(knowledge.__file__).parent / "policies" / "tancloud"

# How many clauses each one of the tree has below it; a clause not named has none.
CHILDREN = {
    "0": 5, "1": 2, "1.1": 3, "1.1.1": 2, "1.2": 11, "1.2.3": 2, "1.2.4": 5, "1.2.9": 9, "1.2.10": 5,
    "2": 2, "2.1": 3, "3": 4, "3.1": 11, "3.2": 2, "3.3": 2, "3.4": 7, "4": 4, "4.1": 4, "4.2": 3, "4.3": 4,
    "4.3.2": 4, "5": 7, "5.1": 2, "5.3": 4, "5.7": 8, "6": 3, "6.3": 6,
}  # fmt: skip


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(FOLDER)


def test_the_tree_is_complete(policy: Policy) -> None:
    assert len(policy.clauses) == 135
    assert [clause.id for clause in policy.articles()] == [str(number) for number in range(11)]
    assert {
        id_: len(clause.child_ids) for id_, clause in policy.clauses.items() if clause.child_ids
    } == CHILDREN


def test_clauses_stand_in_document_order(policy: Policy) -> None:
    ids = [tuple(int(part) for part in clause_id.split(".")) for clause_id in policy.clauses]
    assert ids == sorted(ids)
    for lang in policy.languages:
        lines = [clause.line[lang] for clause in policy.clauses.values() if clause.id != "0"]
        assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("clause_id", "zh", "en"),
    [
        ("0", "引言", "Preamble"),
        ("0.1", "引言第1段", "Preamble, paragraph 1"),
        ("1", "第一条", "Article 1"),
        ("1.2", "第一条（二）", "Article 1(B)"),
        ("1.2.3.1", "第一条（二）3（1）", "Article 1(B)(c)(i)"),
        ("1.2.9", "第一条（二）9", "Article 1(B)(i)"),
        ("1.2.10.5", "第一条（二）10（5）", "Article 1(B)(j)(v)"),
        ("1.2.11", "第一条（二）11", "Article 1(B)(k)"),
        ("2.1.3", "第二条（一）（3）", "Article 2(a)(3)"),
        ("3.1.11", "第三条（一）11", "Article 3(a)(xi)"),
        ("4.3.2.4", "第四条（三）2（4）", "Article 4(c)(ii)(4)"),
        ("5.6", "第五条（六）", "Article 5(f)"),
        ("5.7", "第五条（七）", "Article 5(g)"),
        ("6.3.6", "第六条（三）（6）", "Article 6(c)(vi)"),
        ("10", "第十条", "Article 10"),
    ],
)
def test_labels_are_how_people_cite(policy: Policy, clause_id: str, zh: str, en: str) -> None:
    assert policy.clause(clause_id).label == Bilingual(zh, en)


@pytest.mark.parametrize(
    ("clause_id", "count", "zh_starts", "en_last_starts"),
    [
        ("1.1.1", 2, "您提供的个人信息。", "Please note that if you upload"),
        ("1.1.1.2", 1, "您通过 TanCloud 服务向其他方提供", "The shared personal information"),
        ("1.2.3", 3, "在您使用我们服务过程中", "Please note that separate device"),
        ("1.2.3.2", 1, "设备信息：", "Device information:"),
        ("1.2.4.2", 2, "商品或服务交付：", "When you use the TanCloud service, TanCloud will"),
        ("1.2.5", 1, "我们可能从管理关联方", "We may obtain"),
        ("1.2.8", 3, "您了解并同意", "If we want to use"),
        ("1.2.9", 1, "根据相关法律法规规定", "According to relevant laws"),
        ("1.2.10", 2, "您理解并同意", "When you need to turn off"),
        ("1.2.10.5", 1, "如我们访问您的浏览器", "If we visit your browser"),
        ("1.2.11", 1, "以上由您提供", "The above personal"),
        ("2.1", 8, "我们或我们的第三方", "You can reject or manage"),
        ("2.1.3", 1, "广告优化。", "Advertising optimization."),
        ("3.1", 2, "您同意我们依据", "We will only share"),
        ("3.1.11", 1, "基于符合法律法规", "Provided based on the public"),
        ("3.4", 2, "以下情形中", "According to laws and regulations, sharing"),
        ("4.1", 3, "我们仅在本政策", "If we terminate"),
        ("4.1.4", 1, "是否存在", "Whether there is"),
        ("4.2", 2, "我们在中华人民共和国", "In response to the above"),
        ("4.3.1", 1, "我们会采用", "We will adopt"),
        ("4.4", 2, "在不幸发生", "Please understand"),
        ("5", 2, "我们鼓励您", "You can manage"),
        ("5.1", 1, "访问您的个人信息", "Access your personal information"),
        ("5.3", 3, "您可以通过", "If we decide to respond"),
        ("5.3.4", 1, "如果我们不再", "If we no longer"),
        ("5.6", 1, "获取个人信息副本：您可以", "Obtaining a copy of personal information: You"),
        ("6.3", 3, "其他接入第三方", "The services mentioned above"),
        ("6.3.6", 1, "用于支持产品", "Used to support"),
        ("8", 4, "我们可能适时", "Finally, you must"),
        ("10", 3, "绵阳探云科技", "Under normal circumstances"),
    ],
)
def test_each_paragraph_has_its_owner(
    policy: Policy, clause_id: str, count: int, zh_starts: str, en_last_starts: str
) -> None:
    clause = policy.clause(clause_id)
    assert len(clause.paragraphs) == count
    assert clause.text.get("zh").startswith(zh_starts)
    assert (clause.paragraphs[-1].en or "").startswith(en_last_starts)


@pytest.mark.parametrize(
    ("clause_id", "zh"),
    [
        ("0.1", "欢迎使用"),
        ("0.2", "适用范围："),
        ("0.3", "您了解并同意，以下信息不适用"),
        ("0.4", "【特别提示】"),
        ("0.5", "本政策适用于 TanCloud 服务，如与"),
    ],
)
def test_the_preamble_has_five_paragraphs_and_no_table_of_contents(
    policy: Policy, clause_id: str, zh: str
) -> None:
    assert policy.clause(clause_id).text.get("zh").startswith(zh)
    whole = policy.clause("0").text
    assert policy.clause(clause_id).text.get("en") in whole.get("en")
    assert "本政策将帮助您" not in whole.get("zh")
    assert "third-party services" not in whole.get("en").splitlines()


def test_the_whole_preamble_carries_the_versions_date(policy: Policy) -> None:
    assert policy.clause("0").paragraphs[0] == Bilingual("本版更新日期：2022 年 02 月 17 日", None)


def test_headings_come_from_the_clause_or_the_nearest_above(policy: Policy) -> None:
    assert policy.clause("4.3.1").heading == Bilingual("数据安全技术措施", "Data security technical measures")
    assert policy.clause("5.6").heading == Bilingual(
        "获取个人信息副本", "Obtaining a copy of personal information"
    )
    assert policy.clause("4.3.3").heading == policy.clause("4").heading
    assert policy.clause("1.2.9.9").heading.zh == "征得授权同意的例外"
    assert [title.zh for title in policy.clause("5.1.1").headings] == [
        "如何管理您的个人信息",
        "访问您的个人信息",
        "账户个人信息",
    ]
    assert policy.clause("1").heading.en == "How we collect and use your personal information"


def test_every_paragraph_is_word_for_word_in_the_source(policy: Policy) -> None:
    source = (FOLDER / "policy.md").read_text("utf-8")
    for clause in policy.clauses.values():
        for lang in policy.languages:
            own = [text for paragraph in clause.paragraphs if (text := paragraph.only(lang))]
            assert own
            assert all(text in source for text in own), clause.id
            assert clause.text.only(lang) == "\n\n".join(own)
            assert (clause.heading.only(lang) or "") in source or clause.id.startswith("0")


def test_no_text_of_the_source_is_lost_or_owned_twice(policy: Policy) -> None:
    lines = (FOLDER / "policy.md").read_text("utf-8").splitlines()
    no_clause = {*range(1, 9), *range(15, 37), 423, *range(431, 453)}  # front matter, titles, date, contents
    parts: dict[Language, range] = {"zh": range(1, 423), "en": range(423, len(lines) + 1)}
    for lang, part in parts.items():
        body = [lines[number - 1] for number in part if number not in no_clause and lines[number - 1]]
        owned: list[str] = []
        for clause in policy.clauses.values():
            if clause.id == "0":
                continue
            texts = [paragraph.get(lang) for paragraph in clause.paragraphs]
            above = policy.clause(clause.parent_id).headings if clause.parent_id else ()
            own_title = [title.get(lang) for title in clause.headings[len(above) :] if clause.id[0] != "0"]
            owned += [title for title in own_title if not texts[0].startswith(title)] + texts
        assert len(owned) == len(body)
        assert all(any(text in line for text in owned) for line in body)


def test_parents_and_children_name_each_other(policy: Policy) -> None:
    for clause in policy.clauses.values():
        assert all(policy.clause(child).parent_id == clause.id for child in clause.child_ids)
        assert clause.parent_id is None or clause.id in policy.clause(clause.parent_id).child_ids


def test_version_and_digest(policy: Policy) -> None:
    assert (policy.id, policy.version, policy.effective_date) == ("tancloud", "2022-02-17", date(2022, 2, 17))
    assert policy.sha256 == hashlib.sha256((FOLDER / "policy.md").read_bytes()).hexdigest()
    assert policy.languages == ("zh", "en")
    assert policy.title.en == "TanCloud Privacy Policy"


def test_requests_promise_what_the_clauses_say(policy: Policy) -> None:
    deletion = policy.requests["deletion"]
    assert (deletion.clause_id, deletion.days, deletion.clock_clause_id) == ("5.3", 15, "10")
    assert deletion.ground_ids == policy.clause("5.3").child_ids
    closure = policy.requests["account_closure"]
    assert (closure.working_days, closure.days, closure.clock_clause_id) == (15, None, "5.5")
    assert policy.requests["correction"].self_service_id == "5.2"
    for promise in policy.requests.values():
        unit = "十五个工作日" if promise.working_days else "十五天"
        assert unit in policy.clause(promise.clock_clause_id).text.get("zh"), promise.type


def test_an_unknown_clause_is_named(policy: Policy) -> None:
    with pytest.raises(UnknownClause, match=r"'11\.4'.*2022-02-17"):
        policy.clause("11.4")


def _entries(**changes: object) -> dict[str, object]:
    entries: dict[str, object] = {
        "id": "sample",
        "version": "1",
        "effective_date": "2024-01-01",
        "languages": ["en"],
        "title": {"en": "Sample Policy"},
    }
    entries.update(changes)
    return {name: value for name, value in entries.items() if value is not None}


def _manifest(**changes: object) -> Manifest:
    return parse_manifest(_entries(**changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "id is missing"),
        ({"version": 2.0}, "version must be a text in quotes"),
        ({"effective_date": "17 Feb 2022"}, "effective_date must be a date like"),
        ({"effective_date": None}, "effective_date is missing"),
        ({"languages": ["fr"]}, "languages must list"),
        ({"languages": ["en", "en"]}, "languages must list"),
        ({"languages": ["zh", "en"]}, "title.zh is missing"),
        ({"titel": "x"}, "titel is not known"),
        ({"requests": []}, "requests must be a mapping"),
        ({"requests": {"copy": {"clause": "1"}}}, "requests.copy.clock is missing"),
        (
            {"requests": {"copy": {"clause": 5.6, "clock": {"days": 1}}}},
            "requests.copy.clause must be a text",
        ),
        ({"requests": {"copy": {"clause": "1", "clock": {}}}}, "either days or working_days"),
        ({"requests": {"copy": {"clause": "1", "clock": {"days": 0}}}}, "days must be a whole number"),
        ({"requests": {"copy": {"clause": "1", "clock": {"days": True}}}}, "days must be a whole number"),
        ({"requests": {"copy": {"clause": "1", "clock": {"days": 1, "working_days": 1}}}}, "either days or"),
        (
            {"requests": {"copy": {"clause": "1", "clock": {"days": 1}, "grounds": "1"}}},
            "grounds must be a list",
        ),
    ],
)
def test_a_wrong_manifest_is_refused_by_the_entrys_name(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(PolicyError, match=reason):
        _manifest(**changes)


@pytest.mark.parametrize("place", ["clause", "clock", "grounds", "self_service"])
def test_a_request_that_names_no_clause_of_the_text_is_refused(place: str) -> None:
    wrong: dict[str, object] = {
        "clause": "9.9",
        "clock": {"days": 15, "clause": "9.9"},
        "grounds": ["9.9"],
        "self_service": "9.9",
    }
    copy = {"clause": "1", "clock": {"days": 15}, place: wrong[place]}
    with pytest.raises(
        PolicyError, match=r"requests\.copy names clause '9\.9', which the text does not have"
    ):
        parse_policy(b"1. Access\n\nWrite to us.\n", _manifest(requests={"copy": copy}))


def _write(folder: Path, text: str, version: str, effective: str) -> None:
    folder.mkdir(parents=True)
    (folder / "policy.md").write_text(text, "utf-8")
    (folder / "policy.yml").write_text(
        f'id: sample\nversion: "{version}"\neffective_date: {effective}\n'
        "languages: [en]\ntitle: {en: Sample}\n",
        "utf-8",
    )


def test_a_folder_with_versions_is_a_store(tmp_path: Path) -> None:
    _write(tmp_path / "sample", "1. New\n\nText.\n", "2", "2025-01-01")
    _write(tmp_path / "sample" / "versions" / "1", "1. Old\n\nText.\n", "1", "2024-01-01")
    store = load_store(tmp_path / "sample")
    assert [policy.version for policy in store.versions] == ["1", "2"]
    assert store.get() is store.current is store.get("2")
    assert store.get("1").clause("1").heading.en == "Old"
    with pytest.raises(UnknownVersion, match="'3'"):
        store.get("3")


def test_a_store_refuses_the_same_version_twice(policy: Policy) -> None:
    with pytest.raises(PolicyError, match="differ in version"):
        PolicyStore([policy, policy])
    with pytest.raises(PolicyError, match="at least one"):
        PolicyStore([])


def _no_manifest(folder: Path) -> None:
    (folder / "policy.yml").unlink()


def _broken_manifest(folder: Path) -> None:
    (folder / "policy.yml").write_text("id: [sample\nversion: 1", "utf-8")


def _no_text(folder: Path) -> None:
    (folder / "policy.md").unlink()


def _latin1(folder: Path) -> None:
    (folder / "policy.md").write_bytes("1. Access\n\nCaf\u00e9.\n".encode("latin-1"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_no_manifest, r"^policy\.yml: cannot be read"),
        (_broken_manifest, r"^policy\.yml:\d+: is not valid YAML"),
        (_no_text, r"^policy\.md: the text cannot be read"),
        (_latin1, r"^policy\.md:3: the text is not UTF-8"),
    ],
)
def test_a_damaged_folder_is_refused_by_file_and_reason(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    _write(tmp_path / "sample", "1. Access\n\nText.\n", "1", "2024-01-01")
    damage(tmp_path / "sample")
    with pytest.raises(PolicyError, match=message):
        load_policy(tmp_path / "sample")
