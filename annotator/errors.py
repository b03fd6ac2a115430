"""The one family of errors that are raised on purpose. Anything else that surfaces is a bug."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Something a person or program asked for cannot be done, in words for whoever can mend it.

    `why` is one or two sentences; `where` names the place to blame (`FILE:LINE`, a field, an
    offset); `status` is the HTTP status the web answers with; `extra` holds further members of the
    problem document (RFC 9457), such as the present state of a span after a stale write.
    """

    status = 422
    title = "Refused"

    def __init__(self, why: str, *, where: str | None = None, extra: dict[str, Any] | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.where = where
        self.extra = extra or {}

    def __str__(self) -> str:
        return f"{self.where}: {self.why}" if self.where else self.why

    def at(self, place: str) -> Refused:
        """The same refusal, said of a place that encloses the present one: `FILE:LINE` before a field."""
        self.where = f"{place}: {self.where}" if self.where else place
        return self


class Unreadable(Refused):
    """A body that does not parse."""

    status = 400
    title = "Not readable"


class SignInNeeded(Refused):
    status = 401
    title = "Sign in"


class Forbidden(Refused):
    """Asked for by someone who may see the thing but not do this with it."""

    status = 403
    title = "Not allowed"


class Missing(Refused):
    """Not there, or not for this person to know of."""

    status = 404
    title = "Not found"


class Conflict(Refused):
    """In order in itself, but not in the present state."""

    status = 409
    title = "Conflict"


class Stale(Refused):
    """Written on the ground of a version that is no longer the present one."""

    status = 412
    title = "Changed meanwhile"


class VersionNeeded(Refused):
    status = 428
    title = "Version needed"


class TooMany(Refused):
    status = 429
    title = "Too many"


class Busy(Refused):
    """The database could not take the write now; nothing was changed and it may be tried again."""

    status = 503
    title = "Busy"
