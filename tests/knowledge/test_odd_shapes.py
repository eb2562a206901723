"""Numbers that skip, repeat and restart, lists and tables, HTML, titles in bold, languages side by side, and junk."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from knowledge.errors import PolicyError
from knowledge.text.guess import guess_manifest
from knowledge.text.policy import Policy, parse_policy
from tests.knowledge.outlines import clauses, labels, texts


def ids(text: str, language: str = "en") -> list[str]:
    return list(clauses(text, language))


class TestNumbers:
    def test_a_number_left_out_leaves_its_id_out(self) -> None:
        found = texts("1. One\n\nAh.\n\n2. Two\n\nBee.\n\n4. Four\n\nDee.\n\n5. Five\n\nEee.")
        assert found == {"1": "Ah.", "2": "Bee.", "4": "Dee.", "5": "Eee."}

    def test_a_late_number_is_waited_for(self) -> None:
        assert ids("1. One\n\n3. is text, as 2 comes below\n\n2. Two\n\n3. Three\n\nC.") == ["1", "2", "3"]

    def test_a_number_that_comes_twice_counts_twice(self) -> None:
        text = "1. One\n\nAh.\n\n2. Two\n\nBee.\n\n2. Two again\n\nCee.\n\n3. Three\n\nDee."
        assert texts(text) == {"1": "Ah.", "2": "Bee.", "3": "Cee.", "4": "Dee."}
        assert labels(text) == ["Article 1", "Article 2", "Article 2", "Article 3"]

    def test_headings_count_whatever_their_number(self) -> None:
        numbers = {
            "1. One": "Ah.",
            "9. Nine": "Bee.",
            "3. Three": "Cee.",
            "Contact": "Dee.",
            "4. Four": "Eee.",
        }
        text = "\n\n".join(f"## {title}\n\n{body}" for title, body in numbers.items())
        assert list(texts(text).values()) == list(numbers.values())
        assert labels(text) == ["Article 1", "“9. Nine”", "Article 3", "“Contact”", "Article 4"]

    def test_articles_left_out(self) -> None:
        assert ids("第一条 甲。\n\n第三条 丙。\n\n第四条 丁。\n\n第九条 末。", "zh") == ["1", "3", "4", "9"]

    def test_ones_all_the_way_are_counted_out(self) -> None:
        text = "# Data\n\n1. name;\n1. phone;\n1. address.\n\n# Rights\n\nMany.\n"
        assert texts(text) == {"1": "Data", "1.1": "name;", "1.2": "phone;", "1.3": "address.", "2": "Many."}
        assert labels(text)[3] == "Section 1(3)"

    def test_an_indented_list_may_have_the_numbers_of_the_one_around_it(self) -> None:
        text = "1. One\n   1. a;\n   2. b;\n2. Two\n   1. c;\n   2. d.\n3. Three"
        assert ids(text) == ["1", "1.1", "1.2", "2", "2.1", "2.2", "3"]

    def test_dotted_numbers_follow_the_article_not_the_chapter(self) -> None:
        text = "第一章 总则\n\n第一条 甲\n\n1.1 子。\n\n第二章 分则\n\n第二条 乙\n\n2.1 丑。\n\n2.3 寅。\n\n2.4 卯。"
        assert ids(text, "zh") == ["1", "1.1", "1.1.1", "2", "2.1", "2.1.1", "2.1.3", "2.1.4"]

    @pytest.mark.parametrize(
        ("text", "language", "expected"),
        [
            (
                "Section 1 Data We Hold\n\nA name.\n\nSection 2 Your Rights\n\nMany.",
                "en",
                ["Section 1", "Section 2"],
            ),
            ("§ 1 Scope\n\nAll.\n\n§ 2 Rights\n\nMany.", "en", ["§ 1", "§ 2"]),
            (
                "⒈范围\n\n全部。\n\n⒉权利\n\n㈠查阅。\n\n㈡删除。",
                "zh",
                ["第1条", "第2条", "第2条（一）", "第2条（二）"],
            ),
            ("１．范围\n\n全部。\n\n２．权利\n\n（１）查阅。", "zh", ["第1条", "第2条", "第2条（1）"]),
        ],
    )
    def test_more_ways_to_write_a_number(self, text: str, language: str, expected: list[str]) -> None:
        assert labels(text, language) == expected

    @pytest.mark.parametrize("word", ["附件一：", "附录 1 ", "附件："])
    def test_an_annex_stands_beside_the_articles(self, word: str) -> None:
        text = f"一、范围\n\n全部。\n\n二、权利\n\n很多。\n\n{word}第三方名单\n\n1、甲公司；\n\n2、乙公司。"
        assert ids(text, "zh") == ["1", "2", "3", "3.1", "3.2"]
        assert ids("1. Scope\n\nAll.\n\n2. Rights\n\nMany.\n\nSchedule 1 lists our vendors.", "en") == [
            "1",
            "2",
        ]

    def test_lists_that_start_over_with_the_same_titles_are_kept_apart_by_their_headings(self) -> None:
        part = "## 1. Data\n\nWe keep it.\n\n## 2. Rights\n\nYou have them.\n\n"
        found = texts(f"Hello.\n\n# For guests\n\n{part}# For hosts\n\n{part}")
        assert list(found) == ["0", "0.1", "1", "1.1", "1.2", "2", "2.1", "2.2"]
        assert found["1.2"] == found["2.2"] == "You have them."
        assert "0.2" not in texts(f"Hello.\n\n{part}{part}")


class TestArticlesStartWith:
    TEXT = (
        "一、范围\n\n全部产品。\n\n二、权利\n\n权利包括：\n\n（一）查阅。\n\n（二）删除。\n\n"
        "1. Scope\n\nAll products.\n\n2. Rights\n\nThey are:\n\n(a) to see it.\n\n(b) to delete it."
    )

    @pytest.mark.parametrize(
        ("start", "line"), [({"zh": "二、权利"}, 5), ({"en": "2. Rights"}, 17), ({"zh": "权利包括"}, 7)]
    )
    def test_a_line_that_opens_no_list_is_refused(self, start: dict[str, str], line: int) -> None:
        """It was an IndexError once."""
        with pytest.raises(PolicyError, match="articles_start_with names this line") as caught:
            clauses(self.TEXT, "zh", "en", articles_start_with=start)
        assert caught.value.line == line

    def test_the_first_article_may_be_named(self) -> None:
        found = clauses(self.TEXT, "zh", "en", articles_start_with={"zh": "一、", "en": "1. Scope"})
        assert list(found) == ["1", "2", "2.1", "2.2"]


class TestLists:
    def test_bullets_are_items_of_what_they_stand_below(self) -> None:
        text = "1. Data\n\nWe take:\n\n- your name;\n- your\n  * street,\n  * town;\n\nNo more.\n\n2. Rights\n\nMany."
        assert texts(text) == {
            "1": "We take:\n\nNo more.", "1.1": "your name;", "1.2": "your", "1.2.1": "street,", "1.2.2": "town;",
            "2": "Many.",
        }  # fmt: skip
        assert labels(text)[3:5] == ["Article 1, item 2, item 1", "Article 1, item 2, item 2"]

    def test_a_paragraph_belongs_to_the_bullet_it_is_indented_below(self) -> None:
        text = "# Sample\n\n# Data\n\n- one;\n\n  more on one.\n\n- two.\n\nAfter.\n"
        assert texts(text) == {
            "1": "Sample",
            "2": "Data",
            "2.1": "one;\n\nmore on one.",
            "2.2": "two.",
            "2.3": "After.",
        }

    def test_numbers_below_a_bullet(self) -> None:
        text = "1. Data\n\n- room:\n  1. in;\n  2. out;\n- name.\n\n2. Rights\n\nMany."
        assert ids(text) == ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2"]

    @pytest.mark.parametrize("sign", ["•", "·", "●", "- ", "* ", "– "])
    def test_signs_of_bullets(self, sign: str) -> None:
        assert texts(f"一、范围\n\n包括：\n\n{sign}甲；\n{sign}乙。", "zh") == {
            "1": "包括：",
            "1.1": "甲；",
            "1.2": "乙。",
        }

    def test_bullets_alone_make_a_policy(self) -> None:
        assert texts("- We keep nothing.\n- We share nothing.\n") == {
            "1": "We keep nothing.",
            "2": "We share nothing.",
        }

    def test_no_list_is_too_deep(self) -> None:
        text = "".join(f"{' ' * depth}- item {depth}\n" for depth in range(3000))
        assert len(clauses(text)) == 3000


class TestTables:
    def test_rows_are_items_of_their_head(self) -> None:
        text = "# Kept\n\nSo long:\n\n| What | How long |\n|:--|--:|\n"
        text += "| Name | a \\| b |\n| 1. Street | |\n\nThen gone.\n"
        assert texts(text) == {
            "1": "So long:", "2": "What | How long", "2.1": "Name | a | b", "2.2": "1. Street |", "3": "Then gone.",
        }  # fmt: skip

    def test_a_table_below_a_number(self) -> None:
        text = "一、期限\n\n见下表：\n\n| 信息 | 期限 |\n| --- | --- |\n| 订单 | 三年 |\n\n二、权利\n\n很多。"
        assert texts(text, "zh") == {"1": "见下表：\n\n信息 | 期限", "1.1": "订单 | 三年", "2": "很多。"}


class TestMarkup:
    def test_html_in_markdown(self) -> None:
        text = (
            "1. Data &amp; more<br>We keep it.\n\n<ul>\n<li>name</li>\n<li>street:"
            "<ul><li>number</li></ul></li>\n</ul>\n\n"
            "<table><tr><th>What</th><th>Why</th></tr>\n<tr><td>Name</td><td>To\n greet you</td></tr></table>\n\n"
            "2. Rights\n\nAsk <your name> at &lt;desk&gt; &copy; 2024, if 3 < 4 & 5 > 4.\n"
        )
        assert texts(text) == {
            "1": "We keep it.\n\nWhat | Why", "1.1": "name", "1.2": "street:", "1.2.1": "number",
            "1.3": "Name | To greet you", "2": "Ask <your name> at <desk> © 2024, if 3 < 4 & 5 > 4.",
        }  # fmt: skip

    def test_a_page(self) -> None:
        page = (
            "<!DOCTYPE html>\n<html><head><title>x</title></head><body><nav>Home</nav>\n"
            "<h1>Sample Policy</h1><p>Wel\ncome.</p><script>1. no</script><h2>Data</h2><p>Kept\n by us.</p>"
            "<ol type='i'><li>one<li>two</ol><footer>Imprint</footer></body></html>"
        )
        assert texts(page) == {
            "0": "Wel come.", "0.1": "Wel come.", "1": "Kept by us.", "1.1": "one", "1.2": "two",
        }  # fmt: skip

    def test_a_table_for_looks_is_no_table(self) -> None:
        cell = "<h2>Data</h2><p>Kept.</p><h2>Rights</h2><p>Many.</p>"
        page = f"<html><body><table><tr><td>{cell}</td></tr></table></body>"
        assert texts(page) == {"1": "Data", "1.1": "Kept.", "2": "Rights", "2.1": "Many."}

    def test_code_is_text_and_no_number(self) -> None:
        text = (
            "1. Letter\n\nWrite:\n\n```\n2. Dear <b>Sir</b>,\n# delete me & mine\n```\n\n2. Rights\n\nMany."
        )
        assert texts(text) == {
            "1": "Write:\n\n2. Dear <b>Sir</b>,\n# delete me & mine",
            "2": "Many.",
        }

    def test_links_emphasis_and_pictures(self) -> None:
        text = "1. See [our site](https://example.com/a_b_c), *now* and _here_: "
        text += "![a map](m.png) [top](#top) snake_case_x 2*3*4"
        assert texts(text) == {
            "1": "See our site (https://example.com/a_b_c), now and here: a map top snake_case_x 2*3*4"
        }


class TestTitlesWithoutMarkdown:
    def test_bold_lines(self) -> None:
        text = "Welcome to it.\n\n**What we keep**\n\nA name.\n\n1. first;\n\n2. last.\n\n"
        text += "**What we share**\n\n1. Nothing.\n"
        assert texts(text) == {
            "0": "Welcome to it.", "0.1": "Welcome to it.", "1": "A name.", "1.1": "first;", "1.2": "last.",
            "2": "What we share", "2.1": "Nothing.",
        }  # fmt: skip

    def test_bold_numbers_around_plain_ones(self) -> None:
        text = "**1. Keeping**\n\n1. name;\n\n2. street.\n\n**2. Sharing**\n\n1. nobody.\n"
        assert ids(text) == ["1", "1.1", "1.2", "2", "2.1"]

    def test_brackets_and_capitals(self) -> None:
        assert texts("【收集】\n\n很少。\n\n【共享】\n\n没有。", "zh")["2.1"] == "没有。"
        assert texts("WHAT WE KEEP\n\nLittle.\n\nWHAT WE SHARE\n\nNothing.")["2.1"] == "Nothing."


class TestTwoLanguages:
    def test_line_by_line(self) -> None:
        text = (
            "1. 范围\n1. Scope\n\n全部产品。\nAll products.\n\n2. 权利 / Rights\n\n很多权利。\nMany rights.\n"
        )
        found = clauses(text, "zh", "en")
        assert {key: clause.text.as_dict() for key, clause in found.items()} == {
            "1": {"zh": "全部产品。", "en": "All products."},
            "2": {"zh": "很多权利。", "en": "Many rights."},
        }
        assert found["2"].heading.as_dict() == {"zh": "权利", "en": "Rights"}

    def test_section_by_section(self) -> None:
        text = "一、范围\n\n全部的产品。\n\n1. Scope\n\nAll of the products.\n\n"
        text += "二、权利\n\n很多权利。\n\n2. Rights\n\nMany rights.\n"
        assert clauses(text, "zh", "en")["2"].text.as_dict() == {"zh": "很多权利。", "en": "Many rights."}


def bare(data: bytes) -> Policy:
    return parse_policy(data, guess_manifest(data, "odd.md").manifest)


_PIECES = st.sampled_from(
    [
        "一、", "（一）", "1、", "（1）", "①", "第一条 ", "第二章 ", "1. ", "2. ", "3. ", "1.1 ", "1.1.1 ", "1.2 ",
        "(a) ",
        "(b) ", "(i) ", "A. ", "Article 1: ", "Section 2 ", "Annex 1: ", "附件：", "§ 1 ", "# ", "## ", "###### ", "- ",
        "  - ", "    * ", "• ", "> ", "| a | b |", "|---|---|", "```", "~~~", "---", "===", "**", "【", "】", "<br>",
        "<p>", "</p>", "<ul>", "</ul>", "<ol type=a>", "<li>", "<table>", "</table>", "<tr>", "<td>", "<th>", "</tr>",
        "<h2>", "</h2>", "<main>", "</main>", "<html>", "<!-- ", "-->", "<script>", "</script>", "<pre>",
        "<a href='http://x'>",
        "</a>", "&amp;", "&#0;", "&#xd800;", "&nbsp", "[x](y)", "2024年1月2日", "Updated: May 1, 2024", "WHAT WE DO",
        "我们收集信息。", "We keep your name.", "Data", "范围", " ", "\n", "\n\n", "\t", "\r\n", "\u3000", "\ufeff",
        "\u200b", "\x0c",
        "\u2028", "🔒", "²", "٣", "Ⅳ", "⒈", "\ud7ff",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=60).map("".join))
@example("<html><table><tr><td>a<table><td>b</table>c<h2>d")
@example("- a\n# b\n- c\n1. d\n- 2. e")
def test_any_shape_is_read_or_refused(text: str) -> None:
    try:
        policy = bare(text.encode())
    except PolicyError:
        return
    for clause in policy.clauses.values():
        assert any(clause.text.as_dict().values())
        assert clause.parent_id is None or clause.id in policy.clauses[clause.parent_id].child_ids
        assert all(policy.clauses[child].parent_id == clause.id for child in clause.child_ids)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(PolicyError):
        assert bare(data).clauses


_MANY = 12_000


# What would bite if anything looked at the rest of the text again and again.
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<a " * _MANY, id="open tags"),
        pytest.param("<a b='" * _MANY, id="open quotes"),
        pytest.param("<script>" * _MANY, id="open scripts"),
        pytest.param("<p>" + "&" * _MANY, id="ampersands"),
        pytest.param("<ul><li>x" * _MANY, id="nested lists"),
        pytest.param("<table><tr><td>x" * _MANY, id="nested tables"),
        pytest.param("[" * _MANY + "](", id="open links"),
        pytest.param("*a _b " * _MANY, id="open emphasis"),
        pytest.param("- item\n" * _MANY, id="bullets"),
        pytest.param("| a | b |\n" * _MANY, id="rows"),
        pytest.param("1. x\n3. x\n" * (_MANY // 4), id="gaps"),
        pytest.param("## Title\n" * (_MANY // 4), id="headings"),
        pytest.param("# 1. Title\n\n## Other\n" * (_MANY // 8), id="mixed headings"),
        pytest.param("```\n" * _MANY, id="fences"),
        pytest.param("| " * _MANY, id="bars"),
        pytest.param("**" * _MANY + "x", id="stars"),
        pytest.param("一、甲。\nOne two three.\n" * (_MANY // 8), id="alternating"),
        pytest.param("2024-01-01\n" * _MANY, id="dates"),
        pytest.param("> " * _MANY + "x", id="quotations"),
        pytest.param("<html>" + "<p>word " * _MANY, id="paragraphs of a page"),
        pytest.param("<html>" + "<b>" * _MANY + "x", id="bold in bold"),
    ],
)
def test_nothing_takes_the_square_of_the_length(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(PolicyError):
        bare(text.encode())
    assert time.process_time() - started < 5
