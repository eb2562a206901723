"""The policies of companies that do not exist, read as bare texts: what became of each line of them."""

from __future__ import annotations

import html
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from knowledge.text.policy import Policy, load_policy
from knowledge.types import Language

FOLDER = Path(__file__).parent / "policies"
NAMES = tuple(
    sorted(
        path.name for path in FOLDER.iterdir() if path.suffix in (".md", ".html") and path.stem != "README"
    )
)

# Every id; "2.1-4" stands for 2.1, 2.2, 2.3 and 2.4.
IDS = {
    "brightwater.html": "0 0.1 1 1.1-2 1.2.1-2 1.3 2 2.1-3 3 3.1-3 4 5 5.1-2 6",
    "caldera.md": "0 0.1 1 1.1 2 2.1-2 3 3.1 4 4.1-2 5 5.1",
    "harborlight.md": "0 0.1-2 1 1.1-2 1.2.1-3 1.3 2 2.1-3 3 3.1-3 4 5 5.1-4 6 7 8 9 10",
    "lakeside.md": "0 0.1 1 1.1-3 2 2.1-3 3 4 4.1-3 5",
    "meadow.md": "0 0.1 1 1.1 2 2.1-3 2.3.1 2.4 2.4.1 3 3.1-3 4 4.1 5 5.1-3 6 6.1 7 7.1",
    "nordvik.md": (
        "0 0.1 1 1.1 2 2.1-2 2.2.1-4 2.3-4 2.4.1 2.5 2.5.1 3 3.1 3.1.1-2 3.1.2.1-2 3.1.3 3.1.3.1-2 3.2 4 4.1 "
        "5 5.1 5.1.1-4 6 6.1-2 6.2.1 6.3 6.3.1 7 7.1"
    ),
    "pine.md": "0 0.1 1 1.1-3 2 3 3.1-2 4 5 6",
    "qinghe.md": (
        "0 1 1.1-2 2 2.1-2 2.2.1-3 2.3 3 3.1 3.1.1-3 3.1.3.1-2 3.2 3.2.1-2 4 4.1-3 5 5.1-3 6 6.1-3"
    ),
    "quill.md": "1 2 3 4 5 6 7",
    "stellmark.md": "0 1 1.1-2 1.2.1-2 2 2.1-3 3 3.1 3.1.1-3 3.2 5 5.1-2 6 6.1-3 7 8 8.1-2",
    "tingquan.md": (
        "0 0.1 1 1.1 1.1.1-2 1.1.2.1-3 1.1.3 1.2 1.2.1-2 1.2.2.1-2 1.2.3 1.3 2 2.1-2 2.2.1-3 3 3.1-2 4 4.1 "
        "4.1.1-3 4.2 5 5.1-2 5.2.1-2 5.3 6 7"
    ),
    "yuntu.md": (
        "0 0.1 1 1.1 1.1.1-2 1.1.2.1-3 1.1.2.3.1-3 1.1.3 1.2 1.2.1-2 1.3 1.3.1-3 2 3 3.1 3.1.1-2 3.2 4 4.1-4 5 6"
    ),
}  # fmt: skip

# What is no clause: the title, the table of contents, and what a page has around its text.
LEFT_OUT = {
    "brightwater.html": ["Brightwater Pools & Spas Privacy Policy"],
    "caldera.md": ["CALDERA TRAILS PRIVACY NOTICE"],
    "harborlight.md": ["Harborlight Privacy Statement"],
    "lakeside.md": ["湖畔书房隐私声明", "Lakeside Study Privacy Statement"],
    "meadow.md": ["Meadow Kitchen: how we treat your data"],
    "nordvik.md": ["Privacy notice for Nordvik Rentals"],
    "pine.md": ["松果托育隐私政策", "Pinecone Nursery Privacy Policy"],
    "qinghe.md": ["青禾记账App隐私政策"],
    "stellmark.md": ["STELLMARK FLEET TELEMATICS — DATA PROTECTION POLICY"],
    "tingquan.md": ["听泉隐私保护指引"],
    "yuntu.md": [
        "云途地图隐私权政策", "目录", "我们收集哪些信息", "我们如何使用Cookie", "我们如何共享信息",
        "您如何管理自己的信息", "未成年人", "如何联系我们",
    ],
}  # fmt: skip

# Where a number can stand at the start of a line in these texts, and which one it is; written without the parser.
_NUMBER = re.compile(
    r"^\s*(?:Section \d+\.|Article \d+:|Annex \d+:|第[一二三四五六七八九十]+[条章]|[一二三四五六]、|（[一二三四]）|"
    r"\d\.\d\b|[\d１-６][.、．]|（[\d１-３]）|\([a-c\d]\)|\(i{1,3}\)|[A-C]\.|[①②③]|\d(?= ))\s*"
)


