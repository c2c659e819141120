"""Closing a period stores its root, once; from then on every statement can be proved."""

import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from catalog.models import Share
from royalty.models import AllocationRun, Journal, Period, PeriodRoot, PeriodSecret, Statement
from royalty.proof import VERIFIER
from royalty.selectors.documents import file_of
from royalty.selectors.proofs import roots, statement_proof, wrong_root
from royalty.services import intake, periods, proofs, restatements, statements
from royalty.services.periods import PeriodError
from royalty.services.statements import RenderingError
from tests.royalty.attacker import execute
from tests.royalty.cast import (
    AFTER,
    SOLD,
    ndjson,
    revenue_line,
    revenue_lines,
    settle,
    usage_line,
    usage_lines,
    worked_example,
)
from tests.royalty.proving import faults

IN_DECEMBER = AFTER.replace(month=12)


@pytest.fixture
def closed(reported):
    settle(reported)
    return reported


@pytest.fixture
def two_months(closed, take):
    """October, and a November that pays the same parties again."""
    closed.november = open_november(closed)
    uses = [usage_line(60, "U1", "G1", 1) | {"used_at": "2026-11-05T00:00:00Z"}]
    take(closed, "usage", uses, "uses of november")
    fee = revenue_line("U1", "10.00") | {"event_id": "fee-2", "earned_on": "2026-11-01"}
    take(closed, "revenue", [fee], "fees of november")
    settle(closed, closed.november, IN_DECEMBER)
    return closed


def open_november(world) -> Period:
    return periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )


def proof_file(ref: str, period: Period | None = None) -> str:
    """The path of a statement's proof, as a worker writes it."""
    found = Statement.objects.filter(party__ref=ref)
    found = found.filter(period=period) if period else found
    rendered = statements.render_statement(statement=found.get(), as_of=AFTER)
    return default_storage.path(file_of(rendered, "proof").name)


def content(path: str) -> dict:
    with open(path) as file:
        return json.load(file)


def verify(folder, *paths) -> subprocess.CompletedProcess:
    """Run the verifier as its own program: no packages, no project, another folder."""
    program = shutil.copy(VERIFIER, folder)
    return subprocess.run(
        [sys.executable, "-I", "-S", program, *map(str, paths)],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


# --- What closing does ---


@pytest.mark.django_db
def test_closing_stores_a_root_over_every_line_and_statement(closed):
    root = PeriodRoot.objects.get()
    run = AllocationRun.objects.get()
    assert (root.period_id, root.run_id, root.previous_id) == (closed.period.pk, run.pk, None)
    assert root.leaf_count == run.line_count + 3, "a leaf for each statement"
    assert len(bytes(root.secret.key)) == 32
    assert list(wrong_root(closed.period)) == []


@pytest.mark.django_db
def test_the_same_month_closed_elsewhere_has_another_root(db, report):
    found = []
    for _ in range(2):
        with transaction.atomic():
            settle(report(worked_example()))
            found.append(PeriodRoot.objects.get().root_sha256)
            transaction.set_rollback(True)
    assert found[0] != found[1], "or lines could be guessed from roots"


@pytest.mark.django_db
def test_a_month_in_which_nothing_happened_has_the_root_of_no_leaves(world):
    settle(world)
    root = PeriodRoot.objects.get()
    assert (root.leaf_count, root.root_sha256) == (0, sha256(b"").hexdigest())
    assert list(wrong_root(world.period)) == []


@pytest.mark.django_db
def test_roots_follow_one_another(two_months):
    first, second = PeriodRoot.objects.order_by("period__starts_on")
    assert second.previous == first
    assert [root.first_day for root in roots()] == ["2026-10-01", "2026-11-01"]
    assert list(wrong_root(two_months.november)) == []


def for_real(tmp_path):
    """The worked example's month, reviewed, committed."""
    world = worked_example()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        path = ndjson(tmp_path / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    periods.review_period(period=world.period, user=world.ben, as_of=AFTER)
    return world


def test_closing_at_once_makes_one_root_and_a_close_that_dies_makes_none(
    committed_db, tmp_path, monkeypatch
):
    world = for_real(tmp_path)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(proofs.PeriodSecret.objects, "create", interrupted)
        periods.close_period(period=world.period, user=world.ann, as_of=AFTER)
    assert not PeriodRoot.objects.exists()
    assert not Journal.objects.exists()
    assert not Statement.objects.exists()
    gate = threading.Barrier(3)

    def close(_):
        gate.wait()
        try:
            return periods.close_period(period=world.period, user=world.ann, as_of=AFTER)
        except PeriodError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(close, range(3)))
    assert sum(isinstance(result, Period) for result in results) == 1
    assert PeriodRoot.objects.count() == PeriodSecret.objects.count() == 1
    assert list(wrong_root(world.period)) == []


def interrupted(**_):
    raise KeyboardInterrupt


# --- What the database refuses ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attack",
    ["UPDATE royalty_periodroot SET leaf_count = 0", "DELETE FROM royalty_periodroot",
     "TRUNCATE royalty_periodroot", "UPDATE royalty_periodsecret SET key = ''",
     "DELETE FROM royalty_periodsecret", "TRUNCATE royalty_periodsecret"],
)  # fmt: skip
def test_roots_and_secrets_stay_as_they_are(closed, attack):
    with pytest.raises(DatabaseError, match="permission denied"):
        execute(attack)


