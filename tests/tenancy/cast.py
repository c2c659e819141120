"""The town of the tenancy tests: two platforms, four rights holders, and what they have in common.

    Acme trained on T1, T2, T3, Bolt on T2 and T4. Each sold something, closed its month and paid.
    Ada   wrote T1, and T3 with Cai.        Bea  wrote T2, which both platforms use, and T4.
    Cai   wrote T3 with Ada; took T4 over.  Dora owns the recording of T1 and wrote nothing.

T1 also exists as a live recording, T1-live, that nobody trained on and that is Ada's alone; she
forbade Acme to train on it, which does not show it to Acme.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from accounts.models import (
    ApiKey,
    AuditEvent,
    Delegation,
    Invitation,
    Membership,
    Organisation,
    Scope,
    User,
)
from accounts.notices.models import Kind as News
from accounts.notices.services import choose, notify
from accounts.webhooks.models import Endpoint, Event
from accounts.webhooks.secrets import new_salt
from accounts.webhooks.services.claiming import claim
from accounts.webhooks.services.emitting import emit
from attribution.models import (
    Attribution,
    DrawSecret,
    DrawSeed,
    FeatureDraw,
    FeatureFinding,
    FeatureOpening,
    FeatureStore,
    GenerationFeatures,
)
from catalog.claims.services.actors import Actor
from catalog.claims.services.attachments import Sent
from catalog.deliveries.models import Delivery
from catalog.duplicates.models import Candidate, Fingerprint, Merge, Spelling
from catalog.models import (
    Checkpoint,
    Consent,
    Credit,
    ModelVersion,
    Party,
    Platform,
    Representation,
    Sender,
    Share,
    SimulatedClock,
    Track,
    TrainingSet,
    TrainingSetExclusion,
    TrainingSetTrack,
    Work,
)
from catalog.services.history import changing
from common.api.models import LoggedRequest, StoredResponse
from common.database import tenancy
from common.jobs.dispatch import enqueue
from common.uploads.models import Upload, UploadPart
from common.uploads.purposes import Purpose
from royalty.disputes.services import open_dispute
from royalty.exports.models import Export
from royalty.models import (
    Account,
    ExchangeRate,
    HeldRelease,
    Notice,
    PayeeTax,
    Period,
    Publication,
    RestatementKind,
    Statement,
    TakenBack,
    UsageHold,
)
from royalty.services import intake, periods
from royalty.services.restatements import restate_period
from royalty.services.statements import render_statement
from tests.catalog.quality.rows import leave_quality
from tests.claims.rows import contested_claim, filed_claim
from tests.royalty import money_in, payees
from tests.royalty.cast import (
    AFTER,
    ENDS,
    STARTS,
    World,
    add_asset,
    add_generation,
    add_track,
    attribute,
    attribution_run,
    ndjson,
    own,
    revenue_line,
    revenue_lines,
    settle,
    show,
    sign,
    usage_line,
    usage_lines,
    worked_example,
)
from tests.royalty.money_in import Paid

PLATFORMS = ("acme", "bolt")
HOLDERS = {"ada": "A", "bea": "B", "cai": "C", "dora": "D"}
TENANTS = (*PLATFORMS, *HOLDERS)
TOOK_OVER_ON = date(2026, 6, 1)
HEARD = "key.expiring"  # the one event that endpoints listen to


@dataclass
class Town:
    """Everybody, by name."""

    acme: World
    bolt: World
    storages: dict[str, Any]  # where its files are: a setting
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def tenant(self, name: str) -> str:
        """As whom the database is asked for somebody: also for `nobody` and `system`."""
        unlisted = {"nobody": tenancy.NOBODY, "system": tenancy.SYSTEM}
        return unlisted[name] if name in unlisted else self.organisations[name].tenant


def found_town(folder: Path, storages: dict[str, Any]) -> Town:
    """Build the town, as system, and settle both platforms' months."""
    acme = worked_example()
    acme.parties["D"] = Party.objects.create(ref="D", name="Party D")
    bolt = _bolt(acme)
    town = Town(acme, bolt, storages)
    _add_more_rights(acme, bolt)
    _add_features(acme, "G1")
    _add_features(bolt, "H1")
    for world in (acme, bolt):
        _report(world, folder)
        show(settle(world), world.ann)
    _settle_in(town)
    _pay_bea(bolt)
    _find_more_of_bea(bolt)
    Event.objects.exclude(type=HEARD).delete()  # the months told more than one thing
    return town


