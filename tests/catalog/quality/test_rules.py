"""Each rule finds its fault, and finds nothing where there is none."""

from datetime import date, timedelta

import numpy as np
import pytest

from catalog.media.measuring import Meter
from catalog.models import Party, Right, Share, Track, Work
from catalog.quality.models import Finding
from catalog.quality.rules import RULES
from catalog.quality.services.checking import check
from catalog.territories import parse_territory
from tests.catalog.quality.rows import SINCE, TODAY, add_party, add_track, add_work, agree, own

pytestmark = pytest.mark.django_db

RATE = 8_000
SILENCE = np.zeros(RATE * 60)
TONE = np.sin(np.arange(RATE * 60) * 0.05)


def _title(text):
    return lambda: add_track(title=text, work=add_work("work:T1", title=text))


def _recording(ppm, name, **values):
    return lambda: Share.objects.create(
        track=Track.objects.first() or add_track(isrc="GBAYE6800011"),
        party=add_party(name),
        right=Right.RECORDING,
        role="label",
        share_ppm=ppm,
        valid_from=SINCE,
        **values,
    )


def _both(*steps):
    return lambda: [step() for step in steps]


def _seconds(seconds):
    def plant():
        track = add_track()
        track.asset.seconds = seconds
        track.asset.save()

    return plant


def _measured(samples):
    """A track whose file is measured as these samples are."""

    def plant():
        meter = Meter(RATE, 1)
        meter.add(samples[:, None].astype("float32"))
        track = add_track()
        track.asset.measured = meter.measures().as_answer()
        track.asset.seconds = track.asset.measures.seconds
        track.asset.save()

    return plant


def _shares(*parts, **values):
    def plant():
        work = add_track(work=add_work("work:T1", share_ppm=0)).work
        for at, (ppm, territory) in enumerate(parts):
            own(work, ppm, f"Holder {at}", territory=parse_territory(territory), **values)

    return plant


def _spelled(*names):
    def plant():
        work = add_track(work=add_work("work:T1", share_ppm=0)).work
        for name in names:
            own(work, 1_000_000 // len(names), name)

    return plant


def _merged_holder():
    add_track()
    Party.objects.filter(name="Ada Long").update(merged_into=add_party("Ada Lang"))


FAULTS = {
    "recording-without-isrc": _both(
        add_track, _recording(1_000_000, "Label", territory=parse_territory("DE")),
        lambda: Track.objects.update(isrc="", licence="by contract"),
    ),
    "work-without-iswc": lambda: add_track(work=add_work("work:T1", iswc="")),
    "track-without-file": lambda: add_track(asset=None),
    "work-without-writer": _shares((1_000_000, "WW"), role="publisher"),
    "work-unclaimed": _shares((400_000, "WW")),
    "work-without-language": _both(
        add_track, lambda: Share.objects.update(share_ppm=500_000),
        lambda: own(Work.objects.get(), 500_000, "Bea", role="lyricist"),
    ),
    "holder-without-identifier": _both(
        add_track, lambda: Party.objects.update(ipi_name="")
    ),
    "track-without-licence": lambda: add_track(licence=""),
    "work-without-track": lambda: add_work("work:alone"),
    "title-with-mojibake": _title("FrÃ¼hling lÃ¤sst"),
    "title-is-a-place-holder": _title("Track 01"),
    "title-in-capitals": _title("DIE SCHÖNE MÜLLERIN"),
    "title-with-version": _title("Morning (Live at home)"),
    "artist-is-a-place-holder": lambda: add_track(artist="Various Artists"),
    "title-with-stray-spaces": _title("Morning  song"),
    "isrc-of-no-country": lambda: add_track(isrc="XX1234500001"),
    "file-too-short": _seconds(3),
    "file-too-long": _seconds(4_000),
    "recording-silent": _measured(SILENCE),
    "recording-clipped": _measured((3 * TONE).clip(-1, 1)),
    "same-recording-other-isrc": lambda: [
        add_track(f"T{at}", title="One", artist="Bo", isrc=f"GBAYE680001{at}",
                  work=add_work(f"work:T{at}", title="One"))
        for at in (1, 2)
    ],
    "same-file-several-tracks": lambda: Track.objects.create(
        ref="T2", work=add_work("work:2"), title="Song 2", licence="CC0-1.0",
        asset=add_track().asset,
    ),
    "party-spelled-otherwise": _spelled("Zoë Long", "LONG, Zoe"),
    "work-claimed-over": _shares((700_000, "WW"), (500_000, "DE")),
    "recording-claimed-over": _both(
        lambda: add_track(isrc="GBAYE6800011", licence="by contract"),
        _recording(700_000, "One label"), _recording(700_000, "Another label"),
    ),
    "public-licence-held-by-label": _recording(1_000_000, "Label"),
    "consent-without-share": lambda: agree(add_track(), right="recording"),
    "consent-before-release": lambda: agree(add_track(released_on=date(2021, 1, 1))),
    "shares-of-merged": _merged_holder,
    "company-composes": _both(add_track, lambda: Party.objects.update(kind="company")),
    "track-titled-unlike-its-work": lambda: add_track(title="Xylophone", work=add_work("w")),
    "consent-ends-soon": lambda: agree(add_track(), valid_until=TODAY + timedelta(days=30)),
    "released-in-the-future": lambda: add_track(released_on=TODAY + timedelta(days=9)),
    "released-before-recordings": lambda: add_track(released_on=date(1822, 5, 1)),
    "shares-ended-without-successor": _shares((1_000_000, "WW"), valid_until=date(2025, 1, 1)),
    "share-begins-later": _both(
        add_track,
        lambda: own(Work.objects.get(), 1, "Bea", valid_from=date(2062, 1, 1)),
    ),
}  # fmt: skip
# What cannot be without another fault.
BESIDE = {"shares-ended-without-successor": {"work-unclaimed"}}


def test_every_rule_is_tried():
    assert set(FAULTS) == set(RULES)


def test_a_good_catalogue_has_no_findings():
    agree(add_track())
    check(as_of=TODAY)
    assert not Finding.objects.exists(), list(Finding.objects.all())


def test_a_sound_recording_has_no_findings():
    _measured(0.9 * TONE)()
    agree(Track.objects.get())
    check(as_of=TODAY)
    assert not Finding.objects.exists(), list(Finding.objects.all())


@pytest.mark.parametrize("code", FAULTS)
def test_a_rule_finds_its_fault_and_no_other_rule_does(code):
    FAULTS[code]()
    check(as_of=TODAY)
    found = Finding.objects.all()
    assert {each.rule for each in found} == {code} | BESIDE.get(code, set())
    assert all("{" not in each.sentence and each.repair for each in found)


@pytest.mark.parametrize("parts", [[(600_000, "WW-DE"), (600_000, "DE"), (400_000, "WW")]])
def test_shares_of_different_countries_do_not_add_up(parts):
    _shares(*parts)()
    check(as_of=TODAY, rules=["work-claimed-over"])
    assert not Finding.objects.exists()
