"""Small catalogues with one fault each."""

from datetime import date, datetime

from catalog.deliveries.models import Delivery
from catalog.models import Asset, Consent, Party, Share, Track, Work
from catalog.quality.models import (
    Alert,
    CheckRun,
    ContentStatistics,
    Finding,
    Outlier,
    Profile,
    Score,
)

TODAY = date(2026, 11, 20)
SINCE = date(2020, 1, 1)


def add_track(ref: str = "T1", **values: object) -> Track:
    """A score of a work of its own with a file, about which no rule has anything to say."""
    work = values.pop("work", None) or add_work(f"work:{ref}")
    asset = Asset.objects.create(
        sha256=f"{ref:0>64}"[:64].lower(),
        storage_name=ref,
        media_type="audio/midi",
        size_bytes=1,
        seconds=120,
    )
    given = {"title": f"Song {ref}", "licence": "CC0-1.0", "asset": asset} | values
    return Track.objects.create(ref=ref, work=work, **given)


def add_work(ref: str, *, share_ppm: int = 1_000_000, **values: object) -> Work:
    number = Work.objects.count() + 1
    given = {"title": f"Song {ref.removeprefix('work:')}", "iswc": f"T{number:010}"} | values
    work = Work.objects.create(ref=ref, **given)
    if share_ppm:
        own(work, share_ppm)
    return work


def add_party(name: str = "Ada Long") -> Party:
    number = Party.objects.count() + 1
    party, _ = Party.objects.get_or_create(
        ref=name, defaults={"name": name, "ipi_name": f"{number:011}"}
    )
    return party


def own(work: Work, share_ppm: int, name: str = "Ada Long", **values: object) -> Share:
    given = {"role": "composer", "valid_from": SINCE} | values
    return Share.objects.create(
        work=work, party=add_party(name), right="composition", share_ppm=share_ppm, **given
    )


def agree(track: Track, **values: object) -> Consent:
    given = {"right": "composition", "basis": "letter", "valid_from": SINCE} | values
    return Consent.objects.create(track=track, **given)


def leave_quality(track: Track, delivery: Delivery, at: datetime) -> Finding:
    """One row of everything that is kept about the quality of a track and a delivery."""
    CheckRun.objects.create(
        versions={}, found_counts={}, opened_count=1, mended_count=0, as_of=TODAY,
        started_at=at, finished_at=at,
    )  # fmt: skip
    finding = Finding.objects.create(
        rule="track-without-licence",
        rule_version=1,
        dimension="completeness",
        severity="warning",
        subject="track",
        subject_id=track.pk,
        subject_ref=track.ref,
        subject_name=track.title,
        track_id=track.pk,
        work_id=track.work_id,
        sender=delivery.sender,
        delivery=delivery,
        first_seen_at=at,
        last_seen_at=at,
    )
    finding.events.create(status="open", note="found", at=at)
    Score.objects.create(
        scope="whole", name="The whole catalogue", day=TODAY, score_hundredths=8_050,
        subject_count=4, faulty_count=1,
    )  # fmt: skip
    Profile.objects.create(
        delivery=delivery, sender=delivery.sender, row_count=1, columns={}, categories={},
        headings=[], received_at=at,
    )  # fmt: skip
    Alert.objects.create(
        sender=delivery.sender, delivery=delivery, monitor="volume", severity="warning",
        sentence="The delivery has 1 rows; usually there are about 9.", raised_at=at,
    )  # fmt: skip
    ContentStatistics.objects.create(asset=track.file, version=1, values={"seconds": 1.0})
    Outlier.objects.create(
        track=track, model="forest 1", rank=1, score_ppm=700_000,
        reasons=["3 seconds long; most of the catalogue have 60 to 300."], found_at=at,
    )  # fmt: skip
    return finding
