"""What drafts, fields and ways of sending are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.drafting.rules import Channel, Outcome

LANGUAGE_CHOICES = {
    "ar": lazy_gettext("Arabic"),
    "fr": lazy_gettext("French"),
    "ar fr": lazy_gettext("Arabic and French"),
}

FIELD_LABELS = {
    "letter_number": lazy_gettext("Register number of the letter"),
    "letter_date": lazy_gettext("Arrival date of the letter"),
    "letter_reference": lazy_gettext("Reference of the letter"),
    "letter_document_date": lazy_gettext("Date written on the letter"),
    "letter_subject": lazy_gettext("Subject of the letter"),
    "letter_sender": lazy_gettext("Sender of the letter"),
    "unit": lazy_gettext("Unit that writes"),
    "district": lazy_gettext("District"),
    "drafter": lazy_gettext("Who writes"),
    "today": lazy_gettext("Today"),
}

CHANNEL_LABELS = {
    Channel.POST.value: lazy_gettext("By post"),
    Channel.EMAIL.value: lazy_gettext("By e-mail"),
    Channel.HANDED.value: lazy_gettext("Handed over"),
    Channel.PUBLIC.value: lazy_gettext("On the public site"),
}

OUTCOME_LABELS = {
    Outcome.RESOLVED.value: lazy_gettext("Resolved"),
    Outcome.PARTLY.value: lazy_gettext("Partly resolved"),
    Outcome.UNFOUNDED.value: lazy_gettext("Not founded"),
    Outcome.ELSEWHERE.value: lazy_gettext("Out of competence"),
    Outcome.COURTS.value: lazy_gettext("Before the courts"),
    Outcome.UNCLEAR.value: lazy_gettext("Not understandable"),
}
