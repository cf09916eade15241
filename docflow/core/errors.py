"""Errors as codes; the text is made at the edge, in the reader's language."""

from __future__ import annotations

from typing import ClassVar


class DocFlowError(Exception):
    """A refusal the product foresaw, named by a stable code and the values its text needs."""

    http_status: ClassVar[int] = 500

    def __init__(self, code: str, **params: object) -> None:
        """Name the refusal; ``params`` fill the placeholders of its text."""
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """Return the code with its values, for logs."""
        shown = ", ".join(f"{name}={value!r}" for name, value in sorted(self.params.items()))
        return f"{self.code}({shown})" if shown else self.code


class InvalidInput(DocFlowError):
    """What was given cannot be used."""

    http_status = 422


class NotFound(DocFlowError):
    """It does not exist, or not for this actor: the two are never told apart."""

    http_status = 404


class PermissionDenied(DocFlowError):
    """The actor may see it but not do this to it."""

    http_status = 403


class Conflict(DocFlowError):
    """Somebody else changed it first."""

    http_status = 409


class TooManyRequests(DocFlowError):
    """A limit was reached; ``retry_after_s`` says when to come back."""

    http_status = 429


class Unavailable(DocFlowError):
    """A tool or a server the product needs does not answer; trying again may help."""

    http_status = 503


class ServerAway(Unavailable):
    """A server that much of the product stands on does not answer, which is the fault of nobody who asks for it."""


class PermanentJobError(DocFlowError):
    """Trying this job again cannot help."""
