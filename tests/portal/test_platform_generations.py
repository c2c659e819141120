"""The pieces that a platform sent, as its people look them up."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from attribution.models import Attribution, FeatureStore, Generation
from attribution.selectors.attributions import KIND, Status, standings
from attribution.selectors.generations import in_status, unattributed
from catalog.models import ModelVersion, Platform
from common.api.models import LoggedRequest
from common.jobs.models import Job
from tests.portal.people import signed_in, text
from tests.royalty.cast import add_generation, attribution_run

pytestmark = pytest.mark.django_db


def piece_of(month, name: str) -> Generation:
    return month.generations[name]


def add_runs(month) -> dict[str, Generation]:
    """A piece in each state that a piece can be in."""
    store = FeatureStore.objects.get()
    version = ModelVersion.objects.get()
    pieces = {}
    for status in (*Job.Status.values, "lost", "unreadable", "vetoed", "waiting"):
        piece = pieces[status] = add_generation(month, f"P-{status}", version)
        if status == "waiting":
            continue
        piece.arrival_run = attribution_run(store, finished_at=None)
        piece.save()
        if status == "unreadable":
            piece.arrival_run.config = {"refused": {str(piece.pk): "It is silent."}}
            piece.arrival_run.save()
        if status == "vetoed":
            Attribution.objects.create(
                run=attribution_run(store, objections=["The scores look like noise."]),
                generation=piece,
                track_ids=[],
                share_ppb=[],
                low_ppb=[],
                high_ppb=[],
                unattributed_ppb=1_000_000_000,
                has_model_interval=False,
            )
        if status != "lost":
            done = status in Job.Status.values
            Job.objects.create(
                kind=KIND,
                key=str(piece.arrival_run_id),
                tenant=month.platform.organisation.tenant,
                status=status if done else "succeeded",
            )
    return pieces


def test_a_piece_is_found_by_the_status_that_its_row_says(month):
    add_runs(month)
    everything = Generation.objects.select_related("arrival_run")
    said = standings(list(everything))
    for status in Status:
        found = {piece.pk for piece in in_status(everything, status)}
        assert found == {pk for pk, standing in said.items() if standing.status is status}
    assert {standing.status for standing in said.values()} == set(Status)
    waiting = {Status.WAITING_FOR_FEATURES, Status.QUEUED, Status.RUNNING}
    assert {piece.pk for piece in unattributed(everything)} == {
        pk for pk, standing in said.items() if standing.status in waiting
    }


def test_the_list_is_searched(people, month):
    add_runs(month)
    first = piece_of(month, "G1")

    def found(**asked: str) -> set[str]:
        page = people.pia.get("/generations/", asked)
        return {piece.external_id for piece, _ in page.context["pieces"]}

    assert found(status="attributed") == {"G1", "G2", "G3", "G4"}
    assert found(status="running") == {"P-running"}
    assert found(id="G") == {"G1", "G2", "G3", "G4"}
    assert found(id=str(first.pk)) == {"G1"}
    assert found(day=f"{first.generated_at:%Y-%m-%d}", id="G1") == {"G1"}
    assert found(day="1999-01-01") == set()
    assert found(model="999999999999999999999999") == set()
    assert found(model=str(first.model_version_id), status="failed") >= {"P-failed", "P-vetoed"}
    assert found(status="nonsense") == set()


def test_a_day_that_is_none_is_said(people):
    assert "A day is written as year, month and day" in text(
        people.pia.get("/generations/", {"day": "2026-02-31"})
    )


def test_a_piece_shows_what_the_api_shows_and_no_owner(people, month):
    page = people.pia.get(f"/generations/{piece_of(month, 'G2').pk}/")
    said = text(page)
    assert "Song T2" in said
    assert "37.5" in said
    assert "25.0" in said
    assert "no model interval" in said
    assert "To nobody: it could not be told from chance" in said
    assert "October 2026" in said, "when it was used"
    assert not re.search(r"Party [A-C]", page.content.decode())


def test_a_piece_that_failed_says_why(people, month):
    pieces = add_runs(month)
    said = {
        name: text(people.pia.get(f"/generations/{piece.pk}/")) for name, piece in pieces.items()
    }
    assert "The model cannot read this piece: It is silent." in said["unreadable"]
    assert "The scores look like noise." in said["vetoed"]
    assert "Send the piece again" in said["failed"]
    assert "follows by itself" in said["waiting"]


def test_a_piece_leads_to_the_request_that_brought_it(people, month):
    piece = piece_of(month, "G1")
    tenant = month.platform.organisation.tenant

    def logged(ends: timedelta, **fields: object) -> LoggedRequest:
        usual = {
            "tenant": tenant,
            "key": "tantieme_live_a",
            "request_id": "r",
            "answered_at": piece.created_at + ends,
            "method": "POST",
            "path": "/api/v1/generations",
            "status": 201,
            "milliseconds": 40,
            "received_bytes": 1,
            "is_replay": False,
        }
        return LoggedRequest.objects.create(**usual | fields)

    bringer = logged(timedelta(milliseconds=30))
    others = [
        logged(timedelta(seconds=-1)),
        logged(timedelta(seconds=3)),
        logged(timedelta(milliseconds=30), status=422),
        logged(timedelta(milliseconds=30), path="/api/v1/usage"),
        logged(timedelta(milliseconds=30), tenant="organisation:999"),
    ]
    page = people.pia.get(f"/generations/{piece.pk}/")
    assert page.context["requests"] == [bringer]
    assert not any(str(other.pk) in page.content.decode() for other in others)


def test_hostile_names_stay_text(people, month):
    name = "<script>alert(1)</script>\u202e" + "n" * 170
    piece = add_generation(month, name, ModelVersion.objects.get())
    for path in ("/generations/", f"/generations/{piece.pk}/"):
        page = people.pia.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_others_see_nothing_of_it(people, month):
    piece = piece_of(month, "G1")
    bolt = Organisation.objects.create(name="Bolt people", kind="platform")
    bob = signed_in("bob@example.org", bolt)
    assert "No platform is connected" in text(bob.get("/generations/"))
    assert bob.get(f"/generations/{piece.pk}/").status_code == 404
    Platform.objects.create(code="bolt", name="Bolt", organisation=bolt)
    assert "No piece yet" in text(bob.get("/generations/"))
    assert bob.get(f"/generations/{piece.pk}/").status_code == 404
    for other in (people.ada, people.oda):
        assert other.get("/generations/").status_code == 403
        assert other.get(f"/generations/{piece.pk}/").status_code == 404


def test_more_pieces_take_no_more_reads(people, month):
    def reads(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert people.pia.get(path).status_code == 200
        return sum(bool(re.search(r"\bFROM\b", query["sql"])) for query in captured)

    before = reads("/generations/")
    for number in range(8):
        add_generation(month, f"N{number}", ModelVersion.objects.get())
    Generation.objects.filter(external_id="N1").update(created_at=timezone.now())
    assert reads("/generations/") <= before + 2  # of those without shares: why
    assert before <= 12
    assert reads(f"/generations/{piece_of(month, 'G1').pk}/") <= 15
