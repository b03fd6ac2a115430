"""Who may do what: one table from acts to the roles that may do them in a project.

An admin may do everything, everywhere. What someone may not do answers as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from annotator.errors import Missing

Role = Literal["reviewer", "adjudicator", "manager"]
NOT_TO_SEE: Final = "There is nothing here under this address, or it is not yours to see."
ROLES: Final[tuple[Role, ...]] = get_args(Role)
Act = Literal[
    "see project", "read article", "tag", "adjudicate", "see agreement", "export", "load", "manage project",
    "manage people",
]  # fmt: skip

PERMISSIONS: Final[dict[Act, frozenset[Role]]] = {
    "see project": frozenset(ROLES),
    "read article": frozenset(ROLES),
    "tag": frozenset({"reviewer"}),
    "adjudicate": frozenset({"adjudicator"}),
    "see agreement": frozenset({"adjudicator", "manager"}),
    "export": frozenset({"adjudicator", "manager"}),
    "load": frozenset({"manager"}),
    "manage project": frozenset({"manager"}),
    "manage people": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `roles` maps a project's slug to the roles held in it."""

    name: str
    admin: bool = False
    roles: dict[str, frozenset[Role]] = field(default_factory=dict)

    def may(self, act: Act, project: str | None = None) -> bool:
        """Whether the table lets this person do `act` (in `project`)."""
        held = self.roles.get(project, frozenset()) if project else frozenset()
        return self.admin or not PERMISSIONS[act].isdisjoint(held)

    def require(self, act: Act, project: str | None = None) -> None:
        """Raises Missing unless this person may do `act`: what one may not see is not there."""
        if not self.may(act, project):
            raise Missing(NOT_TO_SEE)
