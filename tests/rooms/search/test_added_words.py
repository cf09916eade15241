"""Words that a district adds: they count at once, for questions only, and show nothing that is not theirs to see."""

from __future__ import annotations

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import InvalidInput, NotFound, PermissionDenied
from docflow.search.language.added_words import AddedWords
from docflow.search.operations import add_word, remove_word
from docflow.search.previewing import preview
from docflow.search.rules import NewWord, WordKind, checked_word
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.search.test_finding import ask, found_ids


def added(runtime, kind, *forms, who="archivist"):
    with runtime.transactions.writing(actor(runtime, who)) as uow:
        return add_word(uow, kind, forms).id


def removed(runtime, word_id):
    with runtime.transactions.writing(actor(runtime, "archivist")) as uow:
        remove_word(uow, word_id)


def test_equivalents_of_several_words_find_each_other_until_they_are_taken_out(runtime):
    bridge = read_document(runtime, "أشغال قنطرة المصباحيات", by="clerk")
    works = read_document(runtime, "Travaux du pont Mesbahiat", by="clerk")
    run_jobs(runtime)
    before = found_ids(ask(runtime, "clerk", "pont Mesbahiat"))

    word = added(runtime, WordKind.EQUIVALENT, "pont Mesbahiat", "قنطرة المصباحيات", who="admin")
    french, arabic = ask(runtime, "clerk", "travaux du pont Mesbahiat"), ask(runtime, "clerk", "قنطرة المصباحيات")
    both = ask(runtime, "clerk", "pont Mesbahiat قنطرة المصباحيات")
    removed(runtime, word)

    assert before == {works}
    assert found_ids(arabic) == {bridge, works}
    assert found_ids(french) == {works}
    assert [hit.text for result in arabic.results for hit in result.snippet if hit.is_hit] == [
        "قنطرة",
        "المصباحيات",
        "pont",
        "Mesbahiat",
    ]
    assert both.total == 0
    assert found_ids(ask(runtime, "clerk", "قنطرة المصباحيات")) == {bridge}


def test_a_plural_is_found_by_its_singular_and_back(runtime):
    one = read_document(runtime, "تسليم فوطة", by="clerk")
    several = read_document(runtime, "تسليم الفوط", by="clerk")
    run_jobs(runtime)

    added(runtime, WordKind.PLURAL, "فوطة", "أفواط")
    many = read_document(runtime, "أفواط جديدة", by="clerk")
    run_jobs(runtime)

    assert found_ids(ask(runtime, "clerk", "فوطة")) == {one, several, many}
    assert found_ids(ask(runtime, "clerk", "بأفواط")) == {one, several, many}


def test_a_word_kept_whole_is_cut_no_more(runtime):
    place = read_document(runtime, "تجزئة بالميرا بالحي", by="clerk")
    other = read_document(runtime, "السيدة ميرا", by="clerk")
    run_jobs(runtime)
    before = found_ids(ask(runtime, "clerk", "بالميرا"))

    added(runtime, WordKind.WHOLE, "بالميرا")

    assert before == {place, other}
    assert found_ids(ask(runtime, "clerk", "بالميرا")) == {place}
    assert found_ids(ask(runtime, "clerk", "تجزئة لبالميرا")) == {place}


@pytest.mark.parametrize(
    ("kind", "forms", "code"),
    [
        (WordKind.PLURAL, ("كناش",), "word_forms_missing"),
        (WordKind.WHOLE, ("حي", "فتح"), "word_forms_missing"),
        (WordKind.EQUIVALENT, tuple("abcdefghi"), "word_forms_missing"),
        (WordKind.PLURAL, ("كناش أصفر", "كنانيش"), "word_form_invalid"),
        (WordKind.EQUIVALENT, ("CIN", "في"), "word_form_invalid"),
        (WordKind.EQUIVALENT, ("CIN", "🙂"), "word_form_invalid"),
        (WordKind.EQUIVALENT, ("CIN", "une suite de bien trop nombreux mots"), "word_form_invalid"),
        (WordKind.PLURAL, ("مدرسة", "المدارس"), "word_forms_same"),
        (WordKind.EQUIVALENT, ("C.I.N", "CNI"), None),
        (WordKind.EQUIVALENT, ("cin", "البطاقة الوطنية"), "word_forms_same"),
    ],
)
def test_what_says_nothing_new_is_refused_with_its_reason(kind, forms, code):
    if code is None:
        assert checked_word(kind, forms, known=AddedWords()) == NewWord(kind, forms)
    else:
        with pytest.raises(InvalidInput, match=code):
            checked_word(kind, forms, known=AddedWords())


def test_the_same_is_not_added_twice_and_only_by_those_who_may(runtime):
    word = added(runtime, WordKind.EQUIVALENT, "SDL Casa", "شركة التنمية")

    with pytest.raises(InvalidInput, match="word_forms_same"):
        added(runtime, WordKind.EQUIVALENT, "شركة التنمية", "sdl casa")
    with pytest.raises(PermissionDenied):
        added(runtime, WordKind.WHOLE, "بالميرا", who="clerk")
    removed(runtime, word)
    with pytest.raises(NotFound, match="word_unknown"):
        removed(runtime, word)


def test_a_preview_counts_what_the_asking_person_may_see_and_nothing_else(runtime):
    shown = read_document(runtime, "Travaux du pont Mesbahiat", by="clerk", subject="Pont", unit="TRV")
    read_document(runtime, "Pont Mesbahiat", by="clerk", confidentiality=Confidentiality.CONFIDENTIAL, unit="EC")
    run_jobs(runtime)
    new = NewWord(WordKind.EQUIVALENT, ("قنطرة المصباحيات", "pont Mesbahiat"))

    seen, unseen = (preview(runtime, actor(runtime, who), new, now=runtime.clock.now()) for who in ("agent", "admin"))

    assert [(change.before, change.after, change.documents) for change in seen] == [
        (0, 1, ((shown, "Pont"),)),
        (1, 1, ()),
    ]
    assert [(change.before, change.after, change.documents) for change in unseen] == [(0, 0, ()), (0, 0, ())]


def test_the_page_shows_what_would_change_adds_and_takes_out(sqlite_runtime):
    runtime = sqlite_runtime
    document_id = read_document(runtime, "Travaux du pont Mesbahiat")
    registered(runtime, document_id, subject="Pont")
    run_jobs(runtime)
    client = signed_in_client(runtime, "archivist")
    words = {"csrf_token": token_of(client), "kind": "equivalent"}
    words["form"] = ["قنطرة المصباحيات", "pont Mesbahiat"]

    shown = client.post("/search/words", data={**words, "act": "preview"}).get_data(as_text=True)
    refused = client.post("/search/words", data={**words, "form": ["seul"], "act": "add"})
    done = client.post("/search/words", data={**words, "act": "add"}, follow_redirects=True).get_data(as_text=True)

    assert "Mesbahiat" in shown
    assert ">Pont</a>" in shown
    assert ask(runtime, "archivist", "قنطرة المصباحيات").total == 1
    assert refused.status_code == 422
    assert "قنطرة المصباحيات" in done
