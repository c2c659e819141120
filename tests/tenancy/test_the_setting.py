"""Whatever the setting says that is not a tenant is nobody; no id but one's own opens anything."""

import pytest

from common.database import tenancy
from royalty.models import Statement
from tests.royalty.attacker import execute

pytestmark = pytest.mark.usefixtures("undone")

NOT_A_TENANT = [
    "",
    " ",
    "SYSTEM",
    "System",
    " system",
    "system ",
    "system\n",
    "systemorganisation:1",
    "organisation",
    "organisation:",
    "organisation: 1",
    "organisation:0",
    "organisation:01",
    "organisation:+1",
    "organisation:-1",
    "organisation:1.0",
    "organisation:1e0",
    "organisation:1;2",
    "organisation:1,2",
    "organisation:1 OR 1=1",
    "organisation:1'--",
    "organisation:1\nsystem",
    "organisation:١",  # a digit, but no ASCII digit
    "ORGANISATION:1",
    "user:1",
    "*",
    "NULL",
    "organisation:NULL",
    f"organisation:{2**63 - 1}",
    f"organisation:{2**63}",
    f"organisation:{2**64 + 1}",
    "organisation:" + "9" * 1000,
]


def ask(setting: str) -> tuple[bool, int | None]:
    execute("SELECT set_config('tantieme.tenant', %s, true)", [setting])
    return execute("SELECT tenant_sees_all(), tenant_organisation()")[0]


@pytest.mark.parametrize("setting", NOT_A_TENANT)
def test_what_is_no_tenant_is_nobody(town, setting):
    assert ask(setting) == (False, None)
    assert not Statement.objects.exists()


def test_the_longest_id_that_is_read_is_still_only_an_organisation_that_is_not_there(town):
    assert ask(f"organisation:{10**18 - 1}") == (False, 10**18 - 1)
    assert not Statement.objects.exists()


def test_a_connection_that_was_told_nothing_is_nobodys(town):
    execute("SELECT set_config('tantieme.tenant', NULL, true)")
    assert not Statement.objects.exists()
    execute("RESET tantieme.tenant")
    assert not Statement.objects.exists()


FUNCTIONS = [
    "tenant_grantor",
    "tenant_granted_acts",
    "tenant_partners",
    "tenant_platform",
    "tenant_parties",
    "tenant_works",
    "tenant_compositions",
    "tenant_claims",
    "tenant_conflicts",
    "tenant_recordings",
    "tenant_tracks",
    "tenant_paid_tracks",
    "tenant_known_parties",
    "tenant_own_models",
    "tenant_own_training_sets",
    "tenant_models",
    "tenant_platforms",
    "tenant_own_feature_stores",
    "tenant_own_contracts",
    "tenant_accounts",
    "tenant_journals",
    "tenant_contracts",
    "tenant_periods",
    "tenant_runs",
    "tenant_restated",
    "tenant_publications",
]


def told(function: str, tenant: str) -> set:
    with tenancy.acting_as(tenant):
        return {row[0] for row in execute(f"SELECT {function}()")} - {None}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_called_by_hand_tells_nobody_nothing(town, function):
    assert told(function, tenancy.NOBODY) == set()
    assert told(function, "organisation:999999") == set()


def test_the_list_of_functions_is_whole(town):
    made = execute("""
        SELECT proname FROM pg_proc
         WHERE prosecdef AND pronamespace = 'public'::regnamespace
           AND has_function_privilege(current_user, oid, 'EXECUTE')""")
    ranges = {"tenant_first_platform", "tenant_last_platform"}
    assert {name for (name,) in made} == set(FUNCTIONS) | ranges


def test_a_function_called_by_hand_tells_a_tenant_its_own(town):
    parties = town.acme.parties
    assert told("tenant_parties", town.tenant("ada")) == {parties["A"].pk}
    assert told("tenant_platform", town.tenant("bolt")) == {town.bolt.platform.pk}
    assert told("tenant_platform", town.tenant("ada")) == set()
    assert told("tenant_own_contracts", town.tenant("ada")) == set()
