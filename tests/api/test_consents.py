"""Consents by the API: what a platform is told of opt-outs, and a holder's own statement."""

from datetime import date

import pytest

from accounts.models import Organisation
from catalog.models import Consent, Representation, TrainingSet
from tests.api.conftest import caller_for
from tests.royalty.cast import add_track

pytestmark = pytest.mark.django_db
SINCE = date(2026, 1, 1)


@pytest.fixture
def consents(world):
    """Everything may be trained on by anybody; A forbids T1."""
    for track in world.tracks.values():
        _say(track, basis="licence 7")
    _say(world.tracks["T1"], party=world.parties["A"], is_opt_out=True, basis="A does not want it")


def _say(track, **said):
    values = {"right": "composition", "valid_from": SINCE}
    return Consent.objects.create(track=track, **(values | said))


@pytest.fixture
def ada(world):
    organisation = Organisation.objects.create(
        name="Ada's songs", kind=Organisation.Kind.RIGHTS_HOLDER
    )
    Representation.objects.create(organisation=organisation, party=world.parties["A"])
    return caller_for(organisation)


def test_a_platform_sees_that_it_is_forbidden_and_not_by_whom(acme, consents):
    answer = acme.get("consents", is_opt_out="true").json()["data"]
    (row,) = answer
    assert (row["track"], row["use"], row["is_opt_out"]) == ("T1", "training", True)
    assert row["basis"] == "said by a rights holder"
    assert "A does not want it" not in str(answer)
    assert len(acme.get("consents", is_opt_out="false", on="2026-02-01").json()["data"]) == 3
    assert acme.get("consents", use="attribution").json()["data"] == []


def test_a_check_says_why_not_and_differs_by_use(acme, consents):
    asked = {"tracks": ["T1", "T2"], "model_version": "m@1", "on": "2026-02-01"}
    answer = acme.post_json("consents/check", asked).json()
    first, second = answer["tracks"]
    assert first["reasons"] == [
        {
            "right": "composition",
            "reason": "opted_out",
            "sentence": "A rights holder forbids training under its composition since 2026-01-01.",
            "since": "2026-01-01",
        }
    ]
    assert (second["is_allowed"], second["reasons"]) == (True, [])
    compared = acme.post_json("consents/check", asked | {"use": "attribution"}).json()
    assert compared["is_allowed"]


def test_a_set_is_frozen_without_what_is_forbidden(acme, consents, world):
    version = acme.post_json("model-versions", {"name": "m", "version": "2"}).json()["id"]
    roles = {"T1": "train", "T2": "train", "T3": "control_test"}
    members = [_member(world, ref, role) for ref, role in roles.items()]
    body = {"as_of": "2026-02-01", "members": members}
    path = f"model-versions/{version}/training-set"
    refused = acme.post_json(path, body)
    assert refused.status_code == 422
    members.append(_member(world, *_fourth(world)))
    body["leave_out_unconsented"] = True
    made = acme.post_json(path, body)
    assert (made.status_code, made.json()["track_count"]) == (201, 3)
    assert made.json()["exclusion_count"] == 1
    (left_out,) = acme.get(f"{path}/exclusions").json()["data"]
    assert (left_out["track"], left_out["reason"]) == ("T1", "opted_out")
    again = acme.post_json(path, body)
    assert again.status_code == 200
    assert TrainingSet.objects.filter(model_version_id=version).count() == 1
    summary = acme.get(f"{path}/summary").json()
    assert summary["training_set_sha256"] == made.json()["sha256"]
    assert {each["number"] for each in summary["sections"]} >= {"1.1", "2.2.1", "3.1"}


def _fourth(world):

    world.tracks["T4"] = add_track(world, "T4", {"B": 1})
    _say(world.tracks["T4"], basis="licence 7", use="attribution")
    return "T4", "control_calibration"


def _member(world, ref, role):
    return {"track": ref, "role": role, "sha256": world.tracks[ref].asset.sha256}


def test_a_holder_reads_what_is_said_of_its_own_tracks(ada, consents, acme):
    answer = ada.get("consent-statements")
    rows = answer.json()["data"]
    assert {row["track"]["ref"] for row in rows} == {"T1", "T3"}
    (own,) = [row for row in rows if row["decision"] == "opt_out"]
    assert (own["said_by"], own["is_for_any_model"], own["valid_until"]) == ("A", True, None)
    assert own["track"]["sha256"]
    assert answer["ETag"]
    assert ada.get("consent-statements", is_opt_out="true", track="T3").json()["data"] == []
    assert acme.get("consent-statements").status_code == 403
