"""Statements to print: one like those that go out, and parts to make awkward ones from."""

from datetime import date

from royalty.documents import (
    Attribution,
    Change,
    LineSource,
    Period,
    Scale,
    StatementDocument,
    StatementLine,
    TopWork,
)

EUR = Scale("EUR", 2, 1_000_000)
CENT = EUR.atoms_per_minor

WORKS = (
    TopWork("Für Elise im Schnee", "Rosa Lindqvist, Jörg Weiß", 212, 48_310, 61_204_773_118,
            310_000_417, 83_400_000, 61_200_000, 109_800_000),
    TopWork("“Morning” in Łódź", "Rosa Lindqvist", 88, 9_120, 18_310_220_004, 310_000_417,
            41_000_000, 22_700_000, 60_100_000),
    TopWork("The Long Way Round to the House Where Nobody Ever Waited, Part Two (Reprise)",
            "Rosa Lindqvist, Trad.", 3, 410, 991_000_120, 310_000_417, 9_100_000, None, None),
    TopWork("Untitled No. 4", "Rosa Lindqvist", 0, 0, 0, 310_000_417),
)  # fmt: skip


def lines_of(works: tuple[TopWork, ...]) -> list[StatementLine]:
    """One attributed and one fallback line a work, summing to what it earned."""
    lines = []
    for number, work in enumerate(works):
        common = {"track_id": f"T{number}", "isrc": "", "title": work.title,
                  "artist": work.creators, "right_type": "composition"}  # fmt: skip
        if work.attributed_atoms:
            lines.append(
                StatementLine(
                    LineSource.ATTRIBUTED,
                    **common,
                    ownership_ppm=500_000,
                    atoms=work.attributed_atoms,
                    generation_id=f"G{number}",
                    n_uses=work.n_uses,
                    piece_revenue_atoms=work.attributed_atoms * 3,
                    share_ppb=work.share_ppb,
                    share_low_ppb=work.share_low_ppb,
                    share_high_ppb=work.share_high_ppb,
                )
            )
        if work.fallback_atoms:
            lines.append(
                StatementLine(
                    LineSource.FALLBACK,
                    **common,
                    ownership_ppm=1_000_000,
                    atoms=work.fallback_atoms,
                )
            )
    return lines


def statement(
    works: tuple[TopWork, ...] = WORKS,
    *,
    opening_atoms: int = 412_345_678,
    fee_atoms: int = 0,
    scale: Scale = EUR,
    **changes: object,
) -> StatementDocument:
    """A coherent statement over these works, paying the whole minor units of its balance."""
    attributed = sum(work.attributed_atoms for work in works)
    fallback = sum(work.fallback_atoms for work in works)
    steps = [
        Change("Attributed to your works", attributed, LineSource.ATTRIBUTED),
        Change("Equal share of what could not be attributed", fallback, LineSource.FALLBACK),
    ]
    if fee_atoms:
        steps.append(Change("Administration fee", -fee_atoms))
    balance = opening_atoms + attributed + fallback - fee_atoms
    payable = max(0, balance) // scale.atoms_per_minor * scale.atoms_per_minor
    facts: dict[str, object] = {
        "statement_id": "ST-2025-Q3-00042",
        "version": 1,
        "payee_name": "Rosa Lindqvist",
        "payee_ref": "Payee P-00317",
        "platform": "Northlight Audio GmbH",
        "service": "Northlight Studio",
        "contract_code": "NL-2025-UC",
        "allocation_model": "user-centric",
        "allocation_sentence": (
            "Of what each subscriber paid, 30 % is the platform's commission; the rest is divided"
            " over the pieces which that subscriber used, by how often."
        ),
        "usage_period": Period("Q3 2025", date(2025, 7, 1), date(2025, 9, 30)),
        "accounting_period": Period("Q3 2025", date(2025, 7, 1), date(2025, 9, 30)),
        "scale": scale,
        "pool_atoms": 2_741_908 * CENT,
        "opening_atoms": opening_atoms,
        "changes": tuple(steps),
        "payable_atoms": payable,
        "closing_atoms": balance - payable,
        "top_works": works,
        "n_works": len(works),
        "n_pieces": sum(work.n_pieces for work in works),
        "n_lines": len(lines_of(works)),
        "attribution": Attribution(
            run="run 7f3a, 30 September 2025",
            method="damped gradient influence, ensemble of two members",
            quality_label="two members; interval over members",
            quality_sentence=(
                "The interval spans two members of an ensemble. On test pieces with a known"
                " source, that source came first in 94 of 100 cases."
            ),
        ),
        "fallback_note": (
            "Where a piece could not be traced with confidence, the contract divides that part"
            " equally over all works in the training set. It appears as fallback, never as"
            " attributed."
        ),
        "input_hash": "9f" * 32,
        "lines_hash": "4c" * 32,
    }
    return StatementDocument(**(facts | changes))  # type: ignore[arg-type]
