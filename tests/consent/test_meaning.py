"""What an opt-in and an opt-out say: who may use a track for what, by which model, on which day."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Consent, Track, Use
from catalog.services.consents import allowed_tracks, standings
from tests.consent.conftest import TODAY

pytestmark = pytest.mark.django_db
TRAINING, ATTRIBUTION = Use.TRAINING, Use.ATTRIBUTION


def say(track, use="training", **said):
    values = {"right": "composition", "basis": "said", "valid_from": date(2026, 3, 1)}
    return Consent.objects.create(track=track, use=use, **(values | said))


def allowed(track, version, use, on=TODAY):
    """Both ways of asking give the same answer."""
    (standing,) = standings([track], version, on=on, use=use)
    listed = allowed_tracks(Track.objects.filter(pk=track.pk), version, on=on, use=use).exists()
    assert listed == standing.is_allowed
    return listed


@pytest.mark.parametrize(
    ("said", "may_train", "may_compare"),
    [
        ([], False, False),
        ([("training", False)], True, True),
        ([("attribution", False)], False, True),
        ([("training", False), ("training", True)], False, True),
        ([("training", False), ("attribution", True)], False, False),
        ([("training", True)], False, False),
        ([("attribution", False), ("training", True)], False, True),
    ],
)
def test_training_includes_attribution(world, version, said, may_train, may_compare):
    Consent.objects.all().delete()
    track = world.tracks["T1"]
    for use, is_opt_out in said:
        say(track, use, is_opt_out=is_opt_out, party=world.parties["A"] if is_opt_out else None)
    assert allowed(track, version, TRAINING) == may_train
    assert allowed(track, version, ATTRIBUTION) == may_compare


def test_one_holders_no_outweighs_another_ones_yes(world, version):
    track = world.tracks["T3"]
    say(track, party=world.parties["C"])
    assert allowed(track, version, TRAINING)
    say(track, party=world.parties["A"], is_opt_out=True)
    assert not allowed(track, version, TRAINING)


def test_what_is_said_of_one_model_binds_that_one_alone(world, version):
    track, first = world.tracks["T1"], world.run.feature_store.model_version
    say(track, party=world.parties["A"], is_opt_out=True, model_version=version)
    assert not allowed(track, version, TRAINING)
    assert allowed(track, first, TRAINING)


@pytest.mark.parametrize(
    ("on", "is_allowed"),
    [(date(2026, 3, 31), True), (date(2026, 4, 1), False), (date(2026, 5, 1), True)],
)
def test_an_opt_out_counts_from_its_first_day_until_before_its_last(world, version, on, is_allowed):
    track = world.tracks["T1"]
    days = {"valid_from": date(2026, 4, 1), "valid_until": date(2026, 5, 1)}
    say(track, party=world.parties["A"], is_opt_out=True, **days)
    assert allowed(track, version, TRAINING, on=on) == is_allowed


def test_what_was_taken_back_before_it_counted_says_nothing(world, version):
    track = world.tracks["T1"]
    never = {"valid_from": date(2026, 4, 1), "valid_until": date(2026, 4, 1)}
    say(track, party=world.parties["A"], is_opt_out=True, **never)
    assert allowed(track, version, TRAINING, on=date(2026, 4, 1))


def test_the_end_that_is_known_is_told(world, version):
    track = world.tracks["T1"]
    Consent.objects.update(valid_until=date(2027, 6, 1))
    no = say(track, party=world.parties["A"], is_opt_out=True, valid_from=date(2027, 1, 1))
    (standing,) = standings([track], version, on=TODAY)
    assert standing.until == date(2027, 1, 1)
    assert standing.by["composition"].basis == "licence 7"
    Consent.objects.filter(pk=no.pk).update(valid_until=no.valid_from)
    (standing,) = standings([track], version, on=TODAY)
    assert standing.until == date(2027, 6, 1)


def test_each_refusal_says_why_and_names_no_holder(world, version):
    t1, t2, t3 = (world.tracks[name] for name in ("T1", "T2", "T3"))
    say(t1, party=world.parties["A"], is_opt_out=True)
    Consent.objects.filter(track=t2).update(valid_until=date(2026, 6, 1))
    Consent.objects.filter(track=t3).delete()
    found = [each.objections[0] for each in standings([t1, t2, t3], version, on=TODAY)]
    assert [(each.reason, each.sentence) for each in found] == [
        (
            "opted_out",
            "A rights holder forbids training under its composition since 2026-03-01.",
        ),
        ("consent_ended", "The consent to training under its composition ended on 2026-06-01."),
        ("no_consent", "Nobody has agreed to training under its composition on 2026-11-03."),
    ]
    assert found[0].party_id == world.parties["A"].pk


def test_a_track_without_a_file_and_a_merged_one_are_never_allowed(world, version):
    t1, t2 = world.tracks["T1"], world.tracks["T2"]
    Track.objects.filter(pk=t1.pk).update(asset=None)
    Track.objects.filter(pk=t2.pk).update(merged_into=world.tracks["T3"])
    for ref, sentence in (("T1", "no file of it"), ("T2", "another track: T3")):
        track = Track.objects.get(ref=ref)
        assert not allowed(track, version, ATTRIBUTION)
        (standing,) = standings([track], version, on=TODAY)
        assert sentence in standing.objections[0].sentence


def test_the_database_keeps_a_speaker_from_contradicting_itself(world):
    track, party = world.tracks["T1"], world.parties["A"]
    say(track, party=party, valid_until=date(2026, 5, 1))
    say(track, party=party, is_opt_out=True, valid_from=date(2026, 5, 1))
    say(track, party=world.parties["B"])  # another one may say the contrary
    with pytest.raises(IntegrityError, match="consents_do_not_contradict"), transaction.atomic():
        say(track, party=party, is_opt_out=True, valid_from=date(2026, 4, 1))
