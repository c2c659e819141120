"""What a page loses of a name, and what it keeps."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from portal.legible import LegiblePages, legible


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202eevil\u202c", "evil"),
        ("\u2067EUR 12\u2069", "EUR 12"),
        ("\ufeffBeginning", "Beginning"),
        ("Za" + "\u0351\u0323" * 30 + "lgo", "Za" + "\u0351\u0323" * 4 + "lgo"),
    ],
)
def test_what_turns_or_covers_words_is_taken_out(written, shown):
    assert legible(written) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Dvo\u0159\u00e1k",
        "Dvor\u030ca\u0301k",
        "\u0639\u0641\u0627\u0641",
        "\u05d0\u05b8\u05d1",
        "\U0001f469\u200d\U0001f467",
        "Bj\u00f6rk",
    ],
)
def test_names_of_all_scripts_stay_as_they_are(name):
    assert legible(name) == name


def answer_to(response):
    return LegiblePages(lambda request: response)(RequestFactory().get("/"))


def test_only_pages_are_changed():
    """A file is evidence, and a stream may be a gigabyte."""
    assert answer_to(HttpResponse("\u202e")).content == b""
    assert answer_to(HttpResponse("\u202e", content_type="text/csv")).content.decode() == "\u202e"
    streamed = StreamingHttpResponse(iter(["\u202e".encode()]))
    assert b"".join(answer_to(streamed).streaming_content).decode() == "\u202e"
