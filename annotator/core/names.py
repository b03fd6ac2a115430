"""Names of people and bodies in a text, to complete a speaker's name from. A help for the hand, not a finding."""

from __future__ import annotations

import regex

# Words that begin with a capital, joined by the small words that stand inside names.
_WORD = r"(?:\p{Lu}\.|\p{Lu}[\p{L}\p{M}’'-]*)"
_SMALL = r"(?:of|the|for|and|de|del|der|den|van|von|al|bin|di|da|la|le)"
_RUN = regex.compile(rf"{_WORD}(?:[ \u00a0](?:{_SMALL}[ \u00a0])*{_WORD})+")
_ACRONYM = regex.compile(r"\b\p{Lu}{2,8}\b")
LIMIT = 200


def names_in(text: str) -> list[str]:
    """The runs of two and more capitalised words, and the acronyms, each once, in order of appearance."""
    found: dict[str, int] = {}
    for pattern in (_RUN, _ACRONYM):
        for match in pattern.finditer(text):
            name = regex.sub(r"[’']s$", "", match[0]).rstrip(".’'-")
            found.setdefault(name, match.start())
    return sorted(found, key=lambda name: found[name])[:LIMIT]
