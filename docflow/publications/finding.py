"""A question of a reader of the public site, from the words to the posts that everybody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from docflow.core.clock import CASABLANCA
from docflow.publications.indexing import PUBLIC_TOKEN, Deps, hidden_ids, page_texts
from docflow.publications.models import PublicPost
from docflow.publications.queries import files_of, is_out
from docflow.publications.rules import PostKind
from docflow.search.highlight import Fragment, marked, passage
from docflow.search.parse import parse
from docflow.search.ports import Hit, SearchRequest
from docflow.search.queries import words_of_district

LENGTH: Final = 12
MOST_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post that answers, with the words that do."""

    post: PublicPost
    title: Sequence[Fragment]
    snippet: Sequence[Fragment]


@dataclass(frozen=True, slots=True)
class FoundPosts:
    """The answer; ``kinds`` counts the hits of each kind."""

    total: int
    posts: Sequence[FoundPost]
    close: Sequence[FoundPost]
    kinds: Mapping[str, int]
    did_you_mean: str | None
    hints: Sequence[str]
    page_count: int


def find_posts(deps: Deps, words: str, *, kind: PostKind | None, page: int, language: str) -> FoundPosts:
    """Answer a question with posts that everybody reads at this instant, and nothing else.

    The index holds public posts only; what ended or was withdrawn since it was written is left out of hits and counts.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    now = deps.clock.now()
    parsed = parse(words, today=now.astimezone(CASABLANCA).date())
    with deps.transactions.reading() as session:
        hidden, added = hidden_ids(session, now), words_of_district(session)
    request = SearchRequest(
        tree=parsed.tree,
        metadata_tokens=frozenset({PUBLIC_TOKEN}),
        content_tokens=frozenset({PUBLIC_TOKEN}),
        kinds=() if kind is None else (kind.value,),
        offset=(min(max(1, page), MOST_PAGES) - 1) * LENGTH,
        limit=LENGTH,
        hidden_document_ids=hidden,
        with_facets=True,
        approximate_limit=5,
        added=added,
    )
    answer = deps.public_index.search(request)
    ids = [UUID(hit.document_id) for hit in (*answer.hits, *answer.approximate)]
    with deps.transactions.reading() as session:
        posts = {one.id: one for one in session.scalars(select(PublicPost).where(PublicPost.id.in_(ids), is_out(now)))}
        files = files_of(session, list(posts))

    def shown(hits: Sequence[Hit]) -> list[FoundPost]:
        found = [posts[UUID(hit.document_id)] for hit in hits if UUID(hit.document_id) in posts]
        return [
            FoundPost(
                post,
                marked(post.text.title(language), request.tree, added=added),
                passage(page_texts(post, files[post.id], language=language), request.tree, added=added).snippet,
            )
            for post in found
        ]

    return FoundPosts(
        total=answer.total,
        posts=shown(answer.hits),
        close=shown(answer.approximate),
        kinds=answer.facets.get("kind", {}),
        did_you_mean=answer.did_you_mean,
        hints=parsed.hints,
        page_count=min(MOST_PAGES, max(1, -(-answer.total // LENGTH))),
    )