@cache
def read(name: str) -> Policy:
    return load_policy(FOLDER / name)


def expand(ids: str) -> list[str]:
    found: list[str] = []
    for entry in ids.split():
        first, _, last = entry.partition("-")
        above, _, number = first.rpartition(".")
        found += [f"{above}.{n}".lstrip(".") for n in range(int(number), int(last or number) + 1)]
    return found


def visible_lines(name: str) -> list[str]:
    """The body of a text, line by line, without markup and numbers; written without the parser."""
    text = (FOLDER / name).read_bytes().decode("utf-8-sig")
    if name.endswith(".html"):
        text = text[text.index("<h1>") : text.index("</main>")]
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        text = re.sub(r"\s*\n\s*", " ", text)
        text = re.sub(r"</?(?:h[1-6]|p|li|tr|ul|ol|table|div|thead|tbody)\b[^>]*>|<br>", "\n", text)
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    elif text.startswith("---"):
        text = text.split("---", 2)[2]
    lines = [re.sub(r"^[#>\s*-]+|\*\*", "", line) for line in text.splitlines()]
    lines = [re.sub(r"\[([^]]*)\]\(([^)]*)\)", r"\1 \2", _NUMBER.sub("", line, count=1)) for line in lines]
    return [line.strip() for line in lines if any(sign.isalnum() for sign in line)]


def said(policy: Policy, lang: Language) -> dict[str, str]:
    """What each clause says in its own place: its text, below its heading where that is not the parent's.

    Clause 0 repeats 0.1, 0.2, …; of it the dates are left.
    """
    found: dict[str, str] = {}
    for clause in policy.clauses.values():
        text, own = clause.text.only(lang) or "", clause.heading.only(lang) or ""
        parent = policy.clauses.get(clause.parent_id or "")
        inherits = clause.id[0] == "0" or (parent is not None and clause.headings == parent.headings)
        found[clause.id] = text if inherits or text.startswith(own) else f"{own}\n{text}"
    if whole := policy.clauses.get("0"):
        dates = len(whole.paragraphs) - len(whole.child_ids)
        found["0"] = "\n".join(paragraph.only(lang) or "" for paragraph in whole.paragraphs[:dates])
    return found


def bare(text: str) -> str:
    """Letters and digits; of punctuation and white space nothing is promised here."""
    return "".join(sign for sign in text if sign.isalnum())


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_has_its_id(name: str) -> None:
    assert list(read(name).clauses) == expand(IDS[name])


@pytest.mark.parametrize("name", NAMES)
def test_ids_parents_and_children_agree(name: str) -> None:
    clauses = read(name).clauses
    for clause in clauses.values():
        assert clause.parent_id == (clause.id.rpartition(".")[0] or None)
        assert all(clauses[child].parent_id == clause.id for child in clause.child_ids)
        assert clause.id in (clauses[clause.parent_id].child_ids if clause.parent_id else [clause.id])


@pytest.mark.parametrize("name", NAMES)
def test_every_sign_of_the_body_is_in_exactly_one_clause(name: str) -> None:
    policy = read(name)
    found = Counter(bare("".join(text for lang in policy.languages for text in said(policy, lang).values())))
    left_out = Counter(bare("".join(LEFT_OUT.get(name, []))))
    assert found == Counter(bare("".join(visible_lines(name)))) - left_out


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_body_stands_word_for_word_in_one_clause(name: str) -> None:
    policy = read(name)
    spoken = [{key: bare(text) for key, text in said(policy, lang).items()} for lang in policy.languages]
    left_out = {bare(line) for line in LEFT_OUT.get(name, [])}
    lines = [line for line in map(bare, visible_lines(name)) if len(line) > 12 and line not in left_out]
    assert lines
    for line in lines:
        homes = [key for texts in spoken for key, text in texts.items() if line in text]
        assert len(homes) == 1, (line, homes)


