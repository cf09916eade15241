from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docflow.search import query as q
from docflow.search.dates import parse_days
from docflow.search.parse import LONGEST_QUERY, MOST_CLAUSES, parse
from docflow.search.printing import to_text
from tests.rooms.search.entries import TODAY


def read(text: str) -> q.Node:
    return parse(text, today=TODAY).tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", q.Everything()),
        ("bureau d'ordre", q.And((q.Term("bureau"), q.Term("d'ordre")))),
        ("l'éclairage", q.Term("l'éclairage")),
        ("aujourd'hui", q.Term("aujourd'hui")),
        ("réf: 12", q.FieldQuery("reference", q.Term("12"))),
        ("R-2019-0004521", q.Term("R-2019-0004521")),
        ("2026/145", q.Term("2026/145")),
        ("1/1/2147483648 OU objet:permis", q.Or((q.Term("1/1/2147483648"), q.FieldQuery("subject", q.Term("permis"))))),
        ("9999999999/1/2024 OU permis", q.Or((q.Term("9999999999/1/2024"), q.Term("permis")))),
        ("«bureau d’ordre»", q.Phrase("bureau d’ordre")),
        ('"état civil" OU permis', q.Or((q.Phrase("état civil"), q.Term("permis")))),
        ("شكاية أو طلب", q.Or((q.Term("شكاية"), q.Term("طلب")))),
        ("شكاية إلا طلب", q.And((q.Term("شكاية"), q.Not(q.Term("طلب"))))),
        ("permis SAUF démolir", q.And((q.Term("permis"), q.Not(q.Term("démolir"))))),
        ("permis -démolir", q.And((q.Term("permis"), q.Not(q.Term("démolir"))))),
        ("-permis", q.Not(q.Term("permis"))),
        ("rue(trav*)", q.And((q.Term("rue"), q.Prefix("trav")))),
        ("objet:trav*", q.FieldQuery("subject", q.Prefix("trav"))),
        ("commnue~", q.Approximate("commnue")),
        ('الموضوع:"الإنارة العمومية"', q.FieldQuery("subject", q.Phrase("الإنارة العمومية"))),
        ("المرسل إليه: أحمد", q.FieldQuery("addressee", q.Term("أحمد"))),
        ("Expéditeur : Haddad", q.FieldQuery("sender", q.Term("Haddad"))),
        ("قبل ٠١/٠٣/٢٠٢٤", q.DateRange(None, date(2024, 2, 29))),
        ("avant la réunion", q.And((q.Term("avant"), q.Term("la"), q.Term("réunion")))),
        ("30 derniers jours", q.DateRange(date(2026, 10, 25), TODAY)),
        ("آخر 3 أشهر", q.DateRange(date(2026, 8, 26), TODAY)),
        ("les 2 dernières semaines", q.DateRange(date(2026, 11, 10), TODAY)),
        ("avant mars 2024", q.DateRange(None, date(2024, 2, 29))),
        ("بعد 2023", q.DateRange(date(2024, 1, 1), None)),
        ("après le 1er mars 2024", q.DateRange(date(2024, 3, 2), None)),
        ("من 2023 إلى مارس 2024", q.DateRange(date(2023, 1, 1), date(2024, 3, 31))),
        ("du 01/03/2024 au 15/03/2024", q.DateRange(date(2024, 3, 1), date(2024, 3, 15))),
        ("date: mars 2024", q.DateRange(date(2024, 3, 1), date(2024, 3, 31))),
        ("mars 2024", q.Dated("mars 2024", q.DateRange(date(2024, 3, 1), date(2024, 3, 31)))),
        (
            "شكاية فاتح غشت ٢٠٢٤",
            q.And((q.Term("شكاية"), q.Dated("فاتح غشت ٢٠٢٤", q.DateRange(date(2024, 8, 1), date(2024, 8, 1))))),
        ),
        ("2024", q.Dated("2024", q.DateRange(date(2024, 1, 1), date(2024, 12, 31)))),
        ("2050", q.Term("2050")),
        ("12/2024", q.Term("12/2024")),
        ("réf.: 12", q.FieldQuery("reference", q.Term("12"))),
        ("eau ou gaz", q.And((q.Term("eau"), q.Term("ou"), q.Term("gaz")))),
        ("a (b OR c)", q.And((q.Term("a"), q.Or((q.Term("b"), q.Term("c")))))),
    ],
)
def test_what_is_typed_becomes_a_tree(text: str, tree: q.Node) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    "text", ["(", '"', "🙂", "OR", "AND NOT", "NOT", "- -", "\0", "*", "~", "()", "\u202e", "\ud800"]
)
def test_what_holds_no_word_finds_nothing_and_says_so(text: str) -> None:
    parsed = parse(text, today=TODAY)

    assert parsed.tree == q.Nothing()
    assert "query_nothing_to_search" in parsed.hints


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('permis "état civil', "query_quote_unbalanced"),
        ("permis (état", "query_parenthesis_unbalanced"),
        ("permis date:bientôt", "query_date_not_understood"),
        ("mot " * LONGEST_QUERY, "query_shortened"),
        ("x" * 10_000, "query_shortened"),
    ],
)
def test_a_mistake_gives_a_result_and_a_hint(text: str, hint: str) -> None:
    parsed = parse(text, today=TODAY)

    assert hint in parsed.hints
    assert q.has_words(parsed.tree)


