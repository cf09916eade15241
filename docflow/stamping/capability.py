"""What the stamping room contributes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext

from docflow.core.capability import COSTLY_S, Capability, Check, Measuring, MenuEntry, MenuSection, PeriodicJob
from docflow.core.errors import DocFlowError
from docflow.stamping.jobs import renew
from docflow.stamping.journal import SUBJECTS, VALUES
from docflow.stamping.keys import local_keys
from docflow.stamping.measures import seal_measures
from docflow.stamping.ports import Deps
from docflow.stamping.rules import KeyKind
from docflow.stamping.views import make_blueprint

SOON = timedelta(days=45)


def check_keys(deps: Deps) -> Sequence[Check]:
    """Whether there is a key that can seal, which is valid for some time and which nobody but its owner can read."""
    now = deps.clock.now()
    try:
        status = deps.sealer.key_status(now)
    except DocFlowError as error:
        remedy = lazy_gettext(
            "Bring the key back from its own safe copy, or mend DOCFLOW_SEAL_…; see docs/stamping.md."
        )
        return [Check("seal-key", ok=False, detail=str(error), remedy=remedy)]
    exposed = _exposed(deps)
    if exposed:
        remedy = f"chmod 600 {' '.join(exposed)}"
        found = lazy_gettext("others may read: %(files)s", files=", ".join(exposed))
        return [Check("seal-key", ok=False, detail=found, remedy=remedy)]
    until = lazy_gettext(
        "key of %(signer)s (%(kind)s, %(level)s), valid until %(last)s",
        signer=status.signer,
        kind=status.kind.value,
        level=status.level.value,
        last=f"{status.not_after:%Y-%m-%d}",
    )
    if status.not_after < now + SOON:
        remedy = (
            lazy_gettext("Run: docflow keys rotate")
            if status.kind is KeyKind.LOCAL
            else lazy_gettext("Renew the certificate at its provider.")
        )
        return [Check("seal-key", ok=False, detail=until, remedy=remedy)]
    return [Check("seal-key", ok=True, detail=until)]


def _exposed(deps: Deps) -> list[str]:
    """Return the files with private keys that others than their owner may read."""
    files = [local_keys(deps.settings).folder / name for name in local_keys(deps.settings).exposed_files()]
    pkcs12 = deps.settings.seal_pkcs12
    if pkcs12 is not None and pkcs12.exists() and pkcs12.stat().st_mode & 0o077:
        files.append(pkcs12)
    return [str(path) for path in files]


CAPABILITY = Capability(
    name="stamping",
    measures=[Measuring(seal_measures, COSTLY_S)],
    checks=[check_keys],
    blueprints=[make_blueprint],
    menu=[MenuEntry("stamping.design", lazy_gettext("Stamps"), "stamp", "stamps.manage", section=MenuSection.SETTINGS)],
    jobs={"stamping.renew": renew},
    periodic=[PeriodicJob("stamping.renew", every_s=24 * 3600)],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "stamping.sealed": lazy_gettext("Stamped and sealed"),
        "stamping.frozen": lazy_gettext("Act frozen, with its fields for visas and signature"),
        "stamping.signed": lazy_gettext("Field of the act signed"),
        "stamping.departed": lazy_gettext("Departure stamped and sealed"),
        "stamping.archive_renewed": lazy_gettext("Archive time-stamp renewed"),
        "stamping.design_changed": lazy_gettext("Design of the stamps changed"),
        "stamping.key_rotated": lazy_gettext("Key of the seal replaced"),
    },
    error_texts={
        "act_changed_meanwhile": lazy_gettext("Somebody signed this act at the same moment. Look at it again."),
        "act_not_frozen": lazy_gettext("This act is not frozen yet: nothing can be signed."),
        "act_signed_already": lazy_gettext(
            "This file is signed already and cannot be frozen. Give the unsigned version."
        ),
        "document_not_read": lazy_gettext("The document is still being read. It is sealed when the reading ends."),
        "field_signed_already": lazy_gettext("The place %(field)s of this act is signed already."),
        "field_unknown": lazy_gettext("This act has no place named %(field)s to be signed."),
        "keys_not_local": lazy_gettext(
            "The key of the seal is not one of this registry. Replace it at its provider, then change the settings."
        ),
        "keys_rotated_meanwhile": lazy_gettext("Somebody renewed the seal's key at the same moment. Look again."),
        "keys_gone": lazy_gettext(
            "Letters were sealed here, but there is no key in the folder %(folder)s any more. Bring the folder back "
            "from a backup, as the runbook says. If it is gone for good, docflow keys rotate makes a new key."
        ),
        "keys_unusable": lazy_gettext(
            "The key of the seal cannot be used (%(reason)s). Tell the administrator; “docflow doctor” says more."
        ),
        "nothing_to_seal": lazy_gettext(
            "No page of the document could be read, and it is not a PDF: there is nothing to seal. Scan it again."
        ),
        "seal_impossible": lazy_gettext(
            "The file cannot be stamped and sealed (%(reason)s). Print it, scan it and seal that copy."
        ),
        "sealing_child_failed": lazy_gettext("The process that seals does not answer. Run “docflow doctor”."),
        "stamp_colour_invalid": lazy_gettext("%(colour)s is not a colour: give # and six digits, such as #1b3f8b."),
        "stamp_colour_too_light": lazy_gettext(
            "The colour %(colour)s is too light to be read in black and white. Choose a darker one."
        ),
        "stamp_design_unknown": lazy_gettext("There is no such version of the design."),
        "stamp_logo_too_large": lazy_gettext(
            "The logo is larger than %(limit_bytes)s bytes. Make it smaller: it is printed 8 mm high."
        ),
        "stamp_logo_unreadable": lazy_gettext("The logo is not a picture that can be read. Give a PNG or a JPEG."),
        "stamp_text_missing": lazy_gettext("Give the name of the institution in both languages."),
        "stamp_text_too_long": lazy_gettext("A text of the stamp has more than %(limit)s characters. Shorten it."),
        "stamp_width_invalid": lazy_gettext("The stamp is between %(least)s and %(most)s mm wide."),
        "time_stamp_unavailable": lazy_gettext(
            "The time-stamp server does not answer (%(reason)s). The register number stands; sealing is tried again."
        ),
    },
)
