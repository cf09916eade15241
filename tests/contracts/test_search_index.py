"""What every search index promises, whatever its engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from docflow.core.errors import Unavailable
from docflow.search.adapters.opensearch import OpenSearchIndex
from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from docflow.search.indexing import build_first
from docflow.search.ports import SearchIndex
from tests.fakes.opensearch import running_cluster
from tests.rooms.search.entries import ask, entry, fill, ids
from tests.threads import at_once

Opener = Callable[[], SearchIndex]


EMBEDDED = {"tantivy": TantivyIndex, "whoosh": WhooshIndex}


@pytest.fixture(params=[*EMBEDDED, "opensearch"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    opened: list[SearchIndex] = []
    with ExitStack() as stack:
        is_embedded = request.param in EMBEDDED
        address = "" if is_embedded else stack.enter_context(running_cluster())[1]

        def open_index() -> SearchIndex:
            opened.append(EMBEDDED[request.param](tmp_path / "index") if is_embedded else OpenSearchIndex(address))
            return opened[-1]

        yield open_index
        for index in opened:
            index.close()


only_embedded = pytest.mark.parametrize("opener", list(EMBEDDED), indirect=True)
"""For what lies in files; the same of a cluster is in ``test_search_opensearch.py``."""


@pytest.fixture
def index(opener: Opener) -> SearchIndex:
    return opener()


def test_a_missing_index_is_not_usable_and_refuses_to_answer(index: SearchIndex) -> None:
    status = index.status()

    assert (status.state, status.is_usable, status.needs_rebuild, status.documents) == ("missing", False, True, 0)
    with pytest.raises(Unavailable) as refusal:
        ask(index, "permis")
    assert refusal.value.code == "search_index_unusable"
    with pytest.raises(Unavailable):
        index.apply([entry("1", "permis")], [])


def test_an_empty_rebuild_makes_an_index_that_finds_nothing(index: SearchIndex) -> None:
    fill(index)

    assert index.status().is_usable
    assert not index.status().needs_rebuild
    assert ask(index, "permis", with_facets=True).total == 0


def test_what_was_applied_is_found_at_once_by_another_reader(opener: Opener) -> None:
    writer, reader = fill(opener()), opener()
    assert ids(ask(reader, "permis")) == []

    writer.apply([entry("1", "permis de construire")], [])

    assert ids(ask(reader, "permis")) == ["1"]


def test_applying_a_document_again_replaces_it(index: SearchIndex) -> None:
    fill(index, entry("1", "ancien texte"))

    index.apply([entry("1", "nouveau texte", version=2)], [])

    assert ids(ask(index, "ancien")) == []
    assert ids(ask(index, "nouveau")) == ["1"]
    assert list(index.versions()) == [("1", 2)]
    assert index.count() == 1


def test_a_document_given_twice_in_one_batch_is_kept_once(index: SearchIndex) -> None:
    fill(index)

    index.apply([entry("1", "premier"), entry("1", "second", version=2)], [])

    assert list(index.versions()) == [("1", 2)]


def test_a_deleted_document_is_no_longer_found(index: SearchIndex) -> None:
    fill(index, entry("1", "permis"), entry("2", "permis"))

    index.apply([], ["1", "unknown"])

    assert ids(ask(index, "permis")) == ["2"]


def test_all_words_are_required_in_any_order(index: SearchIndex) -> None:
    fill(index, entry("1", "permis de construire"), entry("2", "permis de conduire"))

    assert ids(ask(index, "construire permis")) == ["1"]


def test_common_words_are_not_required_beside_others(index: SearchIndex) -> None:
    fill(index, entry("1", "demande du permis"))

    assert ids(ask(index, "demande de permis")) == ["1"]


def test_exact_hits_come_before_stemmed_ones_whatever_their_score(index: SearchIndex) -> None:
    often = "autorisation " * 20
    fill(index, entry("stemmed", often), entry("exact", "les autorisations " + "mot " * 200))

    answer = ask(index, "autorisations")

    assert [(hit.document_id, hit.group) for hit in answer.hits] == [("exact", "exact"), ("stemmed", "stemmed")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("Hassani", ["1"]), ("El Hassani", ["1"]), ("الحسني", ["1"]), ("Hassan", ["2"])],
)
def test_a_name_is_not_taken_for_another_of_the_same_stem(index: SearchIndex, query: str, expected: list[str]) -> None:
    fill(index, entry("1", "السيد الحسني"), entry("2", "السيد حسن"))

    assert ids(ask(index, query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("محمد", ["1", "2"]),
        ("Mohammed", ["1", "2"]),
        ("CIN", ["3"]),
        ("état civil", ["4"]),
        ("عبد الله", ["4"]),
        ("محمد Mohamed", []),
    ],
)
def test_a_name_is_found_in_the_other_script_but_never_stands_for_two_words(
    index: SearchIndex, query: str, expected: list[str]
) -> None:
    fill(
        index,
        entry("1", "السيد محمد الحسني"),
        entry("2", "M. Mohamed El Hassani"),
        entry("3", "بطاقة التعريف الوطنية"),
        entry("4", "Abdellah, ضابط الحالة المدنية"),
        entry("5", "حسن"),
    )

    assert sorted(ids(ask(index, query))) == expected


def test_misread_words_are_a_group_apart(index: SearchIndex) -> None:
    fill(index, entry("right", "الإنارة العمومية"), entry("misread", "الإنازة العمومية"), entry("other", "النظافة"))

    answer = ask(index, "الإنارة العمومية")

    assert ids(answer) == ["right"]
    assert answer.total == 1
    assert [(hit.document_id, hit.group) for hit in answer.approximate] == [("misread", "approximate")]


def test_a_mistyped_word_finds_the_right_one_and_is_corrected(index: SearchIndex) -> None:
    fill(index, entry("1", "une autorisation"))

    answer = ask(index, "autorisaton")

    assert answer.total == 0
    assert [hit.document_id for hit in answer.approximate] == ["1"]
    assert answer.did_you_mean == "autorisation"


def test_a_tilde_finds_misread_words_among_the_hits(index: SearchIndex) -> None:
    fill(index, entry("1", "commnue"))

    assert ids(ask(index, "commune~")) == ["1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"état civil"', ["1"]),
        ('"civil état"', []),
        ("état -civil", ["2"]),
        ("NOT civil", ["2", "3"]),
        ("civil OU urgence", ["1", "2"]),
        ("urg*", ["2"]),
        ("مقاط*", ["3"]),
        ("etat SAUF urgence", ["1"]),
    ],
)
def test_operators_phrases_and_prefixes(index: SearchIndex, query: str, expected: list[str]) -> None:
    fill(index, entry("1", "l'état civil"), entry("2", "état d'urgence"), entry("3", "بالمقاطعة"))

    assert sorted(ids(ask(index, query))) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("objet:lampadaire", ["1"]),
        ("الموضوع: lampadaire", ["1"]),
        ("expéditeur:Haddad", ["1"]),
        ("lampadaire", ["1", "2"]),
        ("contenu:lampadaire", ["2"]),
        ("réf: 2026/145", ["1"]),
        ("numéro:A-2026-000145", ["2"]),
        ("145", ["1", "2"]),
        ('"Haddad lampadaire"', []),
    ],
)
def test_fields_by_name(index: SearchIndex, query: str, expected: list[str]) -> None:
    fill(
        index,
        entry("1", "rien", sender="M. Haddad", subject="lampadaire cassé", reference="R 2026/145"),
        entry("2", "un lampadaire", register_number="A-2026-000145"),
    )

    assert sorted(ids(ask(index, query))) == expected


def test_a_phrase_goes_on_from_a_page_to_the_next(index: SearchIndex) -> None:
    fill(index, entry("1", "fin de l'éclairage", "public du quartier"))

    assert ids(ask(index, '"éclairage public"')) == ["1"]


def test_days_are_of_the_document_or_else_of_its_arrival(index: SearchIndex) -> None:
    arrived = datetime(2026, 3, 1, 9, tzinfo=UTC)
    fill(
        index,
        entry("dated", "x", document_date=date(2024, 2, 29), arrived_at=arrived),
        entry("undated", "x", arrived_at=arrived),
    )

    assert ids(ask(index, "date:2024-02-29")) == ["dated"]
    assert ids(ask(index, "avant 01/03/2024")) == ["dated"]
    assert ids(ask(index, "après:2025")) == ["undated"]
    assert ids(ask(index, "x", date_from=date(2024, 3, 1))) == ["undated"]
    assert ids(ask(index, "x", date_to=date(2026, 2, 28))) == ["dated"]


def test_hits_are_sorted_by_date_with_the_latest_first(index: SearchIndex) -> None:
    days = {"b": date(2025, 1, 1), "c": date(2026, 1, 1), "a": date(2024, 1, 1)}
    fill(index, *(entry(name, "permis", document_date=day) for name, day in days.items()))

    answer = ask(index, "permis", sort="date")

    assert ids(answer) == ["c", "b", "a"]
    assert {hit.group for hit in answer.hits} == {"exact"}
    assert ids(ask(index, "")) == ["c", "b", "a"]


def test_pages_of_hits_follow_one_another_without_gap(index: SearchIndex) -> None:
    fill(index, *(entry(str(number), "permis " * (number + 1)) for number in range(7)))

    pages = [ask(index, "permis", offset=offset, limit=3) for offset in (0, 3, 6)]

    assert [page.total for page in pages] == [7, 7, 7]
    assert sorted(document_id for page in pages for document_id in ids(page)) == [str(number) for number in range(7)]


def test_facets_count_what_matches_and_filters_narrow_it(index: SearchIndex) -> None:
    fill(
        index,
        entry("1", "permis", kind="letter", languages=("ar", "fr"), unit="roads"),
        entry("2", "permis", kind="complaint", languages=("fr",), unit="civil status"),
        entry("3", "autre", kind="letter", languages=("ar",), unit="roads"),
    )

    answer = ask(index, "permis", with_facets=True)

    assert answer.facets == {
        "kind": {"letter": 1, "complaint": 1},
        "language": {"fr": 2, "ar": 1},
        "unit": {"roads": 1, "civil status": 1},
        "year": {"2026": 2},
    }
    assert ids(ask(index, "permis", units=("civil status",))) == ["2"]
    assert sorted(ids(ask(index, "", kinds=("letter",), languages=("ar",)))) == ["1", "3"]
    assert sorted(ids(ask(index, "", kinds=("letter", "complaint")))) == ["1", "2", "3"]


def test_hidden_documents_are_as_though_they_were_not_there(index: SearchIndex) -> None:
    fill(index, entry("1", "permis"), entry("2", "permis"))

    answer = ask(index, "permis", hidden_document_ids=frozenset({"1"}), with_facets=True)

    assert ids(answer) == ["2"]
    assert answer.total == 1
    assert answer.facets["kind"] == {"letter": 1}


def test_words_of_pages_are_found_only_by_who_may_read_them(index: SearchIndex) -> None:
    fill(index, entry("1", "secret", subject="convocation", content_tokens=frozenset({"named"})))

    assert ids(ask(index, "convocation")) == ["1"]
    assert ids(ask(index, "secret")) == []
    assert ids(ask(index, "convocation -secret")) == ["1"]
    assert ask(index, "secert").approximate == ()
    assert ask(index, "secert").did_you_mean is None
    assert ids(ask(index, "secret", content_tokens=frozenset({"named"}))) == ["1"]


def test_an_actor_without_tokens_sees_nothing(index: SearchIndex) -> None:
    fill(index, entry("1", "permis"))

    for query in ("permis", "", "-autre", "pemris"):
        answer = ask(index, query, metadata_tokens=frozenset(), with_facets=True)
        assert (answer.total, answer.hits, answer.approximate, answer.did_you_mean) == (0, (), (), None)
        assert not any(answer.facets.values())


def test_a_rebuild_answers_only_after_the_swap_and_names_what_was_applied_meanwhile(opener: Opener) -> None:
    index, reader = fill(opener(), entry("1", "ancien")), opener()
    rebuild = index.start_rebuild()
    rebuild.add([entry("2", "neuf")])
    index.apply([entry("3", "entretemps")], ["1"])
    assert ids(ask(reader, "neuf")) == []
    assert index.status().is_rebuilding
    assert rebuild.documents == 1

    touched = rebuild.swap()

    assert set(touched) == {"1", "3"}
    assert ids(ask(reader, "neuf")) == ["2"]
    assert ids(ask(reader, "entretemps")) == []
    assert not index.status().is_rebuilding


def test_an_abandoned_rebuild_leaves_the_index_as_it_was(index: SearchIndex) -> None:
    fill(index, entry("1", "ancien"))
    rebuild = index.start_rebuild()
    rebuild.add([entry("2", "neuf")])

    rebuild.abandon()

    assert ids(ask(index, "ancien neuf")) == []
    assert ids(ask(index, "ancien")) == ["1"]
    assert fill(index, entry("3", "neuf")).count() == 1


def test_a_second_rebuild_is_refused_while_one_is_under_way(opener: Opener) -> None:
    index = fill(opener())
    rebuild = index.start_rebuild()

    with pytest.raises(Unavailable) as refusal:
        opener().start_rebuild()

    assert refusal.value.code == "search_index_busy"
    rebuild.abandon()


def test_hosts_that_start_at_once_all_find_the_first_index(opener: Opener) -> None:
    def start() -> None:
        index = opener()
        build_first(index, lambda: index.start_rebuild().swap())
        found.append(index.status().state)

    found: list[str] = []

    assert at_once(*[start] * 6) == []
    assert found == ["ok"] * 6


@only_embedded
# Whoosh leaves the broken file open, which is no business of this test.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_corrupt_index_says_so_and_a_rebuild_mends_it(opener: Opener, tmp_path: Path) -> None:
    fill(opener(), entry("1", "permis"))
    for path in (tmp_path / "index").rglob("*"):
        if path.is_file() and path.name not in ("CURRENT", "stamp.json"):
            path.write_bytes(b"\x00garbage")
    index = opener()

    assert index.status().state == "corrupt"
    with pytest.raises(Unavailable):
        ask(index, "permis")
    assert ids(ask(fill(index, entry("2", "permis")), "permis")) == ["2"]


@only_embedded
def test_an_index_of_another_analyser_answers_and_asks_for_a_rebuild(opener: Opener, tmp_path: Path) -> None:
    fill(opener(), entry("1", "permis"))
    (stamp,) = (tmp_path / "index").rglob("stamp.json")
    stamp.write_text(stamp.read_text().replace('"analyser": "', '"analyser": "0.'))
    index = opener()

    status = index.status()

    assert (status.state, status.is_usable, status.needs_rebuild) == ("outdated", True, True)
    assert ids(ask(index, "permis")) == ["1"]
