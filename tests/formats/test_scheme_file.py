"""Schemes as files: what is written is read again as the same scheme."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.scheme import DEFAULT_SCHEME, Attribute, Label, Relation, Scheme, read_scheme
from annotator.errors import Refused
from annotator.formats.scheme_file import as_toml, write_scheme

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.builds(
        lambda title, words, guidelines, choice, retired, required: Scheme(
            labels=(Label("a", title, help=words, attributes=("mood",), retired=retired), Label("b", quotes="keep")),
            attributes={"mood": Attribute("choice", (choice,), required), "x-y_z": Attribute("number")},
            relations=(Relation("backs", ("a",), ("a", "b")),),
            guidelines=guidelines,
        ),
        WORDS, WORDS, WORDS, WORDS, st.booleans(), st.booleans(),
    )
)  # fmt: skip
@pytest.mark.parametrize("form", ["toml", "json"])
def test_what_is_written_is_read_again(form, scheme):
    assert read_scheme(write_scheme(scheme, form), f"s.{form}") == scheme


def test_toml_has_one_value_a_line():
    text = as_toml(DEFAULT_SCHEME)
    assert '[[labels]]\nname = "claim"\ntitle = "Claim"\nkey = "1"\n' in text
    assert '[[relations]]\ntype = "denies"\nfrom = ["denial"]\nto = ["claim"]\n' in text


def test_another_format_is_refused():
    with pytest.raises(Refused, match="toml, json"):
        write_scheme(DEFAULT_SCHEME, "yaml")
