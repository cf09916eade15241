"""What things of this room are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

KIND_LABELS = {
    "request": lazy_gettext("Request (law 55-19)"),
    "investment": lazy_gettext("Request for an investment (law 55-19)"),
    "information": lazy_gettext("Access to information (law 31-13)"),
}

FORM_LABELS = {
    "shown": lazy_gettext("shown and given back at once"),
    "copy": lazy_gettext("plain copy"),
    "original": lazy_gettext("original"),
    "forbidden": lazy_gettext("may not be asked for"),
}

OUTCOME_LABELS = {
    "granted": lazy_gettext("Granted"),
    "partly": lazy_gettext("Partly granted"),
    "refused": lazy_gettext("Refused, with reasons"),
    "withdrawn": lazy_gettext("Given up by the citizen"),
}

GROUND_LABELS = {
    "defence": lazy_gettext("National defence, security of the State (article 7)"),
    "privacy": lazy_gettext("Private life and personal data (article 7)"),
    "freedoms": lazy_gettext("Fundamental rights and freedoms (article 7)"),
    "sources": lazy_gettext("Protection of sources, witnesses and informants (article 7)"),
    "relations": lazy_gettext("Relations with other States (article 7)"),
    "monetary": lazy_gettext("Monetary, economic or financial policy (article 7)"),
    "competition": lazy_gettext("Free and lawful competition, property rights (article 7)"),
    "deliberations": lazy_gettext(
        "Secrecy of the deliberations of the Council of Ministers and of government (article 7)"
    ),
    "proceedings": lazy_gettext("Inquiries and judicial or disciplinary proceedings (article 7)"),
    "secrecy": lazy_gettext("Secrecy protected by another law (article 7)"),
    "not_held": lazy_gettext("The district does not hold it"),
    "published": lazy_gettext("It is published already (article 18)"),
    "repeated": lazy_gettext("It was given already to whoever asks (article 18)"),
    "unclear": lazy_gettext("The request is not clear (article 18)"),
}

ORIGIN_LABELS = {
    "online": lazy_gettext("Online"),
    "counter": lazy_gettext("At the counter"),
}
