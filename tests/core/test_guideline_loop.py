"""When a note about the guidelines is cleared up."""

import pytest

from annotator.core.guideline_loop import cleared_by
from annotator.core.scheme import Label, Scheme


def scheme(claim="", denial="", guidelines="", title="Claim"):
    labels = (Label("claim", title=title, help=claim), Label("denial", help=denial))
    return Scheme(labels, guidelines=guidelines)


FIRST = (1, "2026-01-01", scheme())
NOTED = "2026-01-02"


@pytest.mark.parametrize(
    ("later", "of_claim", "of_any"),
    [
        (scheme(title="A claim"), None, None),
        (scheme(claim="Said of others."), 2, 2),
        (scheme(denial="Said of oneself."), None, 2),
        (scheme(guidelines="Read it twice."), 2, 2),
    ],
)
def test_what_is_said_of_the_label_clears_a_note_up(later, of_claim, of_any):
    versions = [FIRST, (2, "2026-01-03", later)]
    assert cleared_by(versions, "claim", NOTED) == of_claim
    assert cleared_by(versions, "", NOTED) == cleared_by(versions, "guideline unclear", NOTED) == of_any


def test_the_first_that_does_counts_and_none_from_before_the_note():
    said = scheme(claim="Once.")
    versions = [FIRST, (2, "2026-01-01T12", said), (3, "2026-01-03", said), (4, "2026-01-04", scheme(claim="Twice."))]
    assert cleared_by(versions, "claim", NOTED) == 4
    assert cleared_by(versions, "claim", "2026-01-01") == 2
    assert cleared_by(versions[:3], "claim", NOTED) is None
