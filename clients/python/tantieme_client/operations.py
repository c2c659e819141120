"""All operations of the API, by their names there. Made by generate.sh; do not edit."""

from tantieme_client._generated.api.uploads.abandon_upload import abandon_upload as abandon_upload
from tantieme_client._generated.api.uploads.announce_upload import (
    announce_upload as announce_upload,
)
from tantieme_client._generated.api.webhook_endpoints.change_webhook_endpoint import (
    change_webhook_endpoint as change_webhook_endpoint,
)
from tantieme_client._generated.api.health.check_health import check_health as check_health
from tantieme_client._generated.api.uploads.complete_upload import (
    complete_upload as complete_upload,
)
from tantieme_client._generated.api.webhook_endpoints.create_webhook_endpoint import (
    create_webhook_endpoint as create_webhook_endpoint,
)
from tantieme_client._generated.api.intake_files.download_intake_result import (
    download_intake_result as download_intake_result,
)
from tantieme_client._generated.api.contracts.list_contracts import list_contracts as list_contracts
from tantieme_client._generated.api.periods.list_entries import list_entries as list_entries
from tantieme_client._generated.api.generations.list_generations import (
    list_generations as list_generations,
)
from tantieme_client._generated.api.intake_files.list_intake_files import (
    list_intake_files as list_intake_files,
)
from tantieme_client._generated.api.invoices.list_invoices import list_invoices as list_invoices
from tantieme_client._generated.api.jobs.list_jobs import list_jobs as list_jobs
from tantieme_client._generated.api.model_versions.list_model_versions import (
    list_model_versions as list_model_versions,
)
from tantieme_client._generated.api.periods.list_periods import list_periods as list_periods
from tantieme_client._generated.api.requests.list_requests import list_requests as list_requests
from tantieme_client._generated.api.uploads.list_uploads import list_uploads as list_uploads
from tantieme_client._generated.api.webhook_endpoints.list_webhook_deliveries import (
    list_webhook_deliveries as list_webhook_deliveries,
)
from tantieme_client._generated.api.webhook_endpoints.list_webhook_endpoints import (
    list_webhook_endpoints as list_webhook_endpoints,
)
from tantieme_client._generated.api.webhook_events.list_webhook_events import (
    list_webhook_events as list_webhook_events,
)
from tantieme_client._generated.api.webhook_deliveries.redeliver_webhook import (
    redeliver_webhook as redeliver_webhook,
)
from tantieme_client._generated.api.webhook_endpoints.remove_webhook_endpoint import (
    remove_webhook_endpoint as remove_webhook_endpoint,
)
from tantieme_client._generated.api.webhook_endpoints.replay_webhook_events import (
    replay_webhook_events as replay_webhook_events,
)
from tantieme_client._generated.api.periods.retrieve_account import (
    retrieve_account as retrieve_account,
)
from tantieme_client._generated.api.generations.retrieve_attribution import (
    retrieve_attribution as retrieve_attribution,
)
from tantieme_client._generated.api.generations.retrieve_generation import (
    retrieve_generation as retrieve_generation,
)
from tantieme_client._generated.api.intake_files.retrieve_intake_file import (
    retrieve_intake_file as retrieve_intake_file,
)
from tantieme_client._generated.api.invoices.retrieve_invoice import (
    retrieve_invoice as retrieve_invoice,
)
from tantieme_client._generated.api.invoices.retrieve_invoice_document import (
    retrieve_invoice_document as retrieve_invoice_document,
)
from tantieme_client._generated.api.jobs.retrieve_job import retrieve_job as retrieve_job
from tantieme_client._generated.api.key.retrieve_key import retrieve_key as retrieve_key
from tantieme_client._generated.api.periods.retrieve_period import (
    retrieve_period as retrieve_period,
)
from tantieme_client._generated.api.requests.retrieve_request import (
    retrieve_request as retrieve_request,
)
from tantieme_client._generated.api.uploads.retrieve_upload import (
    retrieve_upload as retrieve_upload,
)
from tantieme_client._generated.api.webhook_deliveries.retrieve_webhook_delivery import (
    retrieve_webhook_delivery as retrieve_webhook_delivery,
)
from tantieme_client._generated.api.webhook_endpoints.retrieve_webhook_endpoint import (
    retrieve_webhook_endpoint as retrieve_webhook_endpoint,
)
from tantieme_client._generated.api.webhook_events.retrieve_webhook_event import (
    retrieve_webhook_event as retrieve_webhook_event,
)
from tantieme_client._generated.api.webhook_endpoints.retrieve_webhook_secret import (
    retrieve_webhook_secret as retrieve_webhook_secret,
)
from tantieme_client._generated.api.key.rotate_key import rotate_key as rotate_key
from tantieme_client._generated.api.webhook_endpoints.rotate_webhook_secret import (
    rotate_webhook_secret as rotate_webhook_secret,
)
from tantieme_client._generated.api.generations.send_generation import (
    send_generation as send_generation,
)
from tantieme_client._generated.api.uploads.send_part import send_part as send_part
from tantieme_client._generated.api.revenue.send_revenue import send_revenue as send_revenue
from tantieme_client._generated.api.revenue.send_revenue_file import (
    send_revenue_file as send_revenue_file,
)
from tantieme_client._generated.api.usage.send_usage import send_usage as send_usage
from tantieme_client._generated.api.usage.send_usage_file import send_usage_file as send_usage_file
from tantieme_client._generated.api.webhook_endpoints.test_webhook_endpoint import (
    test_webhook_endpoint as test_webhook_endpoint,
)
