"""What the kinds of rows and their columns are called for the person that they are about."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.core.capability import LazyText

LOOK_LABELS: Mapping[str, LazyText] = {"shown": lazy_gettext("shown"), "exported": lazy_gettext("taken away as a file")}
MARK_LABELS: Mapping[str, LazyText] = {
    "name": lazy_gettext("name"),
    "cin": lazy_gettext("identity card"),
    "phone": lazy_gettext("telephone"),
    "email": lazy_gettext("mail address"),
    "number": lazy_gettext("number of a receipt"),
    "username": lazy_gettext("account"),
}
HEADING = lazy_gettext("What is held about you (law 09-08)")
NOTHING = lazy_gettext("Nothing is held under what was given.")
KIND_LABELS: Mapping[str, LazyText] = {
    "entry": lazy_gettext("Line of a register"),
    "document": lazy_gettext("Letter"),
    "set_aside": lazy_gettext("Set aside without a number"),
    "complaint": lazy_gettext("Complaint"),
    "message": lazy_gettext("Message"),
    "outcome": lazy_gettext("Outcome"),
    "request": lazy_gettext("Request"),
    "file": lazy_gettext("Enclosed file"),
    "appointment": lazy_gettext("Appointment"),
    "subscription": lazy_gettext("Subscription to news"),
    "mail": lazy_gettext("Mail sent"),
    "text_message": lazy_gettext("Text message"),
    "account": lazy_gettext("Account"),
    "second_factor": lazy_gettext("Second factor"),
    "security_key": lazy_gettext("Security key"),
    "membership": lazy_gettext("Role"),
    "power": lazy_gettext("Delegation or interim"),
    "session": lazy_gettext("Session"),
    "act": lazy_gettext("Act in the journal"),
    "opening": lazy_gettext("Opening of a letter"),
}
FIELD_LABELS: Mapping[str, LazyText] = {
    "register_ar": lazy_gettext("Register"),
    "register_fr": lazy_gettext("Register"),
    "name": lazy_gettext("Name"),
    "name_ar": lazy_gettext("Name in Arabic"),
    "name_fr": lazy_gettext("Name in French"),
    "username": lazy_gettext("User name"),
    "sender": lazy_gettext("Sender"),
    "addressee": lazy_gettext("Addressee"),
    "subject": lazy_gettext("Subject"),
    "label": lazy_gettext("Number"),
    "number": lazy_gettext("Number"),
    "register_number": lazy_gettext("Number"),
    "cin": lazy_gettext("Identity card number"),
    "sender_cin": lazy_gettext("Identity card number"),
    "phone": lazy_gettext("Telephone"),
    "sender_phone": lazy_gettext("Telephone"),
    "email": lazy_gettext("Mail address"),
    "recipient": lazy_gettext("Sent to"),
    "text": lazy_gettext("Text"),
    "place": lazy_gettext("Place"),
    "reason": lazy_gettext("Reason"),
    "note": lazy_gettext("Note"),
    "set_aside_at": lazy_gettext("Was set aside"),
    "outcome": lazy_gettext("Outcome"),
    "file_name": lazy_gettext("File"),
    "document_date": lazy_gettext("Date of the document"),
    "deposited_at": lazy_gettext("Deposited on"),
    "registered_at": lazy_gettext("Registered on"),
    "said_at": lazy_gettext("Date"),
    "given_at": lazy_gettext("Date"),
    "booked_at": lazy_gettext("Date"),
    "asked_at": lazy_gettext("Date"),
    "day": lazy_gettext("Date"),
    "at": lazy_gettext("Date"),
    "role": lazy_gettext("Role"),
    "verb": lazy_gettext("Act"),
    "address": lazy_gettext("Network address"),
    "browser": lazy_gettext("Browser"),
    "created_at": lazy_gettext("Made on"),
    "added_at": lazy_gettext("Added on"),
    "last_used_at": lazy_gettext("Last used on"),
    "last_seen_at": lazy_gettext("Last seen on"),
}
"""The columns that the page shows; the file for machines has all."""
