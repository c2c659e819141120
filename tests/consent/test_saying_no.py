"""Rights holders forbid, take it back and agree; what was trained stays, and platforms are told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from accounts.webhooks.models import Event
from catalog.models import Consent, ModelVersion, Representation, Right, Track, Use
from catalog.selectors import trained_on
from catalog.services.consents import Saying, SayingRefused, agree, lift, standings, withdraw
from catalog.services.training_sets import TrainingSetRefused, freeze_training_set
from common.database import tenancy
from tests.consent.conftest import TODAY
from tests.royalty.cast import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def saying(world) -> Saying:
    return Saying(world.parties["A"], Right.COMPOSITION, Use.TRAINING, None, TODAY)


@pytest.fixture
def hers(world, ada, version):
    """As Ada, whose tracks are T1 and a part of T3."""
    with tenancy.acting_as(ada.tenant):
        yield [world.tracks["T1"], world.tracks["T3"]]


def may_train(track, version, on=TODAY):
    with tenancy.acting_as(tenancy.SYSTEM):
        (standing,) = standings([Track.objects.get(pk=track.pk)], version, on=on)
    return standing.is_allowed


def test_a_part_is_enough_to_forbid(hers, saying, version):
    assert withdraw(tracks=hers, saying=saying, today=TODAY, reason="for now") == 2
    assert not any(may_train(track, version) for track in hers)
    assert all(may_train(track, version, on=TODAY - timedelta(1)) for track in hers)
    assert withdraw(tracks=hers, saying=saying, today=TODAY) == 0, "it is forbidden already"


def test_forbidding_and_taking_back_on_one_day_leaves_all_of_it_to_be_read(hers, saying, version):
    for _ in range(3):
        withdraw(tracks=hers, saying=saying, today=TODAY)
        assert not may_train(hers[0], version)
        assert lift(tracks=hers, saying=saying, today=TODAY) == 2
        assert may_train(hers[0], version)
    assert Consent.objects.filter(is_opt_out=True).count() == 6


def test_what_begins_later_is_moved_forward_or_taken_back(hers, saying, version):
    later = replace(saying, since=TODAY + timedelta(30))
    withdraw(tracks=hers, saying=later, today=TODAY)
    assert may_train(hers[0], version)
    withdraw(tracks=hers, saying=saying, today=TODAY)
    lift(tracks=hers, saying=saying, today=TODAY)
    assert may_train(hers[0], version, on=later.since)


def test_what_was_before_today_cannot_be_said_anew(hers, saying):
    yesterday = replace(saying, since=TODAY - timedelta(1))
    for what in (withdraw, lift):
        with pytest.raises(SayingRefused, match="from today, 2026-11-03"):
            what(tracks=hers, saying=yesterday, today=TODAY)


def test_nobody_forbids_what_it_has_no_part_in(world, hers, saying):
    with pytest.raises(SayingRefused, match=r"Party A has no part .* of Song T2"):
        withdraw(tracks=[*hers, world.tracks["T2"]], saying=saying, today=TODAY)
    recording = replace(saying, right=Right.RECORDING)
    with pytest.raises(SayingRefused, match="no part"):
        withdraw(tracks=hers, saying=recording, today=TODAY)
    assert not Consent.objects.filter(is_opt_out=True).exists()


def test_the_database_refuses_words_put_into_anothers_mouth(world, hers, saying):
    stranger = {"party": world.parties["C"], "basis": "said", "valid_from": TODAY}
    with pytest.raises(DatabaseError, match="row-level security"):
        Consent.objects.create(track=hers[1], right="composition", is_opt_out=True, **stranger)


def test_agreeing_takes_the_whole_right(world, hers, saying, version):
    party = [world.parties["A"]]
    with pytest.raises(SayingRefused, match=r"Song T3: others hold 60 % of its composition"):
        agree(tracks=hers, saying=saying, parties=party, today=TODAY)
    assert not Consent.objects.filter(party=world.parties["A"]).exists()
    assert agree(tracks=hers[:1], saying=saying, parties=party, today=TODAY) == 1
    withdraw(tracks=hers[:1], saying=saying, today=TODAY)
    assert not may_train(hers[0], version)
    agree(tracks=hers[:1], saying=saying, parties=party, today=TODAY)
    assert may_train(hers[0], version)


def test_a_part_that_nobody_claims_keeps_from_agreeing(world, ada, saying):
    world.tracks["T1"].work.shares.all().delete()
    own(world, world.tracks["T1"].work, "A", 900_000)
    with pytest.raises(SayingRefused, match=r"10 % of its composition is claimed by nobody"):
        agree(tracks=[world.tracks["T1"]], saying=saying, parties=[world.parties["A"]], today=TODAY)


def test_models_that_were_trained_are_named_and_new_sets_are_refused(world, hers, saying, version):
    withdraw(tracks=hers, saying=saying, today=TODAY)
    assert [(each.model_version.ref, each.track_count) for each in trained_on(hers)] == [("m@1", 2)]
    roles = {"train": ["T1"], "control_calibration": ["T2"], "control_test": ["T3"]}
    with tenancy.acting_as(tenancy.SYSTEM), pytest.raises(TrainingSetRefused) as refusal:
        freeze_training_set(model_version=version, as_of=TODAY, **roles)
    said = "A rights holder forbids training under its composition since 2026-11-03."
    assert [(fault.ref, fault.detail) for fault in refusal.value.faults] == [("T1", said)]


def test_each_platform_that_may_know_is_told_once(world, hers, saying):
    withdraw(tracks=hers, saying=saying, today=TODAY)
    withdraw(tracks=hers, saying=saying, today=TODAY)
    with tenancy.acting_as(tenancy.SYSTEM):
        (event,) = Event.objects.filter(type="consent.withdrawn")
    assert event.organisation_id == world.platform.organisation_id
    assert event.data["tracks"] == ["T1", "T3"]
    assert event.data["trained_models"] == ["m@1"]
    assert "Party A" not in str(event.data)


def test_an_opt_out_for_one_model_is_its_platforms_business_alone(world, hers, saying, version):
    withdraw(tracks=hers, saying=replace(saying, model_version=version), today=TODAY)
    first = ModelVersion.objects.get(name="m", version="1")
    assert (may_train(hers[0], version), may_train(hers[0], first)) == (False, True)


def test_who_took_over_a_part_may_forbid_and_who_gave_it_may_not(world, ada, saying):
    track = world.tracks["T1"]
    track.work.shares.update(valid_until=date(2026, 7, 1))
    own(world, track.work, "B", 1_000_000, since=date(2026, 7, 1))
    Representation.objects.create(organisation=ada, party=world.parties["B"])
    with pytest.raises(SayingRefused, match="no part"):
        withdraw(tracks=[track], saying=saying, today=TODAY)
    theirs = replace(saying, party=world.parties["B"])
    assert withdraw(tracks=[track], saying=theirs, today=TODAY) == 1