@transaction.atomic
def _bolt(acme: World) -> World:
    """A second platform, whose people are Acme's auditors."""
    platform = Platform.objects.create(code="bolt", name="Bolt Audio")
    contract = sign(platform, code="bolt-2026", name="Bolt 2026")
    period = periods.open_period(contract=contract, starts_on=STARTS, ends_on=ENDS)
    bolt = World(platform, contract, period, acme.ann, acme.ben, parties=acme.parties)
    bolt.tracks["T2"] = acme.tracks["T2"]
    bolt.tracks["T4"] = add_track(bolt, "T4", {})
    version = ModelVersion.objects.create(platform=platform, name="b", version="1")
    members = list(bolt.tracks.values())
    training_set = TrainingSet.objects.create(
        model_version=version,
        digest="e" * 64,
        track_count=len(members),
        exclusion_count=1,
        frozen_at=AFTER,
    )
    TrainingSetExclusion.objects.create(
        training_set=training_set,
        track=acme.tracks["T1"],
        position=0,
        role="train",
        reason="no_consent",
        sentence="Nobody agreed.",
    )
    for position, track in enumerate(members):
        TrainingSetTrack.objects.create(
            training_set=training_set,
            track=track,
            position=position,
            role="train",
            asset_sha256=track.asset.sha256,
        )
    store = FeatureStore.objects.create(
        model_version=version, training_set=training_set, folder="b", config={}
    )
    bolt.run = attribution_run(store)
    bolt.generations["H1"] = add_generation(bolt, "H1", version)
    attribute(bolt, "H1", {"T2": 900_000_000})
    return bolt


def _add_more_rights(acme: World, bolt: World) -> None:
    t1, t2, t4 = acme.tracks["T1"], acme.tracks["T2"], bolt.tracks["T4"]
    live = Track.objects.create(
        ref="T1-live", work=t1.work, asset=add_asset("T1-live"), title="Live"
    )
    _consent(live, ModelVersion.objects.get(platform=acme.platform), says_no=acme.parties["A"])
    Share.objects.create(
        track=t1,
        party=acme.parties["D"],
        right="recording",
        role="label",
        share_ppm=1_000_000,
        valid_from=date(2020, 1, 1),
    )
    Credit.objects.create(track=t1, party=acme.parties["D"], role="performer")
    Credit.objects.create(work=t4.work, party=acme.parties["B"], role="lyricist")
    own(bolt, t4.work, "B", 1_000_000, valid_until=TOOK_OVER_ON)
    own(bolt, t4.work, "C", 1_000_000, since=TOOK_OVER_ON)
    _consent(t1, None)
    for world in (acme, bolt):
        version = ModelVersion.objects.get(platform=world.platform)
        _consent(t2, version)
        Checkpoint.objects.create(
            model_version=version, member="a", step=1, sha256="c" * 64, path="a/1"
        )


def _find_twins(acme: World) -> None:
    """Two songs that might be one, and two of a kind that were put together and taken apart."""
    t1, t2 = acme.tracks["T1"], acme.tracks["T2"]
    Fingerprint.objects.create(asset=t1.file, version=1)
    Spelling.objects.create(of="track", thing_id=t1.pk, key="song t1")
    Candidate.objects.create(
        subject="track", first_track=t1, second_track=t2, kinds=["tune"], score_ppm=900_000
    )
    Merge.objects.create(
        subject="track", survivor_track=t1, other_track=t2, reason="One song", undone_at=AFTER
    )


def _add_features(world: World, name: str) -> None:
    """Rows that the platform computed of one of its pieces."""
    features = GenerationFeatures.objects.create(
        generation=world.generations[name],
        feature_store=FeatureStore.objects.get(model_version__platform=world.platform),
        storage_name=f"generation-features/{name}",
        sha256="a" * 64,
        size_bytes=1,
        root="b" * 64,
        segment_count=1,
        identity={},
        standing="recomputed",  # what is not verified is held, and nobody stated
    )
    seed = DrawSeed.objects.create(
        model_version=features.feature_store.model_version, day=date(2026, 11, 2), commitment=name
    )
    is_revealed = name == "G1"
    DrawSecret.objects.create(seed=seed, secret=name, revealed_at=AFTER if is_revealed else None)
    draw = FeatureDraw.objects.create(
        features=features,
        seed=seed,
        cause="lot",
        rate_ppm=50_000,
        segments=[0],
        drawn_at=AFTER,
        due_at=AFTER,
    )
    FeatureOpening.objects.create(
        draw=draw, storage_name="openings/1", sha256="a" * 64, received_at=AFTER
    )
    FeatureFinding.objects.create(
        features=features,
        standing="recomputed",
        sentence="It agrees.",
        segments_checked=1,
        found_at=AFTER,
    )


def _consent(track: Track, version: ModelVersion | None, says_no: Party | None = None) -> None:
    Consent.objects.create(
        track=track,
        right="composition",
        model_version=version,
        party=says_no,
        is_opt_out=says_no is not None,
        basis="asked",
        valid_from=date(2020, 1, 1),
    )


