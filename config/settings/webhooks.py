"""Where webhooks may go (`accounts.webhooks.addresses`)."""

from ipaddress import ip_network

from config.environment import environment

# In a sandbox an integrator's server usually runs on the machine before them.
_IS_SANDBOX = environment().installation == "sandbox"
_THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

WEBHOOK_ALLOW_HTTP = _IS_SANDBOX or environment().debug or environment().webhook_allow_http
WEBHOOK_ALLOWED_NETWORKS = (
    *environment().webhook_allowed_networks,
    *(_THIS_MACHINE if _IS_SANDBOX else ()),
)
