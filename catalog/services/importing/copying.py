"""Rows into tables by COPY: first into a temporary table, from there in one statement.

Row-level security forbids COPY into the tables themselves. `auto_now_add` columns are given the
transaction's time, as Django would give them the clock's.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.fields.json import JSONField
from psycopg import sql
from psycopg.types.json import Jsonb

Values = Sequence[Any]


def insert(
    model: type[Model],
    fields: Sequence[str],
    rows: Iterable[Values],
    *,
    returning: Sequence[str] = (),
    ignore_conflicts: bool = False,
) -> list[tuple[Any, ...]]:
    """Insert rows; returns the columns asked for of those that were inserted."""
    columns = _columns(model, fields)
    rest = _unsaid(model, fields)
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM pg_temp.copied {}{}").format(
        _table(model),
        sql.SQL(", ").join([*columns, *(column for column, _ in rest)]),
        sql.SQL(", ").join([*columns, *(value for _, value in rest)]),
        sql.SQL("ON CONFLICT DO NOTHING" if ignore_conflicts else ""),
        _returning(model, returning),
    )
    return _through(model, fields, rows, statement)


def update(
    model: type[Model], fields: Sequence[str], rows: Iterable[Values], *, key: str = "pk"
) -> None:
    """Set fields of the rows with these keys; the key is the first value of each row."""
    key_name = model._meta.pk.name if key == "pk" and model._meta.pk else key
    names = [key_name, *fields]
    sets = [sql.SQL("{0} = copied.{0}").format(column) for column in _columns(model, fields)]
    statement = sql.SQL("UPDATE {0} SET {1} FROM pg_temp.copied WHERE {0}.{2} = copied.{2}").format(
        _table(model), sql.SQL(", ").join(sets), *_columns(model, [key_name])
    )
    _through(model, names, rows, statement)


def _through(
    model: type[Model], fields: Sequence[str], rows: Iterable[Values], statement: sql.Composable
) -> list[tuple[Any, ...]]:
    """Copy rows into a temporary table of these columns and run a statement that reads it."""
    listed = sql.SQL(", ").join(_columns(model, fields))
    convert = [_converter(model, name) for name in fields]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.copied")
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE copied AS SELECT {} FROM {} WITH NO DATA").format(
                listed, _table(model)
            )
        )
        with cursor.copy("COPY pg_temp.copied FROM STDIN") as copy:
            for row in rows:
                copy.write_row([to(value) for to, value in zip(convert, row, strict=True)])
        cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else []
        cursor.execute("DROP TABLE pg_temp.copied")
    return found


def _unsaid(
    model: type[Model], fields: Sequence[str]
) -> list[tuple[sql.Identifier, sql.Composable]]:
    """What the columns get that are not among the rows' and must have something."""
    rest: list[tuple[sql.Identifier, sql.Composable]] = []
    for field in model._meta.concrete_fields:
        if field.name in fields or field.null or field.primary_key:
            continue
        assert field.column is not None
        if getattr(field, "auto_now_add", False):
            rest.append((sql.Identifier(field.column), sql.SQL("now()")))
            continue
        value = field.get_default()
        literal = Jsonb(value) if isinstance(value, dict | list) else value
        rest.append((sql.Identifier(field.column), sql.Literal(literal)))
    return rest


def _returning(model: type[Model], fields: Sequence[str]) -> sql.Composable:
    if not fields:
        return sql.SQL("")
    return sql.SQL(" RETURNING {}").format(sql.SQL(", ").join(_columns(model, fields)))


def _table(model: type[Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _columns(model: type[Model], fields: Sequence[str]) -> list[sql.Identifier]:
    return [sql.Identifier(_field(model, name).column) for name in fields]


def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _converter(model: type[Model], name: str) -> Any:
    field = _field(model, name)
    if isinstance(field, JSONField):
        return Jsonb
    return field.get_prep_value if type(field).__module__.startswith("catalog") else _same


def _same(value: Any) -> Any:
    return value
