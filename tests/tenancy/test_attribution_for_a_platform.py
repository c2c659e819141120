"""A platform's own job attributes its pieces as well as the operator's: it is blind to nothing."""

import pytest

from accounts.models import Organisation
from attribution.models import Attribution, AttributionRun, FeatureStore, Generation
from attribution.services.attributing import request_attribution
from attribution.services.corpora import load_corpus
from attribution.services.generations import register_generation
from attribution.services.reading import reader_of
from catalog.models import Representation, Share, TrainingSet
from catalog.services.assets import asset_path
from common.database import tenancy
from common.jobs.dispatch import enqueue
from common.jobs.registry import JobError
from tests.attribution.conftest import (
    GENERATED_AT,
    built_world,
    do,
    module_broker,
    succeed,
    world,
)

__all__ = ["built_world", "module_broker", "world"]  # fixtures


@pytest.fixture
def cadenza(world) -> str:
    """The platform as a tenant."""
    organisation = Organisation.objects.create(name="Cadenza", kind="platform")
    platform = world.model_version.platform
    platform.organisation = organisation
    platform.save()
    return organisation.tenant


@pytest.fixture
def holder(world) -> str:
    """Somebody with a share in one of the songs that were trained on."""
    organisation = Organisation.objects.create(name="Holder", kind="rights_holder")
    copied = world.model_version.training_set.members.get(track__ref=world.copied).track
    share = Share.objects.filter(work=copied.work).first()
    Representation.objects.create(organisation=organisation, party=share.party)
    return organisation.tenant


def said(run: AttributionRun) -> list[tuple]:
    rows = Attribution.objects.filter(run=run).order_by("generation__external_id")
    return [(row.track_ids, row.share_ppb, row.evidence, row.platform_id) for row in rows]


def test_its_job_says_what_the_operators_says(world, cadenza):
    by_operator, job = request_attribution(world.store, world.generations)
    succeed(job)
    with tenancy.acting_as(cadenza):
        store = FeatureStore.objects.get(pk=world.store.pk)
        own, job = request_attribution(store, list(Generation.objects.all()))
    assert job.tenant == cadenza
    succeed(job)
    assert said(own) == said(by_operator)
    assert any(tracks for tracks, *_ in said(own))


def test_it_registers_a_piece_and_finds_it_again(world, cadenza):
    track = world.model_version.training_set.members.get(track__ref=world.copied).track
    content = asset_path(track.asset).read_bytes()
    with tenancy.acting_as(cadenza):
        pieces = {
            register_generation(
                model_version=world.model_version,
                external_id="sent",
                content=content,
                generated_at=GENERATED_AT,
            ).pk
            for _ in range(2)
        }
    assert len(pieces) == 1


def test_a_holder_who_sees_a_part_of_the_set_cannot_have_it_taken_for_the_whole(world, holder):
    reader = reader_of(world.model_version.checkpoints.first())
    with tenancy.acting_as(holder):
        training_set = TrainingSet.objects.get()
        assert 0 < training_set.members.count() < training_set.track_count
        with pytest.raises(JobError, match=r"has 24 tracks, of which \d are shown here"):
            load_corpus(training_set, reader)


def test_a_job_that_a_holder_forges_ends_with_a_reason(world, holder):
    """It may ask for a run that it does not see; the worker then sees no run."""
    run, _ = request_attribution(world.store, world.generations)
    with tenancy.acting_as(holder):
        job = enqueue("attribution.attribute", {"run": str(run.pk)}, max_attempts=1)
    done = do(job)
    assert (done.status, Attribution.objects.filter(run=run).count()) == ("failed", 0)
    assert "does not exist" in done.error