def _report(world: World, folder: Path) -> None:
    """What was used and paid: the worked example's month, and one piece of Bolt's."""
    is_acme = world.platform.code == "acme"
    uses = usage_lines() if is_acme else [usage_line(0, "V1", "H1", 3)]
    fees = revenue_lines() if is_acme else [revenue_line("V1", "50.00")]
    for take, lines in ((intake.take_usage, uses), (intake.take_revenue, fees)):
        name = f"{world.platform.code}-{take.__name__}.ndjson"
        take(platform=world.platform, source=ndjson(folder / name, lines), name=name)


def _pay_bea(bolt: World) -> None:
    """Bolt's money reaches Bea, less a fee and a reserve; in December, when Bolt has a month."""
    payees.open_month(bolt, 12)
    payees.paying_account(bolt)
    payees.agree(bolt, "B", admin_fee_ppm=100_000, reserve_ppm=100_000)
    payees.withhold(bolt, "B")
    payees.bank(bolt, "B")
    _invoice(bolt)
    payees.approved(bolt, payees.NEXT_PAYDAY)
    bea = bolt.parties["B"]
    PayeeTax.objects.create(party=bea, country="GB", tax_number="1", entered_by=bolt.ann)
    payees.leave_tax_form(bolt, "B")
    TakenBack.objects.create(details=bea.bank_details.get(), by=bolt.ann, at=AFTER)


def _invoice(bolt: World) -> None:
    """Bolt is invoiced and pays a part; Bea's own invoices are written for her."""
    money_in.enter_billing_details(bolt)
    invoice = money_in.issue(bolt, on=date(2026, 12, 2))
    money_in.receive(bolt, Paid("1.00", reference=invoice.reference, on=date(2026, 12, 4)))
    money_in.agree_self_billing(bolt, "B")


def _find_more_of_bea(bolt: World) -> None:
    """H1 owes Bea more than was found when Bolt's month was closed."""
    share_ppb = [950_000_000]
    Attribution.objects.filter(generation__external_id="H1").update(
        share_ppb=share_ppb, low_ppb=share_ppb, high_ppb=share_ppb, unattributed_ppb=50_000_000
    )
    restate_period(
        period=bolt.period,
        into=Period.objects.get(contract=bolt.contract, status="open"),
        kind=RestatementKind.ATTRIBUTION,
        reason="H1 was measured again",
        user=bolt.ann,
        as_of=AFTER,
    )


def _settle_in(town: Town) -> None:
    """Organisations with their people, keys, jobs and traces, and what only system sees."""
    for name in TENANTS:
        is_platform = name in PLATFORMS
        kind = Organisation.Kind.PLATFORM if is_platform else Organisation.Kind.RIGHTS_HOLDER
        organisation = Organisation.objects.create(name=name, kind=kind)
        town.organisations[name] = organisation
        user = User.objects.create_user(f"{name}@example.org", "a long password", name=name)
        Membership.objects.create(user=user, organisation=organisation)
        if is_platform:
            Platform.objects.filter(code=name).update(organisation=organisation)
            SimulatedClock.objects.create(platform=Platform.objects.get(code=name))
            listen(organisation)
        else:
            party = Party.objects.get(ref=HOLDERS[name])
            Representation.objects.create(organisation=organisation, party=party)
        _deliver(Sender.objects.create(code=name, name=name, organisation=organisation))
        _leave_traces(name, organisation)
    _note_what_was_done(town)
    _claim_more(town)
    town.acme.platform.refresh_from_db()
    town.bolt.platform.refresh_from_db()
    _find_twins(town.acme)
    leave_quality(town.acme.tracks["T1"], Delivery.objects.filter(sender__code="ada").get(), AFTER)
    Notice.objects.create(
        publication=Publication.objects.get(period=town.acme.period),
        user=User.objects.get(email="ada@example.org"),
        address="ada@example.org",
        subject="ready",
        body="Sign in to read it.",
    )
    _object(town)
    _take_away(town)
    for statement in Statement.objects.select_related("run__period__contract__platform"):
        render_statement(statement=statement, as_of=AFTER)
    LogEntry.objects.create(user=town.acme.ann, action_flag=CHANGE, object_repr="Party A")
    HeldRelease.objects.create(
        account=Account.objects.get(kind="held_unattributed"),
        period=town.bolt.period,
        to="parties",
        amount_atoms=1,
        reason="nobody claimed it",
        requested_by=town.acme.ann,
        requested_at=AFTER,
    )
    with changing(by=town.acme.ann, reason="The sleeve says so.", source="admin"):
        Work.objects.filter(tracks__ref="T4").update(version="b")
    ExchangeRate.objects.create(base="EUR", quote="USD", day=STARTS, rate="1.08", source="ECB")
    hold = UsageHold.objects.create(
        period=town.bolt.period,
        rule="too_many",
        subject="V1",
        subscribers=["V1"],
        uses=30_001,
        sentence="Subscriber V1 used pieces 30,001 times.",
        evidence={},
        found_at=AFTER,
    )
    hold.decisions.create(decision="count", reason="a school", decided_by=town.acme.ann)


