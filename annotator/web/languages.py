"""The language of the interface: gettext catalogues, chosen by cookie or by what the browser asks for.

The standard library reads the catalogues; Babel, which only makes them, would be a third of the whole
installation.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import g, has_request_context, request

CATALOGUES = Path(__file__).parent.parent / "translations"
ENGLISH = "en"
NAMES = {"en": "English", "de": "Deutsch"}


@lru_cache(maxsize=16)
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation("annotator", CATALOGUES, [language], fallback=True)


@lru_cache(maxsize=1)
def languages() -> tuple[tuple[str, str], ...]:
    """The languages there are, as (code, own name), English first."""
    found = sorted(folder.name for folder in CATALOGUES.iterdir() if folder.is_dir()) if CATALOGUES.is_dir() else []
    return tuple((code, NAMES.get(code, code)) for code in (ENGLISH, *found))


def language() -> str:
    """The language of this request's answer."""
    if not has_request_context():
        return ENGLISH
    if "language" not in g:
        known = [code for code, _ in languages()]
        wanted = request.cookies.get("language", "")
        g.language = wanted if wanted in known else request.accept_languages.best_match(known, ENGLISH)
    return str(g.language)


def translate(message: str, **values: Any) -> str:
    """The message in the language of the request, with `%(name)s` filled in from `values`."""
    words = _catalogue(language()).gettext(message)
    return words % values if values else words
