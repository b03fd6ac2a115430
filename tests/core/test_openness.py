"""What is still open before submitting, and names to complete a speaker from."""

from annotator.core.names import LIMIT, names_in
from annotator.core.openness import open_items
from annotator.core.scheme import DEFAULT_SCHEME
from annotator.core.spans import Span
from annotator.core.values import Relation


def span(id, label, **attributes):
    return Span(id=id, start=0, end=1, label=label, attributes=attributes)


def found(spans, relations=()):
    return [(item.span.id, item.kind, item.name) for item in open_items(DEFAULT_SCHEME, spans, relations)]


def test_denial_without_the_claim_it_denies_is_open():
    assert found([span("d", "denial"), span("c", "claim")]) == [("d", "relation", "denies")]
    assert found([span("d", "denial"), span("c", "claim")], [Relation("r", "denies", "d", "c")]) == []


def test_denial_is_not_open_where_there_is_no_claim_to_deny():
    assert found([span("d", "denial")]) == []


def test_quote_without_speaker_is_open():
    assert found([span("q", "quote")]) == [("q", "attribute", "speaker")]
    assert found([span("q", "quote", speaker="Ana")]) == []


def test_names_are_runs_of_capitalised_words_and_acronyms_in_order():
    text = "The mayor, Ana Ruiz, met Ministry of Foreign Affairs staff. NATO’s Peter Szabó said so. Ana Ruiz left."
    assert names_in(text) == ["Ana Ruiz", "Ministry of Foreign Affairs", "NATO’s Peter Szabó", "NATO"]


def test_names_end_without_the_genitive():
    assert names_in("Laura Harth’s campaign and Xi Jinping's term") == ["Laura Harth", "Xi Jinping"]


def test_names_are_bounded():
    text = ". ".join(f"A{chr(97 + i % 26)}{'b' * (i // 26)} Zed" for i in range(LIMIT + 50))
    assert len(names_in(text)) == LIMIT
