"""What templates show of a post, the same for editors who look at it and for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from docflow.publications.markup import Block, blocks_of
from docflow.publications.models import PublicCategory, PublicFile, PublicPost
from docflow.publications.queries import picture_of
from docflow.publications.rules import PostKind, PostText


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post in one language."""

    language: str
    kind: PostKind
    title: str
    summary: str
    blocks: Sequence[Block]
    published_at: datetime | None
    picture: PublicFile | None
    attachments: Sequence[PublicFile]
    category: str = ""
    unit: str = ""

    @property
    def direction(self) -> str:
        """Return ``rtl`` or ``ltr``."""
        return "rtl" if self.language == "ar" else "ltr"


def shown_text(text: PostText, *, language: str, kind: PostKind, files: Sequence[PublicFile] = ()) -> ShownPost:
    """Return a text as it will be shown."""
    return ShownPost(
        language=language,
        kind=kind,
        title=text.title(language),
        summary=text.summary(language),
        blocks=blocks_of(text.body(language)),
        published_at=None,
        picture=picture_of(files),
        attachments=[one for one in files if not one.is_picture],
    )


def shown_post(
    post: PublicPost,
    *,
    language: str,
    files: Sequence[PublicFile] = (),
    category: PublicCategory | None = None,
    unit: str = "",
) -> ShownPost:
    """Return a post as it is shown."""
    text = post.text
    return ShownPost(
        language=language,
        kind=PostKind(post.kind),
        title=text.title(language),
        summary=text.summary(language),
        blocks=blocks_of(text.body(language)),
        published_at=post.publish_at,
        picture=picture_of(files),
        attachments=[one for one in files if not one.is_picture],
        category="" if category is None else category.name(language),
        unit=unit,
    )
