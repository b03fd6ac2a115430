"""What each event does to the tables: one pure function an action, from the entry to statements.

The journal runs them as it records; `verify` runs them again over the whole log on an empty database
and compares. So nothing here may depend on anything but the entry (and its payload).
"""

from annotator.store.applying import (
    accounts,
    adjudication,
    articles,
    asking,
    assignment,
    exports,
    invitations,
    reviews,
    spans,
)
from annotator.store.applying.articles import ARTICLE_FIELDS
from annotator.store.applying.rules import APPLY, as_json

__all__ = [
    "APPLY",
    "ARTICLE_FIELDS",
    "accounts",
    "adjudication",
    "articles",
    "as_json",
    "asking",
    "assignment",
    "exports",
    "invitations",
    "reviews",
    "spans",
]
