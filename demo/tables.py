"""The closing tables: what was found, what is owed and why, and what it all cost."""

from collections.abc import Sequence
from statistics import mean, median

from rich.padding import Padding
from rich.table import Table

from attribution.models import AttributionRun
from common.jobs.models import Job
from demo.accounting import Books
from demo.locating import Located
from demo.money import example_files, table_of_money, table_of_reasons
from demo.paying import Payments, table_of_payments
from demo.show import Show, plain_table
from demo.truth import Finding

KINDS = {
    "copy": "part of a training song",
    "transposed": "the same, transposed",
    "mp3": "the same, as an MP3",
    "mixture": "parts of two of them",
    "control": "part of a control song",
}


def close(
    show: Show,
    *,
    learnt: tuple[Sequence[Job], Job | None],
    found: tuple[AttributionRun, Sequence[Finding], Sequence[Located]],
    books: Books,
    payments: Payments,
    users: str,
) -> None:
    """Print everything that the demo found out; `learnt`: the members' jobs, the baseline's."""
    console = show.console
    run, findings, located = found
    for part in (
        _learning(*learnt),
        _truth(findings),
        *([_where(located)] if located else []),
        _how_good(run, findings),
        table_of_money(books),
        table_of_reasons(books),
        table_of_payments(payments),
        show.table_of_stages(),
    ):
        console.print()
        console.print(part)
    folder, example = example_files(books)
    console.print(f"\nStatements, as files:      [bold]{folder}[/]", soft_wrap=True)
    console.print(f"for example               [bold]{example}[/]", soft_wrap=True)
    console.print(f"Payment order, pain.001:  [bold]{payments.order}[/]", soft_wrap=True)
    console.print(f"Remittance advices:       [bold]{payments.advices}[/]", soft_wrap=True)
    console.print(f"\n{users}", markup=False, soft_wrap=True)
    console.print(
        "Run [bold]make demo[/] again: nothing is counted twice.  [bold]make stop[/] ends"
    )
    console.print("the private servers, [bold]make clean[/] removes everything.")
    console.print("[bold]make serve[/] opens the portal.")


def _table(title: str, *columns: str) -> Table:
    """A table whose first column is text and whose others are numbers."""
    table = plain_table(title)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    return table


def _learning(trained: Sequence[Job], baseline: Job | None) -> Table:
    if baseline is None:
        return _hearing(trained)
    table = _table(
        "Did the model learn? Nats a token, less is better", "", "songs never seen", "seen"
    )
    for job in trained:
        seed, result = job.payload["seed"], job.result
        table.add_row(
            f"Music Transformer, member {seed}",
            f"{result['control_nats']:.3f}",
            f"{result['train_nats']:.3f}",
        )
    table.add_row("5-gram, modified Kneser-Ney", f"{baseline.result['control_nats']:.3f}", "")
    return table


def _hearing(trained: Sequence[Job]) -> Table:
    table = _table(
        "Did the model learn? Nats a code, less is better", "", "songs never heard", "heard"
    )
    for job in trained:
        losses = (f"{job.result[key]:.3f}" for key in ("control_loss", "train_loss"))
        table.add_row(f"Model of coded sound, member {job.payload['seed']}", *losses)
    return table


def _where(located: Sequence[Located]) -> Table:
    """Are the seconds found that were spliced?"""
    table = _table(
        "Were the spliced seconds found? (median distance of the middles, in seconds)",
        "",
        "distance",
        "found\nwithin 2 s",
        "by\nchance",
    )
    sides = (
        ("in the piece", [each.in_piece for each in located]),
        ("in the track", [each.in_track for each in located]),
    )
    for label, found in sides:
        distances = [each.distance_seconds for each in found]
        table.add_row(
            label,
            f"{median(distances):.1f}",
            f"{sum(each <= 2 for each in distances)} of {len(distances)}",
            f"{mean(each.by_chance for each in found):.0%}",
        )
    return table


def _truth(findings: Sequence[Finding]) -> Table:
    table = _table(
        "Was the true source of planted pieces found first? (worst rank)",
        "planted",
        "by\ninfluence",
        "by\nsimilarity",
        "paid to\nsources",
        "to\nothers",
        "to\nnobody",
    )
    for kind, label in KINDS.items():
        group = [finding for finding in findings if finding.piece.kind == kind]
        if not group:
            continue
        table.add_row(
            label,
            _ranks([finding.ranks for finding in group]),
            _ranks([finding.similarity_ranks for finding in group]),
            f"{mean(finding.true_share for finding in group):.0%}" if kind != "control" else "-",
            f"{mean(finding.other_share for finding in group):.0%}",
            f"{mean(finding.unattributed for finding in group):.0%}",
        )
    return table


def _ranks(pieces: Sequence[tuple[int, ...]]) -> str:
    """How many true sources came first (of two sources: first or second), and the worst rank."""
    ranks = [(rank, len(sources)) for sources in pieces for rank in sources]
    if not ranks:
        return "-"
    found = sum(rank <= possible for rank, possible in ranks)
    return f"{found} of {len(ranks)} ({max(rank for rank, _ in ranks)})"


def _how_good(run: AttributionRun, findings: Sequence[Finding]) -> Padding:
    """In words, what the figures mean and what they do not."""
    quality = run.quality
    false_payment = quality["false_payment"]
    controls = [finding for finding in findings if finding.piece.kind == "control"]
    wrongly = mean(finding.other_share for finding in controls)
    lines = [
        f"Of the value of what the model itself generated ({quality['generations']} pieces), "
        f"[bold]{quality['attributed']:.1%} could be attributed[/] to training songs; the rest did "
        "not rise above what songs score that the model never saw, and follows the contract's "
        "fallback.",
        f"Copies of control songs paid {wrongly:.1%} of their value to somebody, wrongly."
        if wrongly
        else "Copies of control songs paid nobody, as it should be.",
    ]
    if false_payment is not None:
        lines.append(
            f"Test controls that competed with training songs took {false_payment:.1%} of the "
            f"money (goal: at most 1 %), measured on {quality['test_tracks']} songs."
        )
    lines.append(
        "Planted pieces are easy: a copy resembles its source more than anything generated does. "
        "They show that money goes to the right song when a song's influence is strong, not how "
        "well the weak influence behind ordinary output is measured."
    )
    return Padding("\n".join(lines), (0, 0, 0, 2))
