"""What says something independent of us? Every statement's proof, by the stand-alone verifier as a
program of its own; published roots; beancount, which adds the exported ledger up."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.management import call_command

from demo.year.checks.check import Check
from demo.year.desk import published_roots
from demo.year.world import World
from royalty.models import Statement
from royalty.proof import ChainedRoot
from royalty.proof.verify_statement import read
from royalty.selectors.documents import (
    DocumentAlteredError,
    DocumentPendingError,
    document_of,
    verifier,
)
from royalty.selectors.proofs import differences, roots, statement_proof

AT_ONCE = 2  # verifying programs
SECONDS = 60  # that one of them may take
BEAN_CHECK = "bean-check"


def statements_are_proved(world: World) -> Check:
    """Every statement by the stand-alone program, against the roots that were published last."""
    folder = world.folder / "proofs"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / verifier().name
    program.write_bytes(verifier().content)
    published = sorted(published_roots(world).glob("*.json"))[-1]
    statements = Statement.objects.filter(version=1).select_related("party", "period__contract")

    def fault(path: Path) -> str:
        command = [sys.executable, "-I", "-S", str(program), str(path), str(published)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        return "" if said.returncode == 0 else f"{path.name}: {said.stdout}{said.stderr}"

    in_order = list(statements.order_by("period_id", "pk"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(fault, (_write_proof(folder, each) for each in in_order)))
    found += [_unlike_its_document(folder, each) for each in in_order]
    evidence = f"{len(in_order):,} statements, by {program.name}, each in a process of its own"
    return Check("Every statement is proved", evidence, tuple(filter(None, found)))


def _write_proof(folder: Path, statement: Statement) -> Path:
    path = _path(folder, statement)
    path.write_bytes(statement_proof(statement))
    return path


def _unlike_its_document(folder: Path, statement: Statement) -> str:
    """A sentence if the payee's own copy of the proof is not the one that was verified."""
    try:
        kept = document_of(statement, "proof").content
    except (DocumentPendingError, DocumentAlteredError) as error:
        return str(error)
    same = kept == _path(folder, statement).read_bytes()
    return "" if same else f"{statement}: its payee was given another proof."


def _path(folder: Path, statement: Statement) -> Path:
    return folder / f"{statement.pk}.json"


def roots_are_those_that_were_published(world: World) -> Check:
    """No root has changed since the month in which it was published."""
    lists = sorted(published_roots(world).glob("*.json"))
    faults = [
        fault
        for path in lists
        for fault in differences(ChainedRoot(**root) for root in read(str(path))["roots"])
    ]
    chains = {root.contract for root in roots()}
    evidence = f"{len(roots())} roots in {len(chains)} chains, as {len(lists)} lists had them"
    return Check("Roots are chained, and those that were published", evidence, tuple(faults))


def beancount_agrees(world: World) -> Check:
    """Another program adds up the exported ledger, and finds every balance that ours says."""
    claim = "beancount agrees with every balance"
    program = Path(sys.executable).with_name(BEAN_CHECK)
    path = world.folder / "ledger.beancount"
    with (world.folder / "export.log").open("w", encoding="utf-8") as log:
        call_command("export_ledger", str(path), format="beancount", stdout=log)
    if not program.exists():
        return Check(claim, f"NOT CHECKED: {BEAN_CHECK} is not installed; the extra dev has it")
    said = subprocess.run([program, path], capture_output=True, text=True, check=False)
    text = path.read_text(encoding="utf-8")
    evidence = f"{text.count(' balance ')} balances asserted in {path.name}"
    faults = () if said.returncode == 0 else (said.stdout + said.stderr,)
    return Check(claim, evidence, faults)
