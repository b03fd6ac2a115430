"""Training, development and test shares that depend on nothing but an article's text."""

from __future__ import annotations

import re
from typing import Literal

from annotator.errors import Refused

Split = Literal["train", "dev", "test"]
Shares = tuple[int, int, int]


def parse_shares(text: str) -> Shares:
    """`80/10/10` as numbers; raises Refused unless they are three whole per cents that make 100."""
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})/(\d{1,3})", text)
    if found is None:
        raise Refused(f"{text!r} is not of the form 80/10/10.", where="split")
    train, dev, test = (int(part) for part in found.groups())
    if train + dev + test != 100:
        raise Refused(f"{text} makes {train + dev + test}, not 100.", where="split")
    return train, dev, test


def split_of(text_sha256: str, shares: Shares) -> Split:
    """The share of the article whose text has that hash: the hash, read as a fraction, against the shares.

    The same text is in the same share in every project and export, so copies never straddle.
    """
    hundredths, whole = int(text_sha256[:15], 16) * 100, 16**15
    if hundredths < shares[0] * whole:
        return "train"
    return "dev" if hundredths < (shares[0] + shares[1]) * whole else "test"
