"""The visibility matrix of docs/concepts/who-sees-what.md: table by table, who sees which rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from common.database import tenancy
from common.database.policies import EXEMPT
from royalty.models import DocumentKind
from tests.tenancy.cast import PLATFORMS, TENANTS, Town


def rows(label: Callable[[Any], object], **seen: str) -> tuple[Callable[[Any], object], dict]:
    """How a row is called, and which rows each tenant sees; nothing where it is not named."""
    return label, {name: sorted(seen.get(name, "").split()) for name in TENANTS}


def each_its_own(label: Callable[[Any], object]) -> tuple[Callable[[Any], object], dict]:
    return rows(label, **{name: name for name in TENANTS})


def in_every_kind(*statements: str) -> str:
    return " ".join(f"{each}:{kind}" for each in statements for kind in DocumentKind.values)


def account(row: Any) -> str:
    return f"{row.contract.code}:{row.kind}" + (f":{row.party.ref}" if row.party else "")


def member(row: Any) -> str:
    return f"{row.training_set.model_version.platform.code}:{row.track.ref}"


def share(row: Any) -> str:
    return f"{row.party.ref}:{row.work.ref.removeprefix('work:') if row.work else row.track.ref}"


def claimed(row: Any) -> str:
    by = f"{row.party.ref}:" if hasattr(row, "party") else ""
    return by + row.work.ref.removeprefix("work:")


def consent(row: Any) -> str:
    model = row.model_version.platform.code if row.model_version else "any"
    return f"{row.track.ref}:{model}"


def change(row: Any) -> str:
    """What changed, and in whose history it stands."""
    histories = {"Work": row.of_work, "Track": row.of_track, "Party": row.of_party}
    kind, key = next((kind, key) for kind, key in histories.items() if key)
    ref = apps.get_model("catalog", kind).objects.get(pk=key).ref
    return f"{row.kind}:{ref.removeprefix('work:')}"


def journal(row: Any) -> str:
    return f"{row.period.contract.code}:{row.kind}"


def platform(row: Any) -> str:
    return row.platform.code


def model(row: Any) -> str:
    return row.model_version.platform.code


def party(row: Any) -> str:
    return row.party.ref


def contract(row: Any) -> str:
    return row.period.contract.code


def billed(row: Any) -> str:
    return row.platform.code if row.platform else "house"


def organisation(row: Any) -> str:
    return row.organisation.name


def asked_by(row: Any) -> str:
    if row.tenant == tenancy.SYSTEM:
        return "system"
    organisation = apps.get_model("accounts", "Organisation")
    return organisation.objects.get(pk=row.tenant.removeprefix("organisation:")).name


OF_PLATFORMS = {"acme": "acme", "bolt": "bolt"}
# Whose model was trained on which holder's tracks: T4 passed from Bea to Cai.
TRAINED_ON = {"ada": "acme", "bea": "acme bolt", "cai": "acme bolt", "dora": "acme"}
PIECES = {"ada": "G1 G2 G3 G4", "bea": "G1 G2 G3 H1", "cai": "G1 G2 G3 G4", "dora": "G1 G3 G4"}
OWN_PIECES = {"acme": "G1 G2 G3 G4", "bolt": "H1"}
TERMS = {
    "acme": "studio-2026",
    "bolt": "bolt-2026",
    "ada": "studio-2026",
    "bea": "studio-2026 bolt-2026",
    "cai": "studio-2026",
}
HOLDERS_TERMS = {name: seen for name, seen in TERMS.items() if name not in PLATFORMS}
USES = {"acme": "use-0 use-1 use-2 use-3 use-4", "bolt": "use-0"}
FILES = {name: f"{name}-take_usage.ndjson {name}-take_revenue.ndjson" for name in PLATFORMS}
ACME_ACCOUNTS = "studio-2026:platform_receivable studio-2026:period_revenue studio-2026:commission"
BOLT_ACCOUNTS = (
    "bolt-2026:platform_receivable bolt-2026:period_revenue bolt-2026:commission"
    " bolt-2026:held_unattributed"
)
PAYABLES = {
    "ada": "studio-2026:party_payable:A",
    "bea": "studio-2026:party_payable:B bolt-2026:party_payable:B bolt-2026:party_reserve:B",
    "cai": "studio-2026:party_payable:C",
}
ALLOCATIONS = {
    "ada": "studio-2026:allocation",
    "bea": "studio-2026:allocation bolt-2026:allocation",
    "cai": "studio-2026:allocation",
}
JOURNALS = ALLOCATIONS | {
    "acme": "studio-2026:revenue studio-2026:allocation",
    "bolt": "bolt-2026:revenue bolt-2026:allocation bolt-2026:restatement bolt-2026:invoice"
    " bolt-2026:receipt",
    "bea": f"{ALLOCATIONS['bea']} bolt-2026:payout bolt-2026:restatement",
}

MATRIX = {
    # Ada's people act for Cai: each knows the other's name.
    "accounts_organisation": rows(
        lambda row: row.name,
        **{name: name for name in TENANTS} | {"ada": "ada cai", "cai": "ada cai"},
    ),
    "accounts_delegation": rows(lambda row: row.organisation.name, ada="cai", cai="cai"),
    "accounts_invitation": each_its_own(lambda row: row.organisation.name),
    "accounts_membership": each_its_own(lambda row: row.organisation.name),
    # Both see what Ada's did there.
    "accounts_auditevent": rows(lambda row: row.about, acme="acme", ada="ada cai", cai="cai"),
    "accounts_apikey": each_its_own(lambda row: row.prefix),
    "notices_notice": each_its_own(organisation),
    "notices_mailedoff": each_its_own(lambda row: row.user.name),
    "webhooks_endpoint": rows(organisation, **OF_PLATFORMS),
    "webhooks_event": rows(organisation, **OF_PLATFORMS),
    "webhooks_delivery": rows(organisation, **OF_PLATFORMS),
    "webhooks_attempt": rows(organisation, **OF_PLATFORMS),
    "jobs_job": each_its_own(asked_by),
    "api_storedresponse": each_its_own(asked_by),
    "uploads_upload": each_its_own(asked_by),
    "uploads_uploadpart": each_its_own(lambda row: asked_by(row.upload)),
    "api_loggedrequest": each_its_own(asked_by),
    "django_admin_log": rows(str),
    **dict.fromkeys(
        [
            *("quality_checkrun", "quality_finding", "quality_findingevent", "quality_score"),
            *("quality_profile", "quality_alert", "quality_contentstatistics", "quality_outlier"),
        ],
        rows(str),
    ),
    "duplicates_fingerprint": rows(str),
    "duplicates_spelling": rows(str),
    "duplicates_candidate": rows(str),
    "duplicates_merge": rows(str),
    "catalog_platform": rows(lambda row: row.code, **OF_PLATFORMS, **TRAINED_ON),
    "catalog_simulatedclock": rows(platform, **OF_PLATFORMS),
    "catalog_modelversion": rows(platform, **OF_PLATFORMS, **TRAINED_ON),
    "catalog_checkpoint": rows(model, **OF_PLATFORMS, **TRAINED_ON),
    "catalog_trainingset": rows(model, **OF_PLATFORMS, **TRAINED_ON),
    "catalog_trainingsettrack": rows(
        member,
        acme="acme:T1 acme:T2 acme:T3",
        bolt="bolt:T2 bolt:T4",
        ada="acme:T1 acme:T3",
        bea="acme:T2 bolt:T2 bolt:T4",
        cai="acme:T3 bolt:T4",
        dora="acme:T1",
    ),
    # T1 may be trained on by anybody, so that Bolt finds it.
    "catalog_track": rows(
        lambda row: row.ref,
        acme="T1 T2 T3",
        bolt="T1 T2 T4",
        ada="T1 T1-live T3",
        bea="T2 T4",
        cai="T3 T4",
        dora="T1",
    ),
    "catalog_work": rows(
        lambda row: row.ref.removeprefix("work:"),
        acme="T1 T2 T3",
        bolt="T1 T2 T4",
        ada="T1 T3",
        bea="T2 T4",
        cai="T3 T4",
        dora="T1",
    ),
    "catalog_party": rows(lambda row: row.ref, ada="A C", bea="B C", cai="A B C", dora="D"),
    "catalog_representation": rows(lambda row: row.party.ref, ada="A", bea="B", cai="C", dora="D"),
    "catalog_share": rows(
        share,
        ada="A:T1 A:T3 C:T3",
        bea="B:T2 B:T4 C:T4",
        cai="A:T3 C:T3 B:T4 C:T4",
        dora="D:T1",
    ),
    "catalog_credit": rows(lambda row: row.party.ref, bea="B", cai="B", dora="D"),
    "catalog_sender": each_its_own(lambda row: row.code),
    "deliveries_delivery": each_its_own(lambda row: row.sender.code),
    "deliveries_deliveryrow": each_its_own(lambda row: row.delivery.sender.code),
    # T4 got another version, in the one set of changes that there is.
    "catalog_change": rows(
        change,
        ada="consent:T1 consent:T1-live party:A share:T1 share:T3 share:T3 track:T1 track:T1-live"
        " track:T3 work:T1 work:T3",
        bea="consent:T2 consent:T2 credit:T4 party:B share:T2 share:T4 share:T4 track:T2 track:T4"
        " work:T2 work:T4 work:T4",
        cai="credit:T4 party:C share:T3 share:T3 share:T4 share:T4 track:T3 track:T4 work:T3"
        " work:T4 work:T4",
        dora="consent:T1 credit:T1 party:D share:T1 track:T1 work:T1",
    ),
    "catalog_changeset": rows(lambda row: row.source, bea="admin", cai="admin"),
    "catalog_changeauthor": rows(str),
    "catalog_trainingsetexclusion": rows(
        lambda row: f"{row.training_set.model_version.platform.code}:{row.track.ref}",
        bolt="bolt:T1",
    ),
    # Acme knows that it may not use one more track, and not which.
    "catalog_consent": rows(
        consent,
        acme="T1:any T2:acme T1-live:acme",
        bolt="T1:any T2:bolt",
        ada="T1:any T1-live:acme",
        bea="T2:acme T2:bolt",
        dora="T1:any",
    ),
    "claims_claim": rows(claimed, ada="C:T3", bea="B:T2", cai="C:T3"),
    "claims_conflict": rows(claimed, ada="T3", cai="T3"),
    "claims_proposal": rows(lambda row: claimed(row.conflict), ada="T3", cai="T3"),
    "claims_event": rows(
        lambda row: f"{claimed(row.claim)}:{row.kind}",
        ada="C:T3:contested",
        bea="B:T2:filed",
        cai="C:T3:contested",
    ),
    "claims_attachment": rows(lambda row: claimed(row.event.claim), ada="C:T3", cai="C:T3"),
    "attribution_generation": rows(lambda row: row.external_id, **OWN_PIECES, **PIECES),
    "attribution_generationfeatures": rows(
        lambda row: row.generation.external_id,
        acme="G1",
        bolt="H1",
        ada="G1",
        bea="G1 H1",
        cai="G1",
        dora="G1",
    ),
    "attribution_drawseed": rows(model, **OF_PLATFORMS),
    # The secret of Bolt's lot is not revealed.
    "attribution_drawsecret": rows(lambda row: model(row.seed), acme="acme"),
    "attribution_featuredraw": rows(
        lambda row: row.features.generation.external_id, acme="G1", bolt="H1"
    ),
    "attribution_featureopening": rows(
        lambda row: row.draw.features.generation.external_id, acme="G1", bolt="H1"
    ),
    "attribution_featurefinding": rows(
        lambda row: row.features.generation.external_id,
        acme="G1",
        bolt="H1",
        ada="G1",
        bea="G1 H1",
        cai="G1",
        dora="G1",
    ),
    "attribution_attribution": rows(lambda row: row.generation.external_id, **OWN_PIECES, **PIECES),
    "attribution_featurestore": rows(model, **OF_PLATFORMS, **TRAINED_ON),
    # Bolt's run says nothing of Cai's T4, so Cai does not see it.
    "attribution_attributionrun": rows(
        lambda row: row.feature_store.model_version.platform.code,
        **OF_PLATFORMS,
        **TRAINED_ON | {"cai": "acme"},
    ),
    "royalty_contract": rows(lambda row: row.code, **TERMS),
    # Bolt has opened a second month.
    "royalty_period": rows(
        lambda row: row.contract.code, **TERMS | {"bolt": "bolt-2026 bolt-2026"}
    ),
    "royalty_allocationrun": rows(contract, **TERMS | {"bolt": "bolt-2026 bolt-2026"}),
    "royalty_periodroot": rows(contract, **TERMS),
    "royalty_periodsecret": rows(lambda row: contract(row.root)),
    "royalty_statement": rows(
        lambda row: f"{row.party.ref}:{contract(row)}",
        ada="A:studio-2026",
        bea="B:studio-2026 B:bolt-2026",
        cai="C:studio-2026",
    ),
    "royalty_publication": rows(contract, **HOLDERS_TERMS),
    "royalty_notice": rows(str),
    "royalty_statementfile": rows(
        lambda row: f"{row.statement.party.ref}:{contract(row.statement)}:{row.kind}",
        ada=in_every_kind("A:studio-2026"),
        bea=in_every_kind("B:studio-2026", "B:bolt-2026"),
        cai=in_every_kind("C:studio-2026"),
    ),
    "royalty_account": rows(account, acme=ACME_ACCOUNTS, bolt=BOLT_ACCOUNTS, **PAYABLES),
    "royalty_entry": rows(
        lambda row: f"{journal(row.journal)}:{row.account.kind}",
        acme="studio-2026:revenue:platform_receivable studio-2026:revenue:period_revenue"
        " studio-2026:allocation:period_revenue studio-2026:allocation:commission",
        bolt="bolt-2026:revenue:platform_receivable bolt-2026:revenue:period_revenue"
        " bolt-2026:allocation:period_revenue bolt-2026:allocation:commission"
        " bolt-2026:allocation:held_unattributed bolt-2026:restatement:held_unattributed"
        " bolt-2026:invoice:platform_receivable bolt-2026:invoice:commission"
        " bolt-2026:receipt:platform_receivable",
        ada="studio-2026:allocation:party_payable",
        bea="studio-2026:allocation:party_payable bolt-2026:allocation:party_payable"
        " bolt-2026:payout:party_payable bolt-2026:payout:party_reserve"
        " bolt-2026:restatement:party_payable",
        cai="studio-2026:allocation:party_payable",
    ),
    "royalty_journal": rows(journal, **JOURNALS),
    "royalty_heldrelease": rows(str),
    "royalty_usagehold": rows(str),
    "royalty_holddecision": rows(str),
    "royalty_restatement": rows(contract, bolt="bolt-2026", bea="bolt-2026"),
    "royalty_journalseal": rows(lambda row: journal(row.journal), **JOURNALS),
    "royalty_payeeterms": rows(party, bea="B"),
    "royalty_withholding": rows(party, bea="B"),
    "royalty_bankdetails": rows(party, bea="B"),
    "disputes_dispute": rows(party, bea="B"),
    "disputes_event": rows(lambda row: party(row.dispute), bea="B"),
    "disputes_attachment": rows(lambda row: party(row.event.dispute), bea="B"),
    "exports_export": rows(organisation, bea="bea"),
    "royalty_payeetax": rows(party, bea="B"),
    "royalty_taxform": rows(party, bea="B"),
    "royalty_takenback": rows(lambda row: party(row.details), bea="B"),
    "royalty_payingaccount": rows(lambda row: row.currency, bolt="EUR"),
    "royalty_billingdetails": rows(billed, bolt="bolt house"),
    "royalty_invoice": rows(lambda row: row.label, bolt="INV-2026-0001"),
    "royalty_match": rows(lambda row: row.invoice.label, bolt="INV-2026-0001"),
    "royalty_bankfile": rows(str),
    "royalty_receipt": rows(str),
    "royalty_selfbilling": rows(party, bea="B"),
    "royalty_selfbilledinvoice": rows(lambda row: row.label, bea="SB-2026-0001"),
    "royalty_payoutbatch": rows(str),
    "royalty_payout": rows(party, bea="B"),
    "royalty_payoutpart": rows(lambda row: party(row.payout), bea="B"),
    "royalty_intakefile": rows(lambda row: row.name, **FILES),
    "royalty_sentfile": rows(lambda row: row.name, **FILES),
    "royalty_usageevent": rows(lambda row: row.event_id, **USES),
    "royalty_revenueevent": rows(
        lambda row: row.event_id, acme="fee-U1 fee-U2 fee-U3", bolt="fee-V1"
    ),
}
# A row says only that a file of that content exists (see the policy).
SHOWN_TO_ANYBODY_KNOWN = {"catalog_asset", "royalty_exchangerate"}
MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def labels(kind: type[Model], tenant: str, label: Callable[[Any], object]) -> list[str]:
    """What the tenant sees, called by names that only system can look up."""
    with tenancy.acting_as(tenant):
        seen = set(kind.objects.values_list("pk", flat=True))
    return sorted(str(label(row)) for row in kind.objects.filter(pk__in=seen))


def test_every_table_with_a_tenants_rows_is_in_the_matrix():
    assert set(MODELS) - set(EXEMPT) == set(MATRIX) | SHOWN_TO_ANYBODY_KNOWN


@pytest.mark.parametrize("name", TENANTS)
@pytest.mark.parametrize("table", MATRIX)
def test_a_tenant_sees_its_rows_and_no_others(town: Town, table, name):
    label, expected = MATRIX[table]
    assert labels(MODELS[table], town.tenant(name), label) == expected[name]


@pytest.mark.parametrize("table", [*MATRIX, *sorted(SHOWN_TO_ANYBODY_KNOWN)])
def test_nobody_sees_nothing_and_system_sees_all(town: Town, table):
    kind = MODELS[table]
    total = kind.objects.count()
    assert total > 0, "an empty table proves nothing"
    with tenancy.acting_as(tenancy.NOBODY):
        assert kind.objects.count() == 0
    with tenancy.acting_as(tenancy.SYSTEM):
        assert kind.objects.count() == total


def test_no_row_is_without_somebody_who_does_not_see_it(town: Town):
    """Of every table somebody is refused something, or the matrix would prove nothing."""
    for table, (_, expected) in MATRIX.items():
        total = MODELS[table].objects.count()
        assert any(len(seen) < total for seen in expected.values()), table


@pytest.mark.parametrize("name", TENANTS)
def test_a_file_is_known_by_its_content_to_anybody_known(town: Town, name):
    with tenancy.acting_as(town.tenant(name)):
        assert MODELS["catalog_asset"].objects.count() > 0