@pytest.mark.parametrize(
    ("name", "clause_id", "label", "heading", "text"),
    [
        (
            "harborlight.md", "1.2.2", "Section 1(b)(ii)", "Information We Collect",
            "your browser, device model and language; and",
        ),
        (
            "harborlight.md", "3", "Section 3", "How We Share Information",
            "We do not sell personal information. We share it only:\n\nWe tell the account owner before answering "
            "a legal demand unless a judge forbids it.",
        ),
        (
            "harborlight.md", "5.2", "Article 5.2", "Your Choices and Rights",
            "Deletion. Close your account under Settings > Billing > Close account. We erase it after thirty (30) "
            "days; backups expire after a further sixty (60) days.",
        ),
        ("nordvik.md", "2.2", "Section 2, paragraph 2", None, "Purpose | Data | Legal basis"),
        (
            "nordvik.md", "2.2.2", "Section 2, paragraph 2, row 2", "What we process, why and on which legal basis",
            "Reporting guests to the authorities | Passport number, nationality | Legal obligation, Art. 6(1)(c)",
        ),
        ("nordvik.md", "3.1.2.1", None, "our cleaning partners, who learn", "the date of your departure"),
        (
            "nordvik.md", "6.3.1", "Section 6.2, paragraph 1", "Complaining",
            "You may complain to the Danish Data Protection Agency (https://www.datatilsynet.example.com) if you "
            "think we break the rules.",
        ),
        ("meadow.md", "3.3", None, "Who else sees it",
         "If somebody buys Meadow Kitchen, we will ask you before your data goes with it."),
        ("caldera.md", "4.2", None, "WHAT YOU MAY ASK OF US",
         "You may ask us to strike out the telephone number once you are down."),
        ("stellmark.md", "5", "Article 5", "Retention", "Retention"),
        ("stellmark.md", "3.1.3", "Article 3(A)(iii)", None, "recovery of a stolen vehicle."),
        ("stellmark.md", "8.2", "Annex 1(2)", "Recipients",
         "The insurer receives driving events if the driver agreed in writing."),
        ("brightwater.html", "1.2.2", "Article 1, item 2, item 2", "Health notes for lessons, that is",
         "heart conditions;"),
        ("brightwater.html", "2.2", "Article 2(b)", "Why we use it", "To keep swimmers safe."),
        ("brightwater.html", "3.1", "Article 3, row 1", "How long we keep it", "Pass purchases | 6\xa0years"),
        ("brightwater.html", "5.2", "Article 5.2", "Nobody is treated worse",
         "Prices < $20 and member discounts stay the same whether or not you use your rights."),
        ("lakeside.md", "2.3", "Article 2(c)", "How we use it", "to count which hours are busiest."),
        ("pine.md", "3", "Article 3", "Whom we share it with",
         "Whom we share it with\n\nWe share it with nobody else."),
    ],
)  # fmt: skip
def test_english_clauses(
    name: str, clause_id: str, label: str | None, heading: str | None, text: str
) -> None:
    clause = read(name).clause(clause_id)
    assert clause.text.en == text
    assert label is None or clause.label.en == label
    assert heading is None or clause.heading.en == heading


@pytest.mark.parametrize(
    ("name", "clause_id", "label", "heading", "text"),
    [
        ("qinghe.md", "0", "引言", None, "更新日期：2024年8月15日\n\n生效日期：2024年9月1日"),
        ("qinghe.md", "2.2", "第四条", None,
         "为了实现以下功能，我们会申请相应的系统权限：\n\n您可以在系统设置中随时关闭上述权限。"),
        ("qinghe.md", "3.1.3.2", "第六条（三）2", None, "统计结果不会提供给第三方。"),
        ("qinghe.md", "5.2", "第十二条", "您的权利",
         "您可以在“我的—设置—注销账号”中注销。注销前请先导出账单，注销后无法恢复。"),
        ("yuntu.md", "1.1.2.3.2", "第一条（一）2（3）②", None, "陀螺仪；"),
        ("yuntu.md", "1.2.1", "第一条（二）1", "附加功能",
         "家和公司地址。您可以设置常用地址，该信息属于敏感个人信息，我们会单独征得您的同意。"),
        ("tingquan.md", "1.1.1", "第1.1条第1项", "注册信息",
         "注册信息：手机号、昵称和头像。昵称和头像可以随时修改。"),
        ("tingquan.md", "1.2.2.1", "第1.2条第2项1", None, "进入和离开房间的时间"),
        ("tingquan.md", "2.2", "第2.2条", "存储期限", "到期后我们会删除或匿名化处理。"),
        ("tingquan.md", "4.1.2", "第4.1条第2行", "第三方SDK", "示例支付 | 充值 | 订单号、支付结果"),
        ("lakeside.md", "2.3", "第2条（c）", "我们怎样使用", "统计哪些时段最繁忙。"),
        ("pine.md", "1.2", "第1条（2）", "我们收集的信息", "监护人的姓名、电话和接送人的照片；"),
    ],
)  # fmt: skip
def test_chinese_clauses(name: str, clause_id: str, label: str, heading: str | None, text: str) -> None:
    clause = read(name).clause(clause_id)
    assert clause.text.zh == text
    assert clause.label.zh == label
    assert heading is None or clause.heading.zh == heading


def test_lines_of_the_source_are_told_even_in_a_page() -> None:
    source = (FOLDER / "brightwater.html").read_text("utf-8").split("\n")
    clauses = read("brightwater.html").clauses
    for clause_id, words in {
        "1.2.1": "allergies",
        "3.2": "Health notes",
        "5.2": "worse",
        "6": "Minors",
    }.items():
        assert words in source[clauses[clause_id].line["en"] - 1]


def test_all_policies_here_are_tested() -> None:
    assert set(IDS) == set(NAMES)
    assert len(NAMES) == 12