def _note_what_was_done(town: Town) -> None:
    """By Acme's people, by Ada's, and by Ada's for Cai; and who else is asked to join."""
    for name, through in (("acme", None), ("ada", None), ("cai", town.organisations["ada"])):
        AuditEvent.objects.create(
            organisation=town.organisations[name], through=through, act="key.made", about=name
        )
    for name, organisation in town.organisations.items():
        owner = organisation.members.get()
        invited = {"email": f"new-{name}@example.org", "invited_by": owner, "expires_at": AFTER}
        Invitation.objects.create(organisation=organisation, role="viewer", **invited)
    cai, ada = town.organisations["cai"], town.organisations["ada"]
    by = cai.members.get()
    Delegation.objects.create(organisation=cai, delegate=ada, starts_at=AFTER, made_by=by)


def _claim_more(town: Town) -> None:
    """Cai claims more of T3 than Ada leaves, and Bea waits for a decision about T2."""
    for name, track in (("cai", "T3"), ("bea", "T2")):
        work = town.acme.tracks[track].work
        party, by = Party.objects.get(ref=HOLDERS[name]), User.objects.get(name=name)
        about = (work, party, town.organisations[name], by)
        if name == "cai":
            contested_claim(*about, Party.objects.get(ref="A"))
        else:
            filed_claim(*about)


def _object(town: Town) -> None:
    """Bea objects to what Bolt's month brought her, and sends a document."""
    statement = Statement.objects.filter(party__ref="B", period__contract__code="bolt-2026").first()
    actor = Actor(User.objects.get(name="bea"), town.organisations["bea"])
    files = [Sent("proof.pdf", b"%PDF-")]
    open_dispute(statement, actor, "It is too little.", files, row=0, title="Song T2", atoms=1)


def _take_away(town: Town) -> None:
    """Bea has had her data written out."""
    Export.objects.create(
        organisation=town.organisations["bea"],
        asked_by=User.objects.get(name="bea"),
        sha256="0" * 64,
        expires_at=AFTER + timedelta(days=36_500),
    )


def listen(organisation: Organisation) -> None:
    """An endpoint, and one event that is on its way there."""
    Endpoint.objects.create(
        organisation=organisation,
        url=f"https://hooks.{organisation.name}.example/",
        event_types=[HEARD],
        salt=new_salt(),
    )
    news = {"prefix": organisation.name, "name": "walk", "expires_at": f"{AFTER:%Y-%m-%d}"}
    emit(organisation.pk, HEARD, news, as_of=AFTER)
    claim(most=9, as_of=AFTER)


def request_of(name: str) -> str:
    """The id of somebody's request."""
    return str(uuid5(NAMESPACE_DNS, name))


def _deliver(sender: Sender) -> None:
    delivery = Delivery.objects.create(
        sender=sender,
        name=f"{sender.code}.csv",
        sha256="a" * 64,
        size_bytes=1,
        as_of=STARTS,
        status=Delivery.Status.CHECKED,
        checked_at=AFTER,
        row_count=1,
        unchanged_count=1,
    )
    delivery.rows.create(number=2, kind="track", ref="T1", outcome="unchanged")


def _leave_traces(name: str, organisation: Organisation) -> None:
    ApiKey.objects.create(
        organisation=organisation,
        name=f"{name}'s key",
        prefix=name,
        secret_sha256="0" * 64,
        scopes=[Scope.READ],
        expires_at=AFTER + timedelta(days=365),
    )
    StoredResponse.objects.create(
        tenant=organisation.tenant,
        key="the same",
        request_sha256="0" * 64,
        status=200,
        headers={},
        body=b"",
    )
    upload = Upload.objects.create(
        tenant=organisation.tenant,
        purpose=Purpose.USAGE,
        size_bytes=1,
        sha256="0" * 64,
        expires_at=AFTER + timedelta(days=7),
    )
    UploadPart.objects.create(upload=upload, number=1, sha256="0" * 64)
    LoggedRequest.objects.create(
        tenant=organisation.tenant,
        key=name,
        request_id=request_of(name),
        answered_at=AFTER,
        method="GET",
        path="/api/v1/generations",
        status=200,
        milliseconds=7,
        received_bytes=0,
        is_replay=False,
    )
    notify(News.SECURITY, [organisation.pk], f"News for {name}.", "/", by_mail=False)
    choose(User.objects.get(name=name), [News.CONSENT])
    with tenancy.acting_as(organisation.tenant):
        enqueue("note", {"for": name}, key="the same")
