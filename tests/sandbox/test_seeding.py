"""What a sandbox begins with, as far as it needs no training."""

import pytest
from rich.console import Console

from attribution.models import FeatureStore
from attribution.services.features import store_folder
from catalog.models import ModelVersion, Platform, TrainingSet
from catalog.services.training_sets import register_platform
from common.money import currency
from demo.sandbox import models, seeding
from demo.show import DemoFailed
from royalty.api.money import amount_text
from royalty.models import Contract, Period
from tests.royalty.cast import TRAINED, worked_example

pytestmark = pytest.mark.django_db
QUIET = Console(quiet=True)


@pytest.fixture
def template() -> FeatureStore:
    """A sealed store of the sandbox's model, of another platform's music."""
    world = worked_example()
    world.platform.model_versions.update(name=models.NAME, version=models.VERSION)
    store = FeatureStore.objects.get()
    store.folder, store.digest, store.sealed_at = "1-abc", "f" * 64, TRAINED
    store.save()
    (store_folder(store) / "rows").mkdir(parents=True)
    (store_folder(store) / "rows" / "shard-0").write_bytes(b"rows")
    return store


@pytest.fixture
def same_music(monkeypatch, template) -> None:
    """Every platform's model was trained on what the first one's was."""

    def version_of(platform: Platform) -> ModelVersion:
        version = platform.model_versions.create(name=models.NAME, version=models.VERSION)
        members = list(template.training_set.members.all())
        copy = TrainingSet.objects.create(
            model_version=version, digest="e" * 64, track_count=len(members), frozen_at=TRAINED
        )
        for member in members:
            member.pk, member.training_set = None, copy
            member.save(force_insert=True)
        return version

    monkeypatch.setattr(models, "_version_of", version_of)


def test_an_empty_sandbox_says_what_to_do():
    with pytest.raises(DemoFailed, match="run make sandbox first"):
        seeding.another("Mine", QUIET)


def test_another_platform_has_its_own_contracts_key_and_a_copy_of_the_model(template, same_music):
    key = seeding.another("My platform", QUIET)
    platform = Platform.objects.get(code="my-platform")
    services = Contract.objects.filter(platform=platform).order_by("service")
    assert [contract.service for contract in services] == ["club", "shop", "studio", "training"]
    assert Period.objects.filter(contract__platform=platform, status="open").count() == 4
    (own,) = platform.organisation.keys.all()
    assert key.startswith(own.prefix)
    copy = FeatureStore.objects.get(model_version__platform=platform)
    assert (copy.digest, copy.sealed_at) == (template.digest, template.sealed_at)
    assert (store_folder(copy) / "rows" / "shard-0").read_bytes() == b"rows"
    assert copy.folder != template.folder


@pytest.mark.parametrize("name", ["Acme", "acme!", "", "***"])
def test_a_name_that_is_taken_or_none_makes_nothing(template, name):
    with pytest.raises(DemoFailed, match="is taken, or is no name"):
        seeding.another(name, QUIET)
    assert Platform.objects.count() == 1


def test_furnishing_again_signs_nothing_twice(template):
    platform = register_platform(code="sandbox", name="Sandbox")
    for _ in range(2):
        seeding.furnish(platform)
    assert platform.contracts.count() == 4


@pytest.mark.parametrize(
    ("atoms", "code", "text"),
    [
        (0, "EUR", "0.00"),
        (1, "EUR", "0.00000001"),
        (-1_250_000, "EUR", "-0.0125"),
        (1_234_567_800_000_000, "EUR", "12345678.00"),
        (15_000, "JPY", "1.5"),
        (-30_000, "JPY", "-3"),
    ],
)
def test_amounts_are_exact_text(atoms, code, text):
    assert amount_text(atoms, currency(code)) == text
