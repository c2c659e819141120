"""All operations of the API, by their names there. Made by generate.sh; do not edit."""

from tantieme_client._generated.api.uploads.abandon_upload import abandon_upload as abandon_upload
from tantieme_client._generated.api.sandbox.advance_sandbox_clock import (
    advance_sandbox_clock as advance_sandbox_clock,
)
from tantieme_client._generated.api.uploads.announce_upload import (
    announce_upload as announce_upload,
)
from tantieme_client._generated.api.challenges.answer_challenge import (
    answer_challenge as answer_challenge,
)
from tantieme_client._generated.api.catalogue.approve_catalogue_delivery import (
    approve_catalogue_delivery as approve_catalogue_delivery,
)
from tantieme_client._generated.api.webhook_endpoints.change_webhook_endpoint import (
    change_webhook_endpoint as change_webhook_endpoint,
)
from tantieme_client._generated.api.consents.check_consents import check_consents as check_consents
from tantieme_client._generated.api.health.check_health import check_health as check_health
from tantieme_client._generated.api.uploads.complete_upload import (
    complete_upload as complete_upload,
)
from tantieme_client._generated.api.webhook_endpoints.create_webhook_endpoint import (
    create_webhook_endpoint as create_webhook_endpoint,
)
from tantieme_client._generated.api.catalogue.download_catalogue_delivery_report import (
    download_catalogue_delivery_report as download_catalogue_delivery_report,
)
from tantieme_client._generated.api.intake_files.download_intake_result import (
    download_intake_result as download_intake_result,
)
from tantieme_client._generated.api.model_versions.freeze_training_set import (
    freeze_training_set as freeze_training_set,
)
from tantieme_client._generated.api.catalogue.list_catalogue_deliveries import (
    list_catalogue_deliveries as list_catalogue_deliveries,
)
from tantieme_client._generated.api.catalogue.list_catalogue_delivery_rows import (
    list_catalogue_delivery_rows as list_catalogue_delivery_rows,
)
from tantieme_client._generated.api.challenges.list_challenges import (
    list_challenges as list_challenges,
)
from tantieme_client._generated.api.model_versions.list_checkpoints import (
    list_checkpoints as list_checkpoints,
)
from tantieme_client._generated.api.consent_statements.list_consent_statements import (
    list_consent_statements as list_consent_statements,
)
from tantieme_client._generated.api.consents.list_consents import list_consents as list_consents
from tantieme_client._generated.api.contracts.list_contracts import list_contracts as list_contracts
from tantieme_client._generated.api.periods.list_entries import list_entries as list_entries
from tantieme_client._generated.api.model_versions.list_feature_stores import (
    list_feature_stores as list_feature_stores,
)
from tantieme_client._generated.api.generations.list_generations import (
    list_generations as list_generations,
)
from tantieme_client._generated.api.intake_files.list_intake_files import (
    list_intake_files as list_intake_files,
)
from tantieme_client._generated.api.invoices.list_invoices import list_invoices as list_invoices
from tantieme_client._generated.api.jobs.list_jobs import list_jobs as list_jobs
from tantieme_client._generated.api.lots.list_lots import list_lots as list_lots
from tantieme_client._generated.api.model_versions.list_model_versions import (
    list_model_versions as list_model_versions,
)
from tantieme_client._generated.api.periods.list_periods import list_periods as list_periods
from tantieme_client._generated.api.requests.list_requests import list_requests as list_requests
from tantieme_client._generated.api.sandbox.list_sandbox_statements import (
    list_sandbox_statements as list_sandbox_statements,
)
from tantieme_client._generated.api.tracks.list_tracks import list_tracks as list_tracks
from tantieme_client._generated.api.model_versions.list_training_set_exclusions import (
    list_training_set_exclusions as list_training_set_exclusions,
)
from tantieme_client._generated.api.model_versions.list_training_set_members import (
    list_training_set_members as list_training_set_members,
)
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
from tantieme_client._generated.api.sandbox.read_sandbox_clock import (
    read_sandbox_clock as read_sandbox_clock,
)
from tantieme_client._generated.api.webhook_deliveries.redeliver_webhook import (
    redeliver_webhook as redeliver_webhook,
)
from tantieme_client._generated.api.model_versions.register_checkpoint import (
    register_checkpoint as register_checkpoint,
)
from tantieme_client._generated.api.model_versions.register_model_version import (
    register_model_version as register_model_version,
)
from tantieme_client._generated.api.webhook_endpoints.remove_webhook_endpoint import (
    remove_webhook_endpoint as remove_webhook_endpoint,
)
from tantieme_client._generated.api.webhook_endpoints.replay_webhook_events import (
    replay_webhook_events as replay_webhook_events,
)
from tantieme_client._generated.api.model_versions.request_features import (
    request_features as request_features,
)
from tantieme_client._generated.api.periods.retrieve_account import (
    retrieve_account as retrieve_account,
)
from tantieme_client._generated.api.generations.retrieve_attribution import (
    retrieve_attribution as retrieve_attribution,
)
from tantieme_client._generated.api.catalogue.retrieve_catalogue_delivery import (
    retrieve_catalogue_delivery as retrieve_catalogue_delivery,
)
from tantieme_client._generated.api.challenges.retrieve_challenge import (
    retrieve_challenge as retrieve_challenge,
)
from tantieme_client._generated.api.generations.retrieve_generation import (
    retrieve_generation as retrieve_generation,
)
from tantieme_client._generated.api.generations.retrieve_generation_features import (
    retrieve_generation_features as retrieve_generation_features,
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
from tantieme_client._generated.api.model_versions.retrieve_model_version import (
    retrieve_model_version as retrieve_model_version,
)
from tantieme_client._generated.api.periods.retrieve_period import (
    retrieve_period as retrieve_period,
)
from tantieme_client._generated.api.requests.retrieve_request import (
    retrieve_request as retrieve_request,
)
from tantieme_client._generated.api.sandbox.retrieve_sandbox_document import (
    retrieve_sandbox_document as retrieve_sandbox_document,
)
from tantieme_client._generated.api.tracks.retrieve_track import retrieve_track as retrieve_track
from tantieme_client._generated.api.model_versions.retrieve_training_set import (
    retrieve_training_set as retrieve_training_set,
)
from tantieme_client._generated.api.model_versions.retrieve_training_summary import (
    retrieve_training_summary as retrieve_training_summary,
)
from tantieme_client._generated.api.uploads.retrieve_upload import (
    retrieve_upload as retrieve_upload,
)
from tantieme_client._generated.api.generations.retrieve_verification import (
    retrieve_verification as retrieve_verification,
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
from tantieme_client._generated.api.works.retrieve_work import retrieve_work as retrieve_work
from tantieme_client._generated.api.key.rotate_key import rotate_key as rotate_key
from tantieme_client._generated.api.webhook_endpoints.rotate_webhook_secret import (
    rotate_webhook_secret as rotate_webhook_secret,
)
from tantieme_client._generated.api.catalogue.send_catalogue_delivery import (
    send_catalogue_delivery as send_catalogue_delivery,
)
from tantieme_client._generated.api.model_versions.send_feature_store import (
    send_feature_store as send_feature_store,
)
from tantieme_client._generated.api.generations.send_generation import (
    send_generation as send_generation,
)
from tantieme_client._generated.api.generations.send_generation_features import (
    send_generation_features as send_generation_features,
)
from tantieme_client._generated.api.generations.send_generations import (
    send_generations as send_generations,
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
