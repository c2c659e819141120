"""The pages of claims: what a rights holder, the operator and anybody see and do there."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Membership, Organisation
from catalog.claims.models import Attachment, Claim, Conflict
from catalog.claims.selectors.unclaimed import unclaimed
from catalog.claims.services.settling import propose
from catalog.models import Asset, Credit, Right, Role, Track, Work
from catalog.territories import parse_territory
from common.api.buckets import Taken
from tests.claims.conftest import PDF, SINCE
from tests.claims.test_conflicts import split
from tests.portal.people import BACKEND, text

pytestmark = pytest.mark.django_db


def browser(cast, letter: str) -> Client:
    client = Client()
    actor = cast.steward if letter == "operator" else cast.actors[letter]
    client.force_login(actor.user, BACKEND)
    return client


def filled(cast, letter: str, percent: str, **changes) -> dict:
    return {
        "party": cast.parties[letter].pk,
        "role": "composer",
        "share": percent,
        "territory": "WW",
        "valid_from": "2026-01-01",
        "basis": "By contract.",
        "file": SimpleUploadedFile("a.pdf", PDF.content),
    } | changes


def address(right: str = "composition", ref: str = "song") -> str:
    return f"{reverse('new-claim')}?right={right}&ref={ref}"


def test_from_the_public_list_to_a_claim_and_its_acceptance(cast):
    cast.own("A", 60)
    listed = Client().get(reverse("unclaimed"))
    assert "A song" in text(listed)
    assert "40 %" in text(listed).replace("\xa0", " ")
    assert Client().get(address()).url.startswith("/sign-in/?next=")
    bea = browser(cast, "B")
    assert "Claim a share in A song" in text(bea.get(address()))
    filed = bea.post(address(), filled(cast, "B", "40"), follow=True)
    assert "A person looks at it" in text(filed)
    claim = Claim.objects.get()
    assert claim.share_ppm == 400_000
    oda = browser(cast, "operator")
    assert "A song" in text(oda.get(reverse("catalogue:claims")))
    page = reverse("catalogue:claim", args=[claim.pk])
    assert "By contract." in text(oda.get(page))
    oda.post(f"{page}accept/", {"words": "Clear."})
    assert cast.parts() == {"A": 60, "B": 40}
    assert "A song" not in text(Client().get(reverse("unclaimed")))
    assert "Clear." in text(bea.get(reverse("claim", args=[claim.pk])))
    oda.post(f"{page}accept/", {"words": "Again."})  # is refused, and so not written down
    done = AuditEvent.objects.order_by("pk").values_list("act", "user__name", "about")
    assert list(done) == [
        ("claim.filed", cast.actors["B"].user.name, "A song"),
        ("claim.changed", cast.steward.user.name, "A song"),
    ]


def test_lists_of_claims_are_sorted_and_make_files(cast):
    hostile = Work.objects.create(ref="other", title="=cmd() <b>Song</b>")
    cast.claim("B", 40)
    cast.claim("B", 70, subject=hostile)
    own = (browser(cast, "B"), reverse("claims"), "claims", "-filed_on")
    queue = (browser(cast, "operator"), reverse("catalogue:claims"), "waiting", "waits_since")
    for client, page, name, start in (own, queue):
        first = client.get(page).context[name]
        assert first.order == start
        titles = [each.title for each in first.rows]
        assert titles == sorted(titles, reverse=name == "waiting"), "by the day, then as filed"
        sized = client.get(page, {"sort": "-share_ppm"}).context[name]
        assert [each.share_ppm for each in sized.rows] == [700_000, 400_000]
        assert "<b>Song" not in client.get(page).content.decode()
        rows = csv.DictReader(
            io.StringIO(client.get(page, {"export": "csv", "sort": "share_ppm"}).content.decode())
        )
        assert [row["claim"] for row in rows] == ["A song", "'=cmd() <b>Song</b>"]
    client, page, name, _start = own
    assert client.get(page, {"state": "withdrawn"}).context[name].rows == []
    assert "No claim is in that state" in text(client.get(page, {"state": "withdrawn"}))
    assert browser(cast, "A").get(page, {"export": "csv"}).content.count(b"\n") == 1


def test_conflicts_are_sorted_beside_claims_and_make_no_file(cast):
    cast.own("A", 60)
    conflict = cast.claim("B", 50).conflict
    for letter, page in (("B", reverse("claims")), ("operator", reverse("catalogue:claims"))):
        answer = browser(cast, letter).get(page, {"sort": "-about", "page": "2"})
        shown = answer.context["conflicts"]
        assert (shown.order, shown.rows, shown.file_url) == ("-about", [conflict], "")


def test_a_form_comes_back_with_what_was_wrong_and_nothing_is_filed(cast):
    bea = browser(cast, "B")
    for changes, sentence in (
        ({"share": "101"}, "less than or equal to 100"),
        ({"territory": "XX"}, "no country"),
        ({"file": SimpleUploadedFile("a.pdf", b"<html>")}, "no PDF, PNG or JPEG"),
        ({"party": cast.parties["A"].pk}, "Select a valid choice"),
        ({"file": ""}, "declare that the claim is true"),
    ):
        assert sentence in text(bea.post(address(), filled(cast, "B", "40", **changes)))
    assert not Claim.objects.exists()


def test_what_is_claimed_wholly_is_found_by_its_number_alone(cast):
    cast.own("A", 100)
    Work.objects.update(iswc="T0345246801")
    bea = browser(cast, "B")
    assert "nothing here with" in text(bea.get(address()))
    by_number = f"{reverse('new-claim')}?right=composition&identifier=T-034.524.680-1"
    contested = text(bea.post(by_number, filled(cast, "B", "50"), follow=True))
    assert "every side was told" in contested
    assert Conflict.objects.get().is_open


def test_the_sides_read_the_conflict_and_end_it_on_its_page(cast):
    cast.own("A", 60)
    conflict = cast.claim("B", 50).conflict
    page = reverse("conflict", args=[conflict.pk])
    ada, bea = browser(cast, "A"), browser(cast, "B")
    assert "1 conflict needs you" in text(ada.get(reverse("home")))
    shown = text(ada.get(page)).replace("\xa0", " ")
    assert "10 % contested" in shown
    assert "I wrote it, as the contract says." in shown
    parts = {f"part-{cast.parties[each].pk}-composer": "50" for each in "AB"}
    bea.post(f"{page}propose/", {"begins_on": "2026-01-01", "words": "Half each?", **parts})
    assert "Half each?" in text(ada.get(page))
    unsure = ada.post(f"{page}agree/", {"proposal": "1"}, follow=True)
    assert "nothing was done" in text(unsure)
    done = ada.post(f"{page}agree/", {"proposal": "1", "sure": "on"}, follow=True)
    assert "Every side agreed" in text(done)
    assert cast.parts(SINCE) == {"A": 50, "B": 50}
    assert "needs you" not in text(ada.get(reverse("home")))


def test_one_yields_on_the_page_for_oneself_alone(cast):
    cast.own("A", 60)
    page = reverse("conflict", args=[cast.claim("B", 50).conflict_id])
    ada = browser(cast, "A")
    theirs, mine = (f"{cast.parties[each].pk}:composer" for each in "BA")
    sure = {"share": "50", "sure": "on"}
    assert "Select a valid choice" in text(
        ada.post(f"{page}yield/", {"line": theirs, **sure}, follow=True)
    )
    ada.post(f"{page}yield/", {"line": mine, **sure})
    assert cast.parts(SINCE) == {"A": 50, "B": 50}


@pytest.mark.parametrize("number", ["", "x", "-1", "99", "1" * 30])
def test_a_proposal_that_is_not_there_is_agreed_to_by_nobody(cast, number):
    cast.own("A", 60)
    conflict = cast.claim("B", 50).conflict
    propose(conflict, cast.actors["B"], split(cast, A=50, B=50))
    agreed = browser(cast, "A").post(
        reverse("conflict-action", args=[conflict.pk, "agree"]), {"proposal": number, "sure": "on"}
    )
    assert agreed.status_code == 404


def test_the_operator_records_an_outcome_and_suspends(cast):
    cast.own("A", 60)
    first = cast.claim("B", 50)
    oda = browser(cast, "operator")
    page = reverse("catalogue:conflict", args=[first.conflict_id])
    parts = {f"part-{cast.parties['A'].pk}-composer": "60"}
    parts[f"part-{cast.parties['B'].pk}-composer"] = "40"
    outcome = {"begins_on": "2026-01-01", "words": "Court of Vienna", **parts}
    assert "This field is required" in text(oda.post(f"{page}decide/", outcome, follow=True))
    outcome["file"] = SimpleUploadedFile("judgment.pdf", PDF.content)
    assert "restating them, from the page of each" in text(
        oda.post(f"{page}decide/", outcome, follow=True)
    )
    assert cast.parts(SINCE) == {"A": 60, "B": 40}
    second = cast.claim("C", 10)
    page = reverse("catalogue:claim", args=[second.pk])
    assert "may appeal once" in text(
        oda.post(f"{page}suspend/", {"words": "Nothing shows it."}, follow=True)
    )
    assert cast.parts(SINCE) == {"A": 60, "B": 40}


def test_the_operator_claims_for_somebody(cast):
    oda = browser(cast, "operator")
    page = f"{reverse('catalogue:new-claim')}?right=composition&ref=song&party=party+d"
    oda.post(page, filled(cast, "D", "25"))
    claim = Claim.objects.get()
    assert (claim.organisation, claim.party.ref) == (None, "D")


def test_a_document_is_downloaded_by_those_who_may_see_the_claim_and_shown_by_no_browser(cast):
    cast.own("A", 60)
    contested = cast.claim("B", 50)
    kept = Attachment.objects.get(event__claim=contested)
    page = reverse("claim-file", args=[kept.pk])
    for letter in "AB":
        answer = browser(cast, letter).get(page)
        assert b"".join(answer.streaming_content) == PDF.content
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert browser(cast, "C").get(page).status_code == 404
    assert Client().get(page).status_code == 302


def test_a_claim_that_waits_is_its_claimants_alone(cast):
    cast.own("A", 60)
    page = reverse("claim", args=[cast.claim("B", 40).pk])
    statuses = {letter: browser(cast, letter).get(page).status_code for letter in "AB"}
    assert statuses == {"A": 404, "B": 200}
    kept = reverse("claim-file", args=[Attachment.objects.get().pk])
    assert browser(cast, "A").get(kept).status_code == 404


def test_the_public_list_tells_what_anybody_may_know(cast):
    cast.own("A", 60, role=Role.PUBLISHER)
    Credit.objects.create(work=cast.song, party=cast.parties["C"], role=Role.COMPOSER)
    cast.claim("B", 10)
    Work.objects.create(ref="gone", title="Gone", merged_into=cast.song)
    said = text(Client().get(reverse("unclaimed")))
    assert "Party C" in said
    assert not [word for word in ("Party A", "Party B", "Gone", "@") if word in said]


def test_what_is_unclaimed_is_counted_where_no_share_names_a_country(cast):
    cast.own("A", 100, territory=parse_territory("DE"))
    cast.own("C", 30, since=date(2020, 1, 1), valid_until=date(2021, 1, 1))
    (item,) = unclaimed(Right.COMPOSITION, "", on=SINCE).items
    assert (item.unclaimed_ppm, item.since) == (1_000_000, date(2021, 1, 1))


def test_a_score_holds_no_recording_and_is_not_listed_as_one(cast):
    def file(kind: str) -> Asset:
        return Asset.objects.create(
            sha256=kind, storage_name="x", media_type=kind, size_bytes=1, seconds=1
        )

    Track.objects.create(ref="score", work=cast.song, title="Score", asset=file("audio/midi"))
    Track.objects.create(ref="take", work=cast.song, title="Take", asset=file("audio/flac"))
    listed = unclaimed(Right.RECORDING, "", on=SINCE).items
    assert [each.title for each in listed] == ["Take"]


@pytest.mark.parametrize("sought", ["a SONG", "party c", "T-034.524.680-1", "song"])
def test_it_is_found_by_title_name_and_number(cast, sought):
    Work.objects.update(iswc="T0345246801")
    Work.objects.create(ref="other", title="Other")
    Credit.objects.create(work=cast.song, party=cast.parties["C"], role=Role.COMPOSER)
    found = unclaimed(Right.COMPOSITION, sought, on=SINCE).items
    assert [each.ref for each in found] == ["song"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "2", "\0"])
def test_pages_that_are_not_there_are_no_error(cast, page):
    hostile = {"page": page, "q": "\0'\"<script>%", "right": "x"}
    answer = Client().get(reverse("unclaimed"), hostile)
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_a_file_of_the_list_runs_no_formula(cast):
    Work.objects.update(title='=HYPERLINK("x")')
    answer = Client().get(reverse("unclaimed"), {"format": "csv"})
    header, row = answer.content.decode().splitlines()
    assert header.startswith("right,ref,title")
    assert row.startswith("composition,song,\"'=HYPERLINK")


def test_who_asks_too_often_waits(cast, monkeypatch):
    class Empty:
        def take(self, name, rate):
            return Taken(False, 0, 2_500_000, 2_500_000)

    monkeypatch.setattr("portal.unclaimed.buckets", lambda _url: Empty())
    answer = Client().get(reverse("unclaimed"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "3")


def test_platforms_have_no_claims(cast):
    platform = Organisation.objects.create(name="Acme", kind="platform")
    Membership.objects.filter(user=cast.actors["A"].user).update(organisation=platform)
    assert browser(cast, "A").get(reverse("claims")).status_code == 403
    assert browser(cast, "A").post(address(), {}).status_code == 403
