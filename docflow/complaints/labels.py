"""What the codes of complaints are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.complaints.following import StageCode
from docflow.complaints.listing import Shelf
from docflow.complaints.rules import ComplaintKind, JoinKind, Origin, Outcome, Question

KIND_LABELS = {
    ComplaintKind.COMPLAINT: lazy_gettext("Complaint"),
    ComplaintKind.OBSERVATION: lazy_gettext("Observation"),
    ComplaintKind.SUGGESTION: lazy_gettext("Suggestion"),
}

KIND_HINTS = {
    ComplaintKind.COMPLAINT: lazy_gettext("Something is not right, and you ask that it be put right."),
    ComplaintKind.OBSERVATION: lazy_gettext("You noticed something that the district should know."),
    ComplaintKind.SUGGESTION: lazy_gettext("You propose how something could be done better."),
}

ORIGIN_LABELS = {
    Origin.ONLINE: lazy_gettext("On the public site"),
    Origin.COUNTER: lazy_gettext("At the counter"),
    Origin.PAPER: lazy_gettext("On paper"),
}

QUESTION_LABELS = {
    Question.KIND: lazy_gettext("What do you want to tell the district?"),
    Question.CATEGORY: lazy_gettext("What is it about?"),
    Question.COURTS: lazy_gettext("Is a court dealing with this matter?"),
    Question.PLACE: lazy_gettext("Where is it?"),
    Question.TEXT: lazy_gettext("What happened?"),
    Question.PHOTOS: lazy_gettext("Do you have photographs or documents?"),
    Question.CONTACT: lazy_gettext("How can we reach you?"),
    Question.REVIEW: lazy_gettext("Is everything right?"),
}
"""The title of each page."""

ANSWER_LABELS = {
    Question.KIND: lazy_gettext("Kind"),
    Question.CATEGORY: lazy_gettext("Subject"),
    Question.PLACE: lazy_gettext("Place"),
    Question.TEXT: lazy_gettext("What happened"),
    Question.PHOTOS: lazy_gettext("Enclosures"),
    Question.CONTACT: lazy_gettext("Contact"),
}
"""The answers that are looked over at the end."""

OUTCOME_LABELS = {
    Outcome.RESOLVED: lazy_gettext("Resolved"),
    Outcome.PARTLY_RESOLVED: lazy_gettext("Partly resolved"),
    Outcome.NOT_FOUNDED: lazy_gettext("Not founded"),
    Outcome.OUT_OF_COMPETENCE: lazy_gettext("Out of competence"),
    Outcome.BEFORE_COURTS: lazy_gettext("Before the courts"),
    Outcome.DUPLICATE: lazy_gettext("Duplicate"),
    Outcome.NOT_UNDERSTANDABLE: lazy_gettext("Not understandable"),
}

STAGE_LABELS = {
    StageCode.DEPOSITED: lazy_gettext("Deposited and registered"),
    StageCode.SENT: lazy_gettext("Sent to the service that answers"),
    StageCode.EXAMINED: lazy_gettext("Examined by the service"),
    StageCode.ASKED: lazy_gettext("Something is asked of you"),
    StageCode.ANSWERED: lazy_gettext("Answered"),
    StageCode.REOPENED: lazy_gettext("Opened again by you"),
}

SHELF_LABELS = {
    Shelf.TO_SORT: lazy_gettext("To sort"),
    Shelf.OPEN: lazy_gettext("Open complaints"),
    Shelf.LATE: lazy_gettext("Late"),
    Shelf.REOPENED: lazy_gettext("Opened again"),
    Shelf.ANSWERED: lazy_gettext("Closed complaints"),
}

JOIN_LABELS = {
    JoinKind.DUPLICATE: lazy_gettext("Duplicate: the same citizen or the same words"),
    JoinKind.JOINT: lazy_gettext("Joint case: other citizens, the same matter"),
}
