"""How long a large statement takes, and the explanation of one of its lines.

A month goes through the product's own services: uses and fees are taken in, the period is computed,
reviewed and closed, and then one party, who owns every track, has a line for each pair of a piece
and a track. Rendering writes every document; each format is measured alone too, against a bare
`csv.writer` of the same cells. An explanation is measured against computing the run again, which is
what it would take without it; a cold reader is a process that has just begun.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from django.db import transaction

from benchmarks.royalty import cast
from benchmarks.royalty.meter import Cost, once
from royalty.documents import (
    StatementDocument,
    StatementLine,
    statement_csv,
    statement_json,
    statement_pdf,
    statement_rdr,
    statement_tsv,
    statement_xlsx,
)
from royalty.models import Statement
from royalty.selectors.explanations import explained_line
from royalty.selectors.lines import party_lines
from royalty.selectors.runs import books_of, kept_books_of, kept_lines
from royalty.selectors.statement_document import statement_document
from royalty.selectors.statement_lines import lines_of
from royalty.services import intake, periods, statements

Writer = Callable[[StatementDocument, Sequence[StatementLine]], bytes | Iterable[bytes]]

TRACKS, TRACKS_PER_PIECE, USES_PER_PIECE = 500, 10, 10
EXPLAINED = 15  # lines, from the largest to the smallest
BARE, AGAIN = "writing, a bare csv.writer", "computing the run again"
FORMATS: dict[str, Writer] = {
    "CSV": statement_csv,
    "TSV": statement_tsv,
    "JSON": statement_json,
    "RDR-R": statement_rdr,
    "XLSX": statement_xlsx,
    "PDF": lambda document, _lines: statement_pdf(document),
}
# Against which step one is measured.
BASES = {f"writing, {name}": BARE for name in FORMATS} | {
    "explaining a line, cold": AGAIN,
    "explaining a line, median": AGAIN,
}


def steps(lines: int, folder: Path) -> dict[str, Cost]:
    """Settle a month whose statement has `lines` lines; then render it and explain some."""
    taken: dict[str, Cost] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        taken[name] = once(work)

    of = _month(max(1, lines // TRACKS_PER_PIECE), folder)
    period, as_of = of.period, cast.AFTER
    timed(
        "computing the period",
        lambda: periods.compute_period(period=period, user=of.ann, as_of=as_of),
    )
    periods.review_period(period=period, user=of.ben, as_of=as_of)
    timed(
        "closing the period", lambda: periods.close_period(period=period, user=of.ann, as_of=as_of)
    )
    statement = Statement.objects.select_related(
        "party", "period__contract__platform", "run__period__contract__platform"
    ).get(period=of.period)
    kept_lines.cache_clear()
    timed(
        "rendering, all documents",
        lambda: statements.render_statement(statement=statement, as_of=as_of),
    )
    taken |= _writing(statement)
    timed(AGAIN, lambda: books_of(statement.run))
    kept_lines.cache_clear()
    listed = lines_of(statement)
    assert len(listed) >= lines // TRACKS_PER_PIECE * TRACKS_PER_PIECE
    timed("a page of 50 lines", lambda: listed[:50])
    rows = [listed[at * (len(listed) - 1) // (EXPLAINED - 1)].row for at in range(EXPLAINED)]
    kept_lines.cache_clear()
    timed("explaining a line, cold", lambda: _explain(statement, rows[0]))
    explained = [once(partial(_explain, statement, row)) for row in rows]
    taken["explaining a line, median"] = Cost(
        median(cost.wall_seconds for cost in explained),
        median(cost.cpu_seconds for cost in explained),
    )
    return taken


def _writing(statement: Statement) -> dict[str, Cost]:
    """Deriving the lines, then each format alone, and the same cells by the library's writer."""
    derived = once(lambda: party_lines(kept_books_of(statement.run), statement.party.ref))
    lines = party_lines(kept_books_of(statement.run), statement.party.ref)
    document = statement_document(statement, lines)
    text = b"".join(statement_csv(document, lines)).decode()
    cells = list(csv.reader(io.StringIO(text, newline="")))
    taken = {
        "deriving the lines in words": derived,
        BARE: once(lambda: csv.writer(io.StringIO(newline="")).writerows(cells)),
    }
    for name, write in FORMATS.items():
        taken[f"writing, {name}"] = once(partial(_written, write, document, lines))
    return taken


def _written(write: Writer, document: StatementDocument, lines: Sequence[StatementLine]) -> int:
    """Write a whole statement; returns its bytes."""
    written = write(document, lines)
    return len(written) if isinstance(written, bytes) else sum(map(len, written))


def _explain(statement: Statement, row: int) -> None:
    """Explain a line, and make sure that the steps arrive at its amount."""
    found = explained_line(statement, row)
    assert found.explanation.atoms == found.line.atoms


def _month(pieces: int, folder: Path) -> cast.Cast:
    """Everything that is reported for a month, and who owns what."""
    with transaction.atomic():
        of = cast.cast("statement")
        generations = cast.generations(of, pieces)
        (party,) = cast.parties("owner", 1)
        tracks = cast.tracks_of(party, TRACKS)
        cast.attribute(of, generations, tracks, TRACKS_PER_PIECE)
    uses = cast.uses("use", generations, pieces * USES_PER_PIECE)
    usage, revenue = (
        cast.ndjson(folder / "usage.ndjson", uses),
        cast.ndjson(folder / "revenue.ndjson", cast.fees()),
    )
    intake.take_usage(platform=of.platform, source=usage, name=usage.name)
    intake.take_revenue(platform=of.platform, source=revenue, name=revenue.name)
    return of
