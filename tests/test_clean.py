"""What of people's HTML reaches a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.clean import cleaned, rendered


@pytest.mark.parametrize(
    ("given_html", "kept"),
    [
        ("<p>a <b>b</b> <strong>c</strong></p>", "<p>a b <strong>c</strong></p>"),
        ("<script>alert(1)</script><p>x</p>", "alert(1)<p>x</p>"),
        (
            '<a href="javascript:alert(1)" onclick="x()">x</a>',
            '<a rel="nofollow noopener noreferrer" target="_blank">x</a>',
        ),
        ('<img src=x onerror="alert(1)">', ""),
        ("<p style='color:red' class=y>x</p><!-- c -->", "<p>x</p>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_only_running_text_is_kept(given_html, kept):
    assert cleaned(given_html) == kept


def test_markdown_becomes_html_with_headings_below_the_page():
    html = rendered("# Claim\n\nMark *all* of it, like “[x](https://example.org/)”.\n\n- one\n- two")
    assert "<h3>Claim</h3>" in html
    assert "<em>all</em>" in html
    assert 'href="https://example.org/"' in html
    assert "<li>one</li>" in html


@given(st.text(alphabet="<>/=\"' abjsonerrclipt:&;!-", max_size=80))
def test_no_markup_of_others_survives(text):
    html = rendered(text).lower()
    assert "<script" not in html
    assert "<img" not in html
    assert "<!--" not in html
