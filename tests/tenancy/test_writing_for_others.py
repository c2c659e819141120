"""A tenant writes its own rows where it writes at all, and nothing that names somebody else's."""

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction

from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from catalog.models import Asset, ModelVersion
from common.database import tenancy
from common.jobs.models import Job
from royalty.models import IntakeFile
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER
from tests.tenancy.cast import PLATFORMS, TENANTS
from tests.tenancy.test_who_sees_what import MATRIX, MODELS

pytestmark = pytest.mark.usefixtures("undone")

# What tenants may add, and the only things that they may change.
MAY_ADD = {
    "accounts_apikey",
    "jobs_job",
    "api_loggedrequest",
    "api_storedresponse",
    "uploads_upload",
    "uploads_uploadpart",
    "catalog_modelversion",
    "catalog_checkpoint",
    "catalog_trainingset",
    "catalog_trainingsettrack",
    "catalog_trainingsetexclusion",
    "catalog_consent",
    "attribution_featurestore",
    "attribution_generation",
    "attribution_generationfeatures",
    "attribution_featureopening",
    "attribution_attributionrun",
    "attribution_attribution",
    "royalty_intakefile",
    "royalty_sentfile",
    "royalty_usageevent",
    "royalty_revenueevent",
    "webhooks_endpoint",
    "webhooks_event",
    "webhooks_delivery",
}
MAY_CHANGE = {
    "catalog_consent",
    "accounts_apikey",
    "jobs_job",
    "uploads_upload",
    "royalty_sentfile",
    "attribution_featurestore",
    "attribution_generation",
    "attribution_generationfeatures",
    "attribution_attributionrun",
    "webhooks_endpoint",
    "webhooks_delivery",
}
MAY_REMOVE = {"uploads_upload", "uploads_uploadpart"}
# What every tenant has of its own, not platforms alone.
ANYBODYS = {"accounts_apikey", "jobs_job", "uploads_upload", "uploads_uploadpart"}
# What rights holders say themselves, and end themselves: only Ada did.
HOLDERS_OWN = {"catalog_consent": {"ada": 1}}
# Bolt's and Ada's in this town.
NOT_ACMES = {"catalog_consent": "ada", "catalog_trainingsetexclusion": "bolt"}
# Other guards would refuse a copy of these first.
HAVE_THEIR_OWN_TESTS = {"royalty_journal", "royalty_entry", "royalty_period"}
POLICY = "new row violates row-level security policy"


def act(tenant: str, statement: str, parameters: list | None = None) -> int:
    """Run a statement as a tenant; returns how many rows it touched."""
    with tenancy.acting_as(tenant):
        return len(execute(f"{statement} RETURNING 1", parameters))


def touched(tenant: str, attack: str) -> int:
    """As `act`; where the application's role lacks the right altogether, nothing was touched."""
    try:
        with transaction.atomic():
            return act(tenant, attack)
    except ProgrammingError as error:
        if "permission denied" not in str(error):
            raise
        return 0


@pytest.mark.parametrize("name", TENANTS)
@pytest.mark.parametrize("table", sorted(set(MATRIX) - MAY_CHANGE - MAY_REMOVE))
def test_what_a_tenant_sees_it_cannot_change_or_remove(town, table, name):
    column = MODELS[table]._meta.pk.column
    for attack in (f'UPDATE "{table}" SET "{column}" = "{column}"', f'DELETE FROM "{table}"'):
        assert touched(town.tenant(name), attack) == 0


@pytest.mark.parametrize("table", sorted(MAY_CHANGE))
def test_a_tenant_changes_its_own_rows_alone(town, table):
    for name in TENANTS:
        _, seen = MATRIX[table]
        own = len(seen[name]) if name in PLATFORMS or table in ANYBODYS else 0
        if table in HOLDERS_OWN:
            own = HOLDERS_OWN[table].get(name, 0)
        attack = f'UPDATE "{table}" SET id = id'
        assert act(town.tenant(name), attack) == own
        if table not in MAY_REMOVE:
            assert act(town.tenant(name), f'DELETE FROM "{table}"') == 0


@pytest.mark.parametrize("table", sorted(MAY_REMOVE))
def test_a_tenant_removes_its_own_rows_alone(town, table):
    for name in TENANTS:
        _, seen = MATRIX[table]
        assert act(town.tenant(name), f'DELETE FROM "{table}"') == len(seen[name]) > 0


def test_a_track_is_not_seen_by_being_put_into_a_set(town):
    """T4 is in Bolt's set, and nobody agreed to anything about it that Acme may know."""
    theirs, _ = models_of(town)
    training_set = theirs.training_set
    hidden, known = town.bolt.tracks["T4"], town.acme.tracks["T1"]
    insert = (
        "INSERT INTO catalog_trainingsettrack (training_set_id, track_id, position, role,"
        " asset_sha256) VALUES (%s, %s, 0, 'train', '')"
    )
    with pytest.raises(DatabaseError, match=POLICY), transaction.atomic():
        act(town.tenant("acme"), insert, [training_set.pk, hidden.pk])
    with pytest.raises(IntegrityError), transaction.atomic():  # T1 is there already
        act(town.tenant("acme"), insert, [training_set.pk, known.pk])


