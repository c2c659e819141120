"""Whoever dies in the middle of a month's work, at any point, leaves nothing half done.

Every step from the first file to the payment is killed at named points, one after the other, and
then simply taken again. After each death the database is as it was before the step; in the end
books, statements and files are those of a month in which nobody died.
"""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from royalty.models import Payout, PayoutBatch, Period, Statement
from royalty.selectors.ledger import trial_balance
from royalty.selectors.verification import verify_ledger
from tests.conftest import cloned_database
from tests.simulation.chaos import fingerprint
from tests.simulation.killing import backend_ended, process_killed, without_chance
from tests.simulation.month import COMMITS_BY_PARTS, STAGES, begin
from tests.simulation.year import REFUSALS


@pytest.fixture(autouse=True)
def quiet(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), without_chance():
        yield


def outcome() -> dict[str, object]:
    """Books, statements and files, as far as they may not depend on who died."""
    rows = [(str(row.account), row.debit_atoms, row.credit_atoms) for row in trial_balance().rows]
    names = ("opening", "attributed", "fallback", "adjustment", "settled", "closing")
    stated = Statement.objects.order_by("party__ref").values_list(
        *("party__ref", "run__snapshot_sha256", "run__lines_sha256"),
        *(f"{name}_atoms" for name in names),
    )
    paid = Payout.objects.order_by("party__ref").values_list(
        "party__ref", "status", "payable_atoms"
    )
    root = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    files = {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        # Whoever dies while writing leaves a part; a batch's number, which is in its file, is
        # given to nobody else although the draft came to nothing.
        if path.is_file() and path.suffix != ".part" and "payouts" not in path.parts
    }
    return {
        "books": rows,
        "statements": list(stated),
        "periods": list(Period.objects.order_by("starts_on").values_list("status", flat=True)),
        "payouts": list(paid),
        "batches": list(PayoutBatch.objects.values_list("status", flat=True)),
        "files": files,
    }


def undisturbed(folder: Path) -> dict[str, object]:
    with cloned_database():
        world = begin()
        for stage in STAGES:
            stage.step(world, folder)
        assert verify_ledger() == []
        return outcome()


@pytest.mark.slow
@pytest.mark.parametrize("kill", [process_killed, backend_ended], ids=["process", "backend"])
def test_whoever_dies_at_any_point_leaves_nothing_half_done(kill, tmp_path):
    with cloned_database():
        world = begin()
        for stage in STAGES:
            for name, point in stage.points.items():
                as_it_was = fingerprint()
                assert kill(point, stage.step, world, tmp_path), f"{stage.name}: {name}"
                if stage.name not in COMMITS_BY_PARTS:
                    assert fingerprint() == as_it_was, f"{stage.name}: {name}"
            stage.step(world, tmp_path)
        assert verify_ledger() == []
        disturbed = outcome()
    assert disturbed == undisturbed_elsewhere(tmp_path)


@pytest.mark.slow
def test_whoever_dies_after_the_commit_may_do_it_again(tmp_path):
    with cloned_database():
        world = begin()
        for stage in STAGES:
            assert process_killed(None, stage.step, world, tmp_path), stage.name
            done = fingerprint()
            try:
                stage.step(world, tmp_path)
            except REFUSALS as refusal:
                said = str(refusal)
                assert fingerprint() == done, said
        assert verify_ledger() == []
        disturbed = outcome()
    assert disturbed == undisturbed_elsewhere(tmp_path)


def undisturbed_elsewhere(folder: Path) -> dict[str, object]:
    """The same month with files in another place, where nobody dies."""
    kept = settings.STORAGES
    other = {"BACKEND": kept["default"]["BACKEND"], "OPTIONS": {"location": str(folder / "other")}}
    with override_settings(STORAGES=kept | {"default": other}):
        return undisturbed(folder)