def root_of(period, **more) -> PeriodRoot:
    fields = {"run": period.runs.first(), "leaf_count": 1, "root_sha256": "", "chain_sha256": ""}
    return PeriodRoot.objects.create(period=period, **(fields | more))


@pytest.mark.django_db
def test_a_period_has_one_root(closed):
    with pytest.raises(IntegrityError):
        root_of(closed.period)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["open", "computed"])
def test_a_period_has_no_root_before_it_is_reviewed(reported, status):
    run = periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    if status == "open":
        periods.reopen_period(period=reported.period)
    with pytest.raises(IntegrityError, match=f"is {status}; it has its root when it is closed"):
        root_of(reported.period, run=run)


def reviewed_november(world) -> Period:
    november = open_november(world)
    periods.compute_period(period=november, user=world.ann, as_of=IN_DECEMBER)
    periods.review_period(period=november, user=world.ben, as_of=IN_DECEMBER)
    return november


@pytest.mark.django_db
def test_a_root_follows_the_contracts_last_one_and_no_other(closed):
    november = reviewed_november(closed)
    with pytest.raises(IntegrityError, match="must follow the contract's last one"):
        root_of(november)


@pytest.mark.django_db
def test_a_root_is_of_its_own_periods_run(closed):
    november = reviewed_november(closed)
    with pytest.raises(IntegrityError, match="a run of its own period"):
        root_of(november, run=closed.period.runs.get(), previous=PeriodRoot.objects.get())


# --- What a payee can do with it ---


@pytest.mark.django_db
def test_the_verifier_says_what_it_checked(two_months, tmp_path):
    path = proof_file("A", two_months.november)
    result = verify(tmp_path, path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Statement of A under studio-2026, 2026-11-01 to 2026-11-30:\n")
    assert result.stdout.count("\n  right  ") == 5
    assert "as number 2" in result.stdout
    assert "if that root is the one that was published" in result.stdout


@pytest.mark.django_db
def test_earlier_proofs_and_published_lists_are_compared(two_months, tmp_path, capsys):
    earlier, later = proof_file("A", two_months.period), proof_file("A", two_months.november)
    call_command("roots")
    published = tmp_path / "roots.json"
    published.write_text(capsys.readouterr().out)
    result = verify(tmp_path, later, earlier, published)
    assert result.returncode == 0, result.stdout
    assert result.stdout.endswith("It is proved.\n")
    published.write_text(published.read_text().replace("2026-09-30", "2026-09-29"))
    forged = json.loads(published.read_text())
    forged["roots"][0]["root_sha256"] = "0" * 64
    published.write_text(json.dumps(forged))
    result = verify(tmp_path, later, published)
    assert result.returncode == 1
    assert "WRONG  It names another root for the period that begins on 2026-10" in result.stdout


@pytest.mark.django_db
def test_a_statement_that_was_altered_is_not_proved(closed, tmp_path):
    proof = content(proof_file("C"))
    proof["lines"][2]["atoms"] += 1
    path = tmp_path / "altered.json"
    path.write_text(json.dumps(proof))
    result = verify(tmp_path, path)
    assert result.returncode == 1
    assert "WRONG  Line 3 (piece G3, track T3) is not what was committed to." in result.stdout
    assert "It is not proved" in result.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["missing.json"], [VERIFIER], ["a.json", "b.json"]],
                         ids=["none", "missing", "a program", "two missing"])  # fmt: skip
def test_files_that_cannot_be_read_are_neither_right_nor_wrong(tmp_path, arguments):
    result = verify(tmp_path, *arguments)
    assert (result.returncode, result.stderr) == (2, "")
    assert result.stdout


