"""What job states and kinds of units are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

JOB_STATE_LABELS = {
    "ready": lazy_gettext("Waiting"),
    "running": lazy_gettext("Running"),
    "done": lazy_gettext("Done"),
    "dead": lazy_gettext("Given up"),
}

UNIT_KIND_LABELS = {
    "district": lazy_gettext("District"),
    "division": lazy_gettext("Division"),
    "service": lazy_gettext("Service"),
    "office": lazy_gettext("Office"),
}

COLUMN_LABELS = {
    "code": lazy_gettext("Code"),
    "parent": lazy_gettext("Under"),
    "kind": lazy_gettext("Rank"),
    "name_ar": lazy_gettext("Name in Arabic"),
    "name_fr": lazy_gettext("Name in French"),
    "username": lazy_gettext("User name"),
    "role": lazy_gettext("Role"),
    "unit": lazy_gettext("Unit"),
    "email": lazy_gettext("Mail address"),
    "language": lazy_gettext("Language"),
}
"""Columns of the tables of units and people."""

CHECK_LABELS = {
    "backup": lazy_gettext("Backup"),
    "broker": lazy_gettext("Broker of jobs (RabbitMQ)"),
    "clock": lazy_gettext("Clock of the machine"),
    "database": lazy_gettext("Database"),
    "disk": lazy_gettext("Room on the disk"),
    "enclosure": lazy_gettext("Enclosure of the processes that read files"),
    "host": lazy_gettext("Keys of this host"),
    "host-clock": lazy_gettext("Clock of this host"),
    "index": lazy_gettext("Search index"),
    "journal": lazy_gettext("Journal"),
    "mail": lazy_gettext("Mail server"),
    "moved": lazy_gettext("Move to another place"),
    "pdfium": lazy_gettext("Pictures of pages (pdfium)"),
    "public_index": lazy_gettext("Search index of the public site"),
    "queue": lazy_gettext("Jobs"),
    "relay": lazy_gettext("Relay of jobs"),
    "seal-key": lazy_gettext("Key of the seal"),
    "storage": lazy_gettext("Storage of files"),
    "stored-files": lazy_gettext("Stored files"),
    "tesseract": lazy_gettext("Reading (Tesseract)"),
    "tesseract-fr": lazy_gettext("Reading in French"),
}
"""What the checks of ``docflow doctor`` are called on the page; their own names are shown beside."""
