"""Objections: opened from a line, read by two sides, decided once, and nothing said is changed."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEvent, Membership
from accounts.notices.models import Notice
from accounts.roles import Role
from royalty.disputes.models import Attachment, Dispute
from tests.portal.people import all_lines, statement_of, text

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a contract"


@pytest.fixture
def address(month) -> str:
    statement = statement_of("A")
    return f"/statements/{statement.pk}/lines/{all_lines(statement)[0].row}/dispute/"


def objected(people, address, **more) -> Dispute:
    answer = people.ada.post(address, {"words": "The song is older."} | more)
    assert answer.status_code == 302, text(answer)
    return Dispute.objects.latest("pk")


def test_a_line_leads_to_an_objection_that_both_sides_read(people, address):
    assert address in people.ada.get(address.removesuffix("dispute/")).content.decode()
    dispute = objected(people, address, file=SimpleUploadedFile("../a.pdf", PDF))
    told = set(Notice.objects.filter(kind="dispute").values_list("user__email", flat=True))
    assert "oda@example.org" in told
    assert "ada@example.org" not in told
    for side in (people.ada, people.oda):
        assert "The song is older." in text(side.get(f"/disputes/{dispute.pk}/"))
        assert dispute.title in text(side.get("/disputes/"))
    people.oda.post(f"/disputes/{dispute.pk}/comment/", {"words": "We look."})
    assert Notice.objects.filter(kind="dispute", user__email="ada@example.org").exists()
    assert "the operator" in text(people.ada.get(f"/disputes/{dispute.pk}/"))


def test_it_is_decided_once_by_the_operator_alone_and_with_a_reason(people, address):
    dispute = objected(people, address)
    path = f"/disputes/{dispute.pk}/"
    people.ada.post(path + "uphold/", {"words": "I am right."})
    people.oda.post(path + "uphold/", {"words": " "})
    dispute.refresh_from_db()
    assert dispute.is_open
    people.oda.post(path + "uphold/", {"words": "You are right."})
    people.oda.post(path + "reject/", {"words": "No."})
    people.ada.post(path + "withdraw/", {"sure": "on"})
    dispute.refresh_from_db()
    assert dispute.status == "upheld"
    assert [each.kind for each in dispute.events.order_by("pk")] == ["opened", "upheld"]
    assert "stands on your next statement" in text(people.ada.get(path))
    done = AuditEvent.objects.filter(act__startswith="objection.").order_by("pk")
    assert list(done.values_list("act", "user__email")) == [
        ("objection.opened", "ada@example.org"),
        ("objection.changed", "oda@example.org"),
    ]


def test_the_same_is_objected_to_once_at_a_time(people, address):
    dispute = objected(people, address)
    again = people.ada.post(address, {"words": "Again."})
    assert "You objected to this already" in text(again)
    assert "Again." in again.content.decode()
    people.ada.post(f"/disputes/{dispute.pk}/withdraw/", {"sure": "on"})
    assert objected(people, address).pk != dispute.pk


def test_what_is_no_document_is_refused_and_nothing_is_opened(people, address):
    sent = SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>", "application/pdf")
    answer = people.ada.post(address, {"words": "See the file.", "file": sent})
    assert "no PDF, PNG or JPEG" in text(answer)
    assert not Dispute.objects.exists()


def test_a_file_is_given_to_the_two_sides_and_never_shown(people, address):
    objected(people, address, file=SimpleUploadedFile('a".pdf', PDF, "text/html"))
    path = f"/dispute-files/{Attachment.objects.get().pk}/"
    for side in (people.ada, people.oda):
        answer = side.get(path)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    for other in (people.bea, people.pia):
        assert other.get(path).status_code == 404


def test_others_find_nothing(people, address):
    path = f"/disputes/{objected(people, address).pk}/"
    for other in (people.bea, people.pia):
        assert other.get(path).status_code == 404
        assert other.post(path + "comment/", {"words": "x"}).status_code == 404
        assert other.post(address, {"words": "x"}).status_code == 404
    assert people.pia.get("/disputes/").status_code == 403


def test_who_only_looks_on_objects_to_nothing(people, address):
    Membership.objects.filter(user__email="ada@example.org").update(role=Role.VIEWER)
    assert people.ada.post(address, {"words": "x"}).status_code == 403


def test_hostile_words_stay_text(people, address):
    dispute = objected(people, address, words="<img src=x onerror=alert(1)> \u202e" + "a" * 1_900)
    page = people.oda.get(f"/disputes/{dispute.pk}/").content.decode()
    assert "<img src=x" not in page


def titles(client, **asked: str) -> list[str]:
    return [each.title for each in client.get("/disputes/", asked).context["table"].rows]


def test_the_open_ones_come_first_and_the_list_is_sorted_and_filed(people, address):
    decided = objected(people, address)
    people.oda.post(f"/disputes/{decided.pk}/reject/", {"words": "It is right."})
    another = all_lines(statement_of("A"))[-1]
    waiting = objected(people, address.replace(f"/{decided.row}/", f"/{another.row}/"))
    Dispute.objects.filter(pk=waiting.pk).update(title="=cmd() <b>Song</b>")
    waiting.refresh_from_db()
    for side in (people.ada, people.oda):
        assert titles(side) == [waiting.title, decided.title]
        assert titles(side, sort="state") == [decided.title, waiting.title]
        assert titles(side, sort="-amount") == [
            each.title for each in Dispute.objects.order_by("-atoms")
        ]
        assert titles(side, state="rejected") == [decided.title]
        file = side.get("/disputes/", {"state": "open", "export": "csv"}).content.decode()
        (row,) = csv.DictReader(io.StringIO(file))
        assert (row["about"], row["state"]) == ("'=cmd() <b>Song</b>", "open")
    assert "<b>Song" not in people.oda.get("/disputes/").content.decode()
    assert titles(people.bea) == []
    assert "No objection is in that state" in text(people.bea.get("/disputes/?state=open"))
    assert len(people.bea.get("/disputes/?export=csv").content.splitlines()) == 1


@pytest.mark.parametrize(
    "attack", ["UPDATE disputes_event SET words = ''", "DELETE FROM disputes_event"]
)
def test_nothing_that_was_said_is_changed(people, address, attack):
    objected(people, address)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
