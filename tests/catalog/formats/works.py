"""Small CWR 2.1 files, written after the published field positions, that tests can spoil."""


def _at(**fields: tuple[int, str]) -> str:
    """A line with texts at their positions."""
    line = ""
    for start, text in sorted(fields.values()):
        line = line.ljust(start) + text
    return line


def prefix(kind: str, transaction: int, record: int) -> str:
    return f"{kind}{transaction:08d}{record:08d}"


def nwr(transaction: int, work_id: str, title: str, iswc: str = "", kind: str = "NWR") -> str:
    return _at(
        p=(0, prefix(kind, transaction, 0)),
        title=(19, title),
        language=(79, "EN"),
        work_id=(81, work_id),
        iswc=(95, iswc),
        date=(106, "00000000"),
    )


def publisher(
    transaction: int,
    record: int,
    party: str,
    name: str,
    share: int,
    *,
    type_: str = "E",
    kind: str = "SPU",
    unknown: str = " ",
    ipi: str = "",
) -> str:
    return _at(
        p=(0, prefix(kind, transaction, record)),
        chain=(19, "01"),
        party=(21, party),
        name=(30, name),
        unknown=(75, unknown),
        type=(76, type_),
        ipi=(87, ipi or "0" * 11),
        society=(112, "010"),
        share=(115, f"{share:05d}"),
        mechanical=(123, "09999"),  # another share than the one that is read
    )


def territory(transaction: int, record: int, party: str, tis: str, sign: str = "I") -> str:
    return _at(
        p=(0, prefix("SPT", transaction, record)),
        party=(19, party),
        shares=(34, "050001000010000"),
        sign=(49, sign),
        tis=(50, tis),
        sequence=(55, "001"),
    )


def writer(
    transaction: int,
    record: int,
    last: str,
    first: str,
    share: int,
    *,
    type_: str = "CA",
    kind: str = "SWR",
    unknown: str = " ",
    ipi: str = "",
) -> str:
    return _at(
        p=(0, prefix(kind, transaction, record)),
        party=(19, f"W{last[:7]}"),
        last=(28, last),
        first=(73, first),
        unknown=(103, unknown),
        type=(104, type_),
        ipi=(115, ipi or "0" * 11),
        society=(126, "010"),
        share=(129, f"{share:05d}"),
    )


NIGHT = [
    nwr(0, "W-1", "NIGHT SONG", "T0345246801"),
    publisher(0, 1, "P1", "SONG HOUSE", 2500, ipi="00014107338"),
    territory(0, 2, "P1", "2136"),
    publisher(0, 3, "P2", "LIED GMBH", 0, type_="SE"),
    territory(0, 4, "P2", "0276"),
    territory(0, 5, "P2", "0040"),
    publisher(0, 6, "P1", "SONG HOUSE", 500, ipi="00014107338"),
    writer(0, 7, "ADAMS", "ADA", 2500),
    f"{prefix('SWT', 0, 8)}WADAMS   02500",
    f"{prefix('PWR', 0, 9)}P1",
    writer(0, 10, "BROWN", "BEN", 2000, type_="A", kind="OWR"),
    writer(0, 11, "", "", 1000, kind="OWR", unknown="Y"),
    publisher(0, 12, "", "", 1500, kind="OPU", unknown="Y"),
    f"{prefix('ALT', 0, 13)}NIGHTSONG".ljust(79) + "AT",
]
DAY = [
    nwr(1, "W-2", "DAY SONG", kind="REV"),
    writer(1, 1, "MÜLLER", "ÄNNE", 10000, type_="C"),
    f"{prefix('REC', 1, 2)}20260101",
]


def transmission(*works: list[str], version: str = "02.10", kind: str = "NWR") -> list[str]:
    """The lines of a file that counts itself rightly."""
    lines = [line for work in works or (NIGHT, DAY) for line in work]
    n_works = len(works or (NIGHT, DAY))
    return [
        "HDRPB000000199SONG HOUSE".ljust(59) + "01.102026030112000020260301",
        f"GRH{kind}00001{version}0000000000",
        *lines,
        f"GRT00001{n_works:08d}{len(lines) + 2:08d}",
        f"TRL00001{n_works:08d}{len(lines) + 4:08d}",
    ]


def content(lines: list[str], encoding: str = "latin-1") -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)