@pytest.mark.django_db
def test_a_list_of_roots_is_no_proof(closed, tmp_path, capsys):
    call_command("roots", contract=closed.contract.code)
    (tmp_path / "roots.json").write_text(capsys.readouterr().out)
    result = verify(tmp_path, "roots.json")
    assert result.returncode == 2
    assert "roots.json proves no statement; name a proof first." in result.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("ref", ["name:Ägidius Öl", '"quoted", {curly}', "名前", "A\u2028B\\n"])
def test_any_party_can_be_proved(reported, tmp_path, ref):
    reported.parties["A"].ref = ref
    reported.parties["A"].save()
    settle(reported)
    result = verify(tmp_path, proof_file(ref))
    assert result.returncode == 0, result.stdout


@pytest.mark.django_db
def test_rendering_again_gives_the_same_proof(closed):
    path = proof_file("A")
    with open(path, "rb") as file:
        before = file.read()
    default_storage.delete(path)
    with open(proof_file("A"), "rb") as file:
        assert file.read() == before


@pytest.mark.django_db
def test_a_restated_period_proves_what_was_stated_and_the_correction_is_proved_later(closed):
    before = content(proof_file("A"))
    work = closed.tracks["T3"].work
    Share.objects.filter(work=work, party=closed.parties["A"]).delete()
    Share.objects.filter(work=work, party=closed.parties["C"]).update(share_ppm=1_000_000)
    november = open_november(closed)
    restatements.restate_period(
        period=closed.period, into=november, user=closed.ann, as_of=IN_DECEMBER, **SOLD
    )
    assert AllocationRun.objects.filter(period=closed.period).count() == 2
    assert json.loads(statement_proof(Statement.objects.get(party__ref="A"))) == before
    assert list(wrong_root(closed.period)) == []
    settle(closed, november, IN_DECEMBER)
    correction = content(proof_file("A", november))
    assert correction["lines"] == []
    assert correction["statement"]["amounts_atoms"]["adjustment"] < 0
    assert faults(correction) == []


# --- Commands ---


@pytest.mark.django_db
def test_roots_are_compared_with_a_published_list(two_months, tmp_path, capsys):
    call_command("roots")
    published = tmp_path / "roots.json"
    published.write_text(capsys.readouterr().out)
    call_command("roots", compare=str(published))
    assert capsys.readouterr().out == f"All 2 roots are those of {published}.\n"
    listed = json.loads(published.read_text())
    listed["roots"][0]["root_sha256"] = "0" * 64
    listed["roots"].append(listed["roots"][1] | {"first_day": "2026-12-01"})
    published.write_text(json.dumps(listed))
    with pytest.raises(CommandError, match="2 of 3 roots differ"):
        call_command("roots", compare=str(published))
    told = capsys.readouterr().err
    assert "for the period from 2026-10-01 is not the one that was published." in told
    assert "for the period from 2026-12-01 was published, and is gone." in told
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("roots", compare=str(tmp_path / "none.json"))


@pytest.mark.django_db
def test_proofs_are_written_with_all_that_verifying_takes(closed, tmp_path, capsys):
    folder = tmp_path / "for the auditor"
    with pytest.raises(CommandError, match="is being prepared"):
        call_command("statement_proofs", closed.contract.code, "2026-10-01", str(folder))
    assert not folder.exists()
    for ref in "ABC":
        proof_file(ref)
    call_command("statement_proofs", closed.contract.code, "2026-10-01", str(folder))
    assert "3 proofs in" in capsys.readouterr().out
    found = sorted(folder.glob("*-proof.json"))
    assert len(found) == 3
    for path in found:
        program = [sys.executable, "verify_statement.py", path.name, "roots.json"]
        result = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
        assert result.stdout.endswith("It is proved.\n")
    with pytest.raises(CommandError, match="has no such statement"):
        call_command("statement_proofs", closed.contract.code, "2026-10-01", str(folder), party="Z")


@pytest.mark.django_db
def test_a_period_that_was_closed_without_a_root_is_given_one(reported, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(proofs, "seal_period", lambda *_: None)
        settle(reported)
    assert [finding.partition(": ")[2] for finding in wrong_root(reported.period)] == [
        "it is closed and has no root."
    ]
    with pytest.raises(RenderingError, match="roots --complete` gives it one"):
        proof_file("A")
    call_command("roots", complete=True)
    assert "1 periods were closed without a root" in capsys.readouterr().out
    assert list(wrong_root(reported.period)) == []
    assert faults(content(proof_file("A"))) == []
    call_command("roots", complete=True)
    assert capsys.readouterr().out.startswith("0 periods")
