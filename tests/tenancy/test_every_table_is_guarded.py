"""No table is forgotten: the database's own catalogue is asked, not the models."""

import pytest
from django.db import DatabaseError, connection

from common.database.policies import EXEMPT
from tests.royalty.attacker import execute

pytestmark = pytest.mark.django_db

TABLES = """
    SELECT relname, relrowsecurity AND relforcerowsecurity,
           ARRAY(SELECT polcmd::text FROM pg_policy policy
                  WHERE polrelid = relation.oid
                    AND (SELECT oid FROM pg_roles WHERE rolname = current_user) = ANY (polroles)
                  ORDER BY 1)
      FROM pg_class relation
     WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""


def test_every_table_has_forced_row_level_security_or_a_reason_not_to():
    unguarded = {name for name, is_forced, _ in execute(TABLES) if not is_forced}
    assert unguarded == set(EXEMPT)
    assert all(len(reason) > 20 for reason in EXEMPT.values())


def test_every_guarded_table_says_what_may_be_seen_added_changed_and_removed():
    said = {name: commands for name, is_forced, commands in execute(TABLES) if is_forced}
    assert {name for name, commands in said.items() if commands != ["a", "d", "r", "w"]} == set()


def test_policies_are_for_the_application_and_the_owner_and_for_nobody_else():
    """One for everybody would let a role that somebody adds later in by mistake."""
    assert execute("SELECT polrelid::regclass FROM pg_policy WHERE polroles = '{0}'") == []


def test_there_is_nothing_but_tables_to_read():
    """A view reads with its owner's rights, past the policies."""
    assert execute("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f')"
                   " AND relnamespace = 'public'::regnamespace") == []  # fmt: skip


def test_functions_with_the_owners_rights_pin_their_search_path_and_are_not_for_everybody():
    loose = execute("""
        SELECT proname FROM pg_proc
         WHERE prosecdef AND pronamespace = 'public'::regnamespace
           AND (NOT EXISTS (SELECT FROM unnest(proconfig) setting
                             WHERE setting LIKE 'search_path=%' AND setting LIKE '%pg_temp')
                OR has_function_privilege('public', oid, 'EXECUTE'))""")
    assert loose == []


def test_what_a_tenant_has_is_told_without_arguments():
    """A function that took somebody else's id would tell what that one has."""
    assert (
        execute("""
        SELECT proname FROM pg_proc
         WHERE prosecdef AND pronamespace = 'public'::regnamespace AND pronargs > 0
           AND has_function_privilege(current_user, oid, 'EXECUTE')""")
        == []
    )


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE royalty_statement DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE royalty_statement NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant_sees ON royalty_statement",
        "CREATE POLICY mine ON royalty_statement USING (true)",
        "CREATE OR REPLACE FUNCTION tenant_sees_all() RETURNS boolean LANGUAGE sql RETURN true",
        "CREATE FUNCTION public.coalesce_all() RETURNS boolean LANGUAGE sql RETURN true",
        "CREATE VIEW all_statements AS TABLE royalty_statement",
        "SET ROLE tantieme_owner",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "TRUNCATE royalty_statement",
    ],
)
def test_the_application_cannot_take_the_guard_away(attack):
    with pytest.raises(DatabaseError, match=r"must be owner|permission denied"):
        execute(attack)


def test_switching_row_security_off_ends_in_an_error_not_in_all_rows():
    execute("SET LOCAL row_security = off")
    with pytest.raises(DatabaseError, match="would be affected by row-level security policy"):
        execute("SELECT * FROM royalty_statement")


def test_a_temporary_table_does_not_stand_in_for_one_that_a_policy_reads():
    """Temporary tables come first in the search path of the session, but in no function's."""
    execute("CREATE TEMPORARY TABLE catalog_representation AS SELECT 1 AS organisation_id")
    execute("SELECT set_config('tantieme.tenant', 'organisation:1', true)")
    assert execute("SELECT * FROM tenant_parties()") == []
    assert connection.needs_rollback is False
