"""`compare_models`: a period under other models, before anybody signs; refusals are sentences."""

import pytest
from django.core.management import CommandError, call_command

from royalty.models import AllocationRun, Entry
from royalty.selectors.runs import books_of
from royalty.services import periods
from tests.royalty.cast import AFTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def computed(reported):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    return reported


@pytest.fixture
def said(capsys):
    def run(*arguments: str) -> str:
        call_command("compare_models", *arguments)
        return capsys.readouterr().out

    return run


@pytest.fixture
def saved(computed, tmp_path):
    path = tmp_path / "october.npz"
    books_of(AllocationRun.objects.get()).snapshot.save(str(path))
    return str(path)


def test_a_period_is_compared_with_every_model_that_applies(computed, said):
    text = said("studio-2026", "2026-10-01")
    first, *rows = text.split("\n\n")[0].splitlines()
    assert first == ("studio-2026 2026-10: 28.00 EUR, 40 uses, 3 holders; changes against pro_rata")
    assert [row.split("  ")[-1] for row in rows[1:]] == [
        "pro_rata",
        "user_centric",
        "blend alpha_ppm=500000",
        "shapley_index",
        "scaled_user_prop",
        "artist_centric boost_factor=2 boost_subscribers=500 boost_uses=1000 subscriber_cap=1000",
    ]
    assert "-2.8433 to         5.8366  Party C" in text


def test_comparing_writes_nothing(computed, said):
    before = AllocationRun.objects.count(), Entry.objects.count()
    said("studio-2026", "2026-10-01")
    assert (AllocationRun.objects.count(), Entry.objects.count()) == before


def test_models_can_be_named_with_their_parameters(computed, said):
    text = said("studio-2026", "2026-10-01", "--model", "blend:alpha_ppm=1000000")
    assert "blend alpha_ppm=1000000: nothing changes" in text
    assert "user_centric" not in text


def test_a_snapshot_file_is_compared_without_any_contract(saved, said):
    text = said("--snapshot", saved, "--pool", "28.00", "--model", "user_centric")
    assert text.startswith("snapshot: 28.00 EUR, 40 uses, 3 holders; changes against user_centric")


REFUSED = {
    "nothing named": ([], "Name a contract"),
    "unknown contract": (["nobody", "2026-10-01"], "no contract 'nobody'"),
    "unknown period": (["studio-2026", "2025-01-01"], "no period that starts on 2025-01-01"),
    "unknown model": (["studio-2026", "2026-10-01", "--model", "fair"], "no model 'fair'"),
    "not a number": (
        ["studio-2026", "2026-10-01", "--model", "blend:alpha_ppm=half"],
        "no PARAMETER=NUMBER",
    ),
    "out of bounds": (
        ["studio-2026", "2026-10-01", "--model", "blend:alpha_ppm=-1"],
        "from 0 to 1,000,000",
    ),
    "other money": (
        ["studio-2026", "2026-10-01", "--model", "per_output"],
        "per_output cannot share this money",
    ),
    "no pool": (["--snapshot", "x.npz"], "Say with --pool"),
    "no file": (["--snapshot", "/nowhere/x.npz", "--pool", "1.00"], "cannot be read"),
    "no amount": (["--snapshot", "x.npz", "--pool", "much"], "is not an amount"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_compared_is_refused_with_a_sentence(computed, said, case):
    arguments, sentence = REFUSED[case]
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)


def test_an_open_period_is_refused(reported, said):
    with pytest.raises(CommandError, match="compute it first"):
        said("studio-2026", "2026-10-01")


def test_a_file_that_is_no_snapshot_is_refused(saved, said, tmp_path):
    torn = tmp_path / "torn.npz"
    with open(saved, "rb") as whole:
        torn.write_bytes(whole.read()[:100])
    with pytest.raises(CommandError, match="cannot be read"):
        said("--snapshot", str(torn), "--pool", "28.00")
