"""The names by which fields are called in a query, in Arabic, French and English."""

from __future__ import annotations

_NAMES = {
    "subject": "subject objet sujet الموضوع موضوع",
    "sender": "sender from expéditeur expediteur émetteur emetteur المرسل مرسل",
    "addressee": "addressee to destinataire المرسل_إليه المرسل_اليه",
    "reference": "reference référence ref réf réf. ref. المرجع مرجع",
    "number": "number numéro numero num num. n° no الرقم رقم عدد",
    "content": "content contenu texte text النص نص المحتوى",
    "date": "date daté dated التاريخ تاريخ بتاريخ",
    "before": "before avant قبل",
    "after": "after après apres بعد",
}

FIELD_BY_NAME = {name.replace("_", " "): field for field, names in _NAMES.items() for name in names.split()}
"""Lower-case name to field; ``date``, ``before`` and ``after`` become a range of days."""

OPTIONAL_COLON = frozenset({"before", "after"})
"""Fields whose names may also stand before a date without a colon (``avant 01/03/2024``)."""
