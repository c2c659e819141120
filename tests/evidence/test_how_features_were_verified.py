"""A payee reads who computed what it is paid by, and what is known of that."""

from attribution.models import GenerationFeatures
from attribution.services.verification.findings import record
from tests.royalty.cast import AFTER


def computed_by_platform(heard) -> GenerationFeatures:
    return GenerationFeatures.objects.create(
        generation=heard.world.generations["G3"],
        feature_store=heard.store,
        storage_name="features/one",
        sha256="a" * 64,
        size_bytes=1,
        root="b" * 64,
        segment_count=12,
        identity={},
    )


def text(heard) -> str:
    return " ".join(heard.ida.get(heard.url).content.decode().split())


def test_what_we_computed_needs_no_word(heard):
    assert "computed by the platform" not in text(heard).lower()


def test_what_nobody_verified_says_so(heard):
    computed_by_platform(heard)
    assert "Computed by the platform, not verified." in text(heard)


def test_what_was_recomputed_says_how_much_of_it(heard):
    told = "8 of 12 segments were recomputed by us under 2 checkpoints and agree."
    record(computed_by_platform(heard), "recomputed", told, as_of=AFTER, segments_checked=8)
    assert f"Computed by the platform, recomputed in part and equal. {told}" in text(heard)