def test_the_number_of_clauses_is_limited() -> None:
    tree = read(" ".join(f"mot{number}" for number in range(3 * MOST_CLAUSES)))

    assert isinstance(tree, q.And)
    assert len(tree.parts) == MOST_CLAUSES


PIECES = [
    "objet:",
    "قبل ",
    "avant ",
    "date:",
    "من ",
    "إلى ",
    "mars ",
    "2024",
    "..",
    "01/03/2024",
    "آخر 30 يوما",
    "(",
    ")",
]
PIECES += ['"', "-", "*", "~", " ", "NOT ", " OU ", " أو ", "إلا ", "2026/145", "شكاية", "d'ordre", "1er ", "; "]
PIECES += ["du ", "le ", "au ", "2050 ", "30 ", "derniers ", "jours ", "آخر "]


@given(
    st.text(max_size=60)
    | st.text(alphabet="ab ()\"*~:-'.\u202e\0أو OR NOT objet:", max_size=60)
    | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
)
@example('قبل"قبل 0/')
@example("avant (2024)")
@example("..قبل 1er ")
@example('OBJET:قبل";*2000')
@example("du ; 2024 au 2025")
@example("30 ; derniers jours")
@example("NOT avant ; mars 2050")
def test_nothing_typed_raises_and_what_is_printed_asks_the_same(text: str) -> None:
    printed = to_text(read(text))

    assert to_text(read(printed)) == printed


@pytest.mark.parametrize("text", ["(" * 900, "NOT " * 240 + "a", "(a " * 200 + ")" * 200, "objet:" * 160, '"(' * 400])
def test_deeply_nested_text_is_read(text: str) -> None:
    assert parse(text, today=TODAY).tree is not None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("٢٠٢٤", date(2024, 1, 1), date(2024, 12, 31)),
        ("mars 2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("غشت 2024", date(2024, 8, 1), date(2024, 8, 31)),
        ("02/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("1/3/2024", date(2024, 3, 1), date(2024, 3, 1)),
        ("1/3/24", date(2024, 3, 1), date(2024, 3, 1)),
        ("01032024", date(2024, 3, 1), date(2024, 3, 1)),
        ("hier", TODAY - timedelta(days=1), TODAY - timedelta(days=1)),
        ("1/3/24..أمس", date(2024, 3, 1), TODAY - timedelta(days=1)),
        ("2024-03-01..", date(2024, 3, 1), None),
        ("2023..mars 2024", date(2023, 1, 1), date(2024, 3, 31)),
    ],
)
def test_days_are_read_in_any_digits(text: str, first: date | None, last: date | None) -> None:
    assert parse_days(text, today=TODAY) == q.DateRange(first, last)


@pytest.mark.parametrize("text", ["bientôt", "31/02/2024", "0000", "13/2024", "", "1..2"])
def test_what_is_no_day_is_refused(text: str) -> None:
    assert parse_days(text, today=TODAY) is None
