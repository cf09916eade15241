"""What the stamping room contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, Check
from docflow.core.errors import DocFlowError
from docflow.stamping.keys import LocalKeys
from docflow.stamping.ports import Deps


def check_keys(deps: Deps) -> Sequence[Check]:
    """Whether there is a key that can seal, which nobody but its owner can read."""
    keys = LocalKeys(deps.settings.home, institution_fr=deps.settings.district_name_fr)
    try:
        key = keys.current(deps.clock.now())
    except DocFlowError as error:
        remedy = "Bring back the folder “keys” of the home from its own safe copy; see docs/stamping.md."
        return [Check("seal-keys", ok=False, detail=str(error), remedy=remedy)]
    exposed = keys.exposed_files()
    if exposed:
        remedy = f"chmod 600 {' '.join(str(keys.folder / name) for name in exposed)}"
        return [Check("seal-keys", ok=False, detail="others may read: " + ", ".join(exposed), remedy=remedy)]
    return [Check("seal-keys", ok=True, detail=f"local key {key.number}, not qualified, time not attested")]


CAPABILITY = Capability(
    name="stamping",
    checks=[check_keys],
    journal_phrases={"stamping.sealed": lazy_gettext("Stamped and sealed")},
    error_texts={
        "document_not_read": lazy_gettext("The document is still being read. It is sealed when the reading ends."),
        "keys_rotated_meanwhile": lazy_gettext("Somebody renewed the seal's key at the same moment. Look again."),
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
        "stamp_logo_unreadable": lazy_gettext("The logo is not a picture that can be read. Give a PNG or a JPEG."),
        "stamp_text_missing": lazy_gettext("Give the name of the institution in both languages."),
        "stamp_text_too_long": lazy_gettext("A text of the stamp has more than %(limit)s characters. Shorten it."),
        "stamp_width_invalid": lazy_gettext("The stamp is between %(least)s and %(most)s mm wide."),
        "time_stamp_unavailable": lazy_gettext(
            "The time-stamp server does not answer (%(reason)s). The register number stands; sealing is tried again."
        ),
    },
)
