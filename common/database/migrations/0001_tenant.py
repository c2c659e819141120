"""Who asks: the functions on which every policy rests. They read the setting and no table."""

from django.db import migrations

# A setting that is neither is nobody's. Eighteen digits always fit a bigint.
FUNCTIONS = """
CREATE FUNCTION tenant_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('tantieme.tenant', true) = 'system', false);

CREATE FUNCTION tenant_organisation() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN substring(
    current_setting('tantieme.tenant', true) from '^organisation:([1-9][0-9]{0,17})$')::bigint;
"""
NO_FUNCTIONS = """
DROP FUNCTION tenant_organisation();
DROP FUNCTION tenant_sees_all();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS)]
