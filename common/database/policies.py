"""Row-level security, as migrations write it: which rows of a table a tenant sees and writes.

    operations = [guard("api_storedresponse", see=OF_THE_TENANT, add=OF_THE_TENANT)]

A condition is SQL about one row, in the words of the functions that tell who asks:

    tenant_organisation()  its organisation's id; NULL for nobody and for system  (this app)
    tenant_granted_acts()  what a delegate may do for it, beside reading          (accounts)
    tenant_platform()      the platform's id, NULL for a rights holder            (catalog)
    tenant_parties(), tenant_works(), tenant_tracks() ...  what a rights holder has   (catalog)

Wrapped in `(SELECT ...)`, such a function runs once a query and not once a row. System may do
everything, the role that owns the tables too (functions with its rights decide what others see);
whatever is not said here is refused. So a table without a condition is the system's alone.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg import sql

from common.database.migration import RunStatements

OF_THE_ORGANISATION = "organisation_id = (SELECT tenant_organisation())"
# As `tenant` says in a row who asked; NULL for nobody and for a setting that is malformed.
OF_THE_TENANT = "tenant = 'organisation:' || (SELECT tenant_organisation())"
ANYBODY_KNOWN = "(SELECT tenant_organisation()) IS NOT NULL"
FOR_SYSTEM = "(SELECT tenant_sees_all())"
# No other organisation acts for it: the setting names no delegate.
BY_ITSELF = "(SELECT strpos(current_setting('tantieme.tenant', true), '/') = 0)"

# Tables that show the same to everybody, and why they must or may.
EXEMPT = {
    "account_emailaddress": "stays empty; the address of a person stands in accounts_user",
    "account_emailconfirmation": "stays empty; see account_emailaddress",
    "accounts_user": "signing in looks a person up before it is known who asks",
    "accounts_user_groups": "read with the person who signs in",
    "accounts_user_user_permissions": "read with the person who signs in",
    "auth_group": "names of groups of permissions; no tenant's data",
    "auth_group_permissions": "the program's own list",
    "auth_permission": "the program's own list",
    "axes_accessattempt": "counts wrong passwords before it is known who asks",
    "axes_accessattemptexpiration": "counts wrong passwords before it is known who asks",
    "axes_accessfailurelog": "counts wrong passwords before it is known who asks",
    "axes_accesslog": "notes who signed in before it is known for whom they act",
    "django_content_type": "the program's own list",
    "django_migrations": "the program's own list",
    "mfa_authenticator": "asked for while somebody signs in, before it is known who asks; sealed",
    "usersessions_usersession": "a person's own sessions, written before it is known who asks",
    "django_session": "a session is found by its secret key before it is known who asks",
}

_UNGUARD = """
DROP POLICY IF EXISTS owner_sees_all ON {table};
DROP POLICY IF EXISTS tenant_sees ON {table};
DROP POLICY IF EXISTS tenant_adds ON {table};
DROP POLICY IF EXISTS tenant_changes ON {table};
DROP POLICY IF EXISTS tenant_removes ON {table};
"""
_GUARD = (
    _UNGUARD
    + """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_sees_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY tenant_sees ON {table} FOR SELECT TO {application} USING ({see});
CREATE POLICY tenant_adds ON {table} FOR INSERT TO {application} WITH CHECK ({add});
CREATE POLICY tenant_changes ON {table} FOR UPDATE TO {application}
    USING ({change}) WITH CHECK ({change});
CREATE POLICY tenant_removes ON {table} FOR DELETE TO {application} USING ({remove});
"""
)
_DISABLE = """
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS {returns}
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC {query}; END;
REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {name}() TO {application};
"""


def guard(
    table: str,
    *,
    see: str = "",
    add: str = "",
    change: str = "",
    remove: str = "",
    system_sees: str = FOR_SYSTEM,
) -> RunStatements:
    """A migration step that shows an organisation only what `see` says, and so for its writes.

    A later migration that calls it again replaces what was said before.

    Args:
        see: SQL condition on the rows that are shown; empty: none.
        add: condition that a new row must meet.
        change: condition that a row must meet before and after an update.
        remove: condition on the rows that may be deleted.
        system_sees: what shows system every row, where the usual words would keep an index of
            `see` out of use.
    """
    parts = {
        "see": _either(system_sees, see),
        "add": _either(FOR_SYSTEM, add),
        "change": _either(FOR_SYSTEM, change),
        "remove": _either(FOR_SYSTEM, remove),
    }
    return RunStatements(
        _step(_GUARD, table=sql.Identifier(table), **parts),
        _step(_UNGUARD + _DISABLE, table=sql.Identifier(table)),
    )


def who_may_do(act: str) -> str:
    """A condition on who writes: the organisation itself, or a delegate whose grant says so.

    `act` is one of `accounts.roles.Act`; the accounts' migrations make `tenant_granted_acts()`.
    """
    return f"({BY_ITSELF} OR '{act}' IN (SELECT tenant_granted_acts()))"


def _either(system: str, condition: str) -> sql.SQL:
    return sql.SQL(f"{system} OR ({condition})" if condition else system)


def tenant_value(name: str, *, returns: str = "bigint", query: str) -> RunStatements:
    """A migration step: a function without arguments that tells conditions one thing of a tenant.

    It runs with the rights of the tables' owner, so that it sees what the tenant may not, and must
    therefore answer for the current tenant alone. Names are bound when it is made.
    """
    return _function(name, returns, query)


def tenant_set(name: str, *, of: str = "bigint", query: str) -> RunStatements:
    """As `tenant_value`, for a function that tells the ids of all that a tenant has of something.

    The planner takes them to be few, so that it looks them up by index and does not read
    everybody's rows; where they are many, that costs little.
    """
    return _function(name, f"SETOF {of} ROWS 10", query)


def _function(name: str, returns: str, query: str) -> RunStatements:
    return RunStatements(
        _step(
            _FUNCTION,
            name=sql.Identifier(name),
            returns=sql.SQL(returns),
            query=sql.SQL(query),
        ),
        _step("DROP FUNCTION IF EXISTS {name}()", name=sql.Identifier(name)),
    )


def _step(
    statements: str, **parts: sql.Composable
) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    def run(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        application = sql.Identifier(settings.DATABASES["default"]["USER"])
        with editor.connection.cursor() as cursor:
            cursor.execute(sql.SQL(statements).format(application=application, **parts))

    return run