@pytest.mark.parametrize("table", sorted(set(MATRIX) - MAY_ADD - HAVE_THEIR_OWN_TESTS))
@pytest.mark.parametrize("name", ["acme", "ada", "nobody"])
def test_what_only_system_writes_a_tenant_cannot_add(town, table, name):
    """A copy of an existing row: whatever is right with it, the tenant may not."""
    columns = ", ".join(
        f'"{field.column}"'
        for field in MODELS[table]._meta.concrete_fields
        if not (field.primary_key and field.get_internal_type() == "BigAutoField")
    )
    execute(f'CREATE TEMPORARY TABLE copied AS SELECT {columns} FROM "{table}" LIMIT 1')
    insert = f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM copied'
    with pytest.raises(DatabaseError, match=rf"{POLICY}|permission denied"), transaction.atomic():
        act(town.tenant(name), insert)


@pytest.mark.parametrize(
    "table", sorted(MAY_ADD - set(NOT_ACMES) - {"jobs_job", "api_storedresponse"})
)
@pytest.mark.parametrize("name", ["ada", "bolt", "nobody"])
def test_nobody_but_the_platform_reports_in_its_name(town, table, name):
    columns = [
        field.column
        for field in MODELS[table]._meta.concrete_fields
        if not field.primary_key or field.get_internal_type() != "BigAutoField"
    ]
    listed = ", ".join(f'"{column}"' for column in columns)
    execute(
        f'CREATE TEMPORARY TABLE copied AS SELECT {listed} FROM "{table}"'
        f" WHERE {OF_ACME[table]} LIMIT 1",
        [town.acme.platform.pk],
    )
    with pytest.raises(DatabaseError, match=POLICY), transaction.atomic():
        act(town.tenant(name), f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM copied')


@pytest.mark.parametrize("table", sorted(NOT_ACMES))
@pytest.mark.parametrize("name", [*TENANTS, "nobody"])
def test_nobody_says_anything_in_the_name_of_another(town, table, name):
    """Whoever said it may, and is told that it is there already."""
    model = MODELS[table]
    columns = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields if not f.primary_key)
    own = "is_opt_out" if table == "catalog_consent" else "true"
    execute(f'CREATE TEMPORARY TABLE copied AS SELECT {columns} FROM "{table}" WHERE {own}')
    refused = "unique constraint" if name == NOT_ACMES[table] else POLICY
    with pytest.raises(DatabaseError, match=refused), transaction.atomic():
        act(town.tenant(name), f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM copied')


def test_what_a_holder_said_is_ended_and_not_changed(town):
    ada = town.tenant("ada")
    for change in ("is_opt_out = false", "valid_from = '2020-02-01'", "model_version_id = NULL"):
        with pytest.raises(IntegrityError, match="ended, and not changed"), transaction.atomic():
            act(ada, f"UPDATE catalog_consent SET {change} WHERE is_opt_out")
    ending = "UPDATE catalog_consent SET valid_until = '2026-12-01'"
    assert act(ada, ending) == 1


OF_ACMES_MODEL = "model_version_id IN (SELECT id FROM catalog_modelversion WHERE platform_id = %s)"
ACMES_UPLOAD = (
    "tenant = 'organisation:' || (SELECT organisation_id FROM catalog_platform WHERE id = %s)"
)
OF_ACME = dict.fromkeys(MAY_ADD, "platform_id = %s") | {
    "uploads_upload": ACMES_UPLOAD,
    "uploads_uploadpart": f"upload_id IN (SELECT id FROM uploads_upload WHERE {ACMES_UPLOAD})",
    "catalog_checkpoint": OF_ACMES_MODEL,
    "catalog_trainingset": OF_ACMES_MODEL,
    "catalog_trainingsettrack": "training_set_id IN"
    f" (SELECT id FROM catalog_trainingset WHERE {OF_ACMES_MODEL})",
    "api_loggedrequest": "tenant = 'organisation:' ||"
    " (SELECT organisation_id FROM catalog_platform WHERE id = %s)",
    **dict.fromkeys(
        ("accounts_apikey", "webhooks_endpoint", "webhooks_event", "webhooks_delivery"),
        "organisation_id = (SELECT organisation_id FROM catalog_platform WHERE id = %s)",
    ),
    "attribution_featurestore": "model_version_id IN (SELECT id FROM catalog_modelversion"
    " WHERE platform_id = %s)",
    "attribution_generationfeatures": "generation_id IN (SELECT id FROM attribution_generation"
    " WHERE platform_id = %s)",
    "attribution_featureopening": "draw_id IN (SELECT draw.id FROM attribution_featuredraw draw"
    " JOIN attribution_generationfeatures features ON features.id = draw.features_id"
    " JOIN attribution_generation piece ON piece.id = features.generation_id"
    " WHERE piece.platform_id = %s)",
    "attribution_attributionrun": "feature_store_id IN (SELECT store.id"
    " FROM attribution_featurestore store JOIN catalog_modelversion model"
    " ON model.id = store.model_version_id WHERE model.platform_id = %s)",
}


def models_of(town):
    return [ModelVersion.objects.get(platform=world.platform) for world in (town.acme, town.bolt)]


def test_a_piece_cannot_be_given_to_another_platform(town):
    mine = town.bolt.generations["H1"]
    with pytest.raises(DatabaseError, match=POLICY), transaction.atomic():
        act(
            town.tenant("bolt"),
            "UPDATE attribution_generation SET platform_id = %s WHERE id = %s",
            [town.acme.platform.pk, mine.pk],
        )


def test_a_piece_cannot_be_said_to_come_from_another_platforms_model(town):
    theirs, _ = models_of(town)
    asset = Asset.objects.first()
    with tenancy.acting_as(town.tenant("bolt")), pytest.raises(DatabaseError, match=POLICY):
        Generation.objects.create(
            platform=town.bolt.platform,
            model_version=theirs,
            external_id="stolen",
            asset=asset,
            generated_at=AFTER,
        )


def test_a_piece_cannot_join_another_platforms_run(town):
    with tenancy.acting_as(town.tenant("bolt")), pytest.raises(DatabaseError, match=POLICY):
        Generation.objects.update(arrival_run=town.acme.run)


def test_a_run_cannot_be_moved_to_another_platforms_features(town):
    theirs = FeatureStore.objects.get(folder="f")
    with tenancy.acting_as(town.tenant("bolt")), pytest.raises(DatabaseError, match=POLICY):
        AttributionRun.objects.update(feature_store=theirs)


def attribution(run, generation, **more) -> Attribution:
    return Attribution(
        run=run,
        generation=generation,
        track_ids=[],
        share_ppb=[],
        low_ppb=[],
        high_ppb=[],
        unattributed_ppb=1_000_000_000,
        has_model_interval=False,
        **more,
    )


def test_a_platform_cannot_attribute_anothers_piece_whatever_it_calls_it(town):
    """The platform of a row is the database's word, not the writer's."""
    theirs = town.acme.generations["G1"]
    for run, pattern in ((town.acme.run, POLICY), (town.bolt.run, "not of one platform")):
        row = attribution(run, theirs, platform=town.bolt.platform)
        with (
            pytest.raises(DatabaseError, match=pattern),
            transaction.atomic(),
            tenancy.acting_as(town.tenant("bolt")),
        ):
            row.save()


def test_a_run_of_one_platform_says_nothing_of_anothers_piece_even_for_system(town):
    row = attribution(town.acme.run, town.bolt.generations["H1"])
    with pytest.raises(IntegrityError, match="not of one platform"):
        row.save()


EVENT = {
    "usage": "INSERT INTO royalty_usageevent (platform_id, event_id, service, generation_id,"
    " subscriber, used_at, count, intake_file_id)"
    " VALUES (%s, 'forged', 'studio', %s, 'V1', now(), 1, %s)",
    "revenue": "INSERT INTO royalty_revenueevent (platform_id, event_id, service, generation_id,"
    " kind, subscriber, amount_atoms, currency, earned_on, intake_file_id)"
    " VALUES (%s, 'forged', 'studio', %s, 'output', '', 1, 'EUR', now(), %s)",
}


@pytest.mark.parametrize("kind", EVENT)
@pytest.mark.parametrize("by", ["bolt", "system"])
def test_an_event_is_about_the_platforms_own_piece(town, kind, by):
    own_file = IntakeFile.objects.filter(platform=town.bolt.platform).first()
    theirs = town.acme.generations["G1"]
    values = [town.bolt.platform.pk, theirs.pk, own_file.pk]
    with pytest.raises(IntegrityError, match="forged is about a piece of another platform"):
        act(town.tenant(by), EVENT[kind], values)


@pytest.mark.parametrize("kind", EVENT)
@pytest.mark.parametrize("by", ["bolt", "system"])
def test_an_event_came_in_a_file_of_its_platform(town, kind, by):
    their_file = IntakeFile.objects.filter(platform=town.acme.platform).first()
    own = town.bolt.generations["H1"]
    with pytest.raises(IntegrityError, match="forged is said to come from a file of another"):
        act(town.tenant(by), EVENT[kind], [town.bolt.platform.pk, own.pk, their_file.pk])


@pytest.mark.parametrize("tenant", ["system", "", "organisation:1", "nobody"])
@pytest.mark.parametrize("name", ["bolt", "ada"])
def test_a_job_cannot_be_had_done_as_somebody_else(town, name, tenant):
    if tenant == town.tenant(name):
        pytest.skip("that is itself")
    with tenancy.acting_as(town.tenant(name)):
        for forge in (
            lambda: Job.objects.create(kind="note", tenant=tenant),
            lambda: Job.objects.update(tenant=tenant),
        ):
            with pytest.raises(DatabaseError, match=POLICY), transaction.atomic():
                forge()


def test_a_file_that_is_known_cannot_be_put_in_place_of_another(town):
    for name in TENANTS:
        with tenancy.acting_as(town.tenant(name)):
            assert Asset.objects.update(storage_name="assets/of/somebody/else") == 0
            assert Asset.objects.filter(sha256__gt="").exists()
