from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    """Django's admin with the operator's site."""

    default_site = "config.admin.site.OperatorSite"
