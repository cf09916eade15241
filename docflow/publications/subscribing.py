"""Subscriptions: asked for on the public site, confirmed by whoever reads the mail, ended by one click.

Nobody learns from an answer whether an address is known: the same is said, and at most one question goes to it an hour.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from docflow.core.actor import ANONYMOUS, SYSTEM
from docflow.core.errors import NotFound
from docflow.core.ids import ids_among, new_id
from docflow.core.mail_addresses import clean_address
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.district.queries import KnownDistrict
from docflow.notifications.operations import ask_mail, require_mail
from docflow.notifications.ports import MailServer
from docflow.notifications.rules import MailText
from docflow.publications.indexing import Deps as IndexDeps
from docflow.publications.models import PublicCategory, PublicPost, Subscription
from docflow.publications.queries import is_out
from docflow.publications.rules import SECTIONS, PostKind

TOKEN_BYTES: Final = 24
ASKED_AGAIN_AFTER: Final = timedelta(hours=1)
CONFIRMED_WITHIN: Final = timedelta(days=3)
BATCH: Final = 20
"""Posts of which subscribers are told in one run."""

CONFIRM: Final = Words("تأكيد الاشتراك", "Confirmer l'abonnement")
CONFIRM_BODY: Final = Words(
    "طُلب اشتراك هذا العنوان في منشورات {district}. للتأكيد، افتحوا:\n{link}\n\n"
    "إذا لم تطلبوا ذلك، فلا تفعلوا شيئا: لن يرسل إليكم شيء.",
    "L'abonnement de cette adresse aux publications de {district} a été demandé. Pour le confirmer, ouvrez :\n"
    "{link}\n\n"
    "Si vous ne l'avez pas demandé, ne faites rien : rien ne vous sera envoyé.",
)
NEW: Final = Words("جديد {district}: {title}", "{district} : {title}")
NEW_BODY: Final = Words(
    "{title}\n{summary}\n{link}\n\nلإنهاء الاشتراك:\n{end}",
    "{title}\n{summary}\n{link}\n\nPour mettre fin à l'abonnement :\n{end}",
)


class Deps(IndexDeps, Protocol):
    """What subscriptions work with."""

    @property
    def district(self) -> KnownDistrict:
        """What the administration is called."""
        ...

    @property
    def mail_server(self) -> MailServer:
        """Takes mail on its way."""
        ...


def ask_subscription(deps: Deps, *, email: str, language: str, theme_ids: Sequence[str]) -> None:
    """Ask the owner of an address whether it is to be told; what is said of it before stays until they confirm.

    Raises:
        Conflict: ``mail_not_set_up``.
        InvalidInput: ``mail_address_invalid``.
    """
    require_mail(deps)
    address = clean_address(email).lower()
    with deps.transactions.writing(ANONYMOUS) as uow:
        known = set(uow.session.scalars(select(PublicCategory.id).where(PublicCategory.id.in_(ids_among(theme_ids)))))
        kept = uow.session.scalar(select(Subscription).where(Subscription.email == address).with_for_update())
        if kept is not None and (kept.confirmed_at is not None or uow.now - kept.asked_at < ASKED_AGAIN_AFTER):
            # Whoever asks for the address of somebody else neither floods nor changes what they chose.
            return
        if kept is None:
            kept = Subscription(id=new_id(), email=address, token=secrets.token_urlsafe(TOKEN_BYTES))
            uow.session.add(kept)
        kept.language, kept.asked_at = language, uow.now
        kept.category_ids = sorted(str(theme_id) for theme_id in known)
        link = f"{deps.settings.public_url.rstrip('/')}/subscriptions/{kept.token}?lang={language}"
        body = CONFIRM_BODY.said(language).format(district=_district(deps, language), link=link)
        ask_mail(uow, recipient=address, text=MailText(f"{CONFIRM.ar} · {CONFIRM.fr}", body))


def subscription_with(session: Session, token: str) -> Subscription:
    """Return the subscription that a link is about.

    Raises:
        NotFound: ``subscription_unknown``.
    """
    found = session.scalar(select(Subscription).where(Subscription.token == token))
    if found is None:
        raise NotFound("subscription_unknown")
    return found


def confirm_subscription(uow: UnitOfWork, token: str) -> None:
    """Note that the owner of an address wants to be told.

    Raises:
        NotFound: ``subscription_unknown``.
    """
    kept = subscription_with(uow.session, token)
    if kept.confirmed_at is None:
        kept.confirmed_at = uow.now
        uow.record("publications.subscribed", subject_kind="subscription", subject_id=kept.id)


def end_subscription(uow: UnitOfWork, token: str) -> None:
    """Forget an address at once; a link that was used already changes nothing more.

    Raises:
        NotFound: ``subscription_unknown``.
    """
    kept = subscription_with(uow.session, token)
    uow.session.delete(kept)
    uow.record("publications.unsubscribed", subject_kind="subscription", subject_id=kept.id)


def tell_subscribers(deps: Deps) -> int:
    """Tell of every post that came out and was not told of yet; return how many mails were asked for.

    One transaction a post: a crash repeats or loses none.
    """
    forget_unconfirmed(deps)
    asked = 0
    with deps.transactions.reading() as session:
        now = deps.clock.now()
        waiting = session.scalars(
            select(PublicPost.id).where(is_out(now), PublicPost.told_at.is_(None)).order_by(PublicPost.publish_at)
        ).all()[:BATCH]
    for post_id in waiting:
        with deps.transactions.writing(SYSTEM) as uow:
            asked += _tell(uow, deps, post_id)
    return asked


def forget_unconfirmed(deps: Deps) -> None:
    """Forget addresses that nobody confirmed in time."""
    with deps.transactions.writing(SYSTEM) as uow:
        old = Subscription.asked_at < uow.now - CONFIRMED_WITHIN
        uow.session.execute(delete(Subscription).where(Subscription.confirmed_at.is_(None), old))


def _tell(uow: UnitOfWork, deps: Deps, post_id: UUID) -> int:
    post = uow.session.get_one(PublicPost, post_id, with_for_update=True)
    if post.told_at is not None:
        return 0
    # That it was told of is no change of the post: its version stays, and its editor and the index see none.
    uow.session.execute(update(PublicPost).where(PublicPost.id == post_id).values(told_at=uow.now))
    if not deps.mail_server.is_set_up:
        return 0
    asked = 0
    for one in uow.session.scalars(select(Subscription).where(Subscription.confirmed_at.is_not(None))):
        if not one.category_ids or str(post.category_id) in one.category_ids:
            ask_mail(
                uow, recipient=one.email, text=_news_text(deps, post, one), unsubscribe_url=_end_address(deps, one)
            )
            asked += 1
    return asked


def _news_text(deps: Deps, post: PublicPost, one: Subscription) -> MailText:
    base, text = deps.settings.public_url.rstrip("/"), post.text
    title = text.title(one.language)
    body = NEW_BODY.said(one.language).format(
        title=title,
        summary=text.summary(one.language),
        link=f"{base}/{SECTIONS[PostKind(post.kind)]}/{post.slug}?lang={one.language}",
        end=_end_address(deps, one),
    )
    subject = NEW.said(one.language).format(district=_district(deps, one.language), title=title)
    return MailText(subject[:300], body)


def _end_address(deps: Deps, one: Subscription) -> str:
    return f"{deps.settings.public_url.rstrip('/')}/subscriptions/{one.token}/end?lang={one.language}"


def _district(deps: Deps, language: str) -> str:
    return deps.district.name.said(language)
