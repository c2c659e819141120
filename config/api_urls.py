"""The API's site map: each app brings its own resources. No address ends with a slash."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularJSONAPIView

import accounts.api.schema  # noqa: F401 tells the description about keys
from accounts.api.jobs import JobResource, Jobs
from accounts.api.key import KeyRotation, ThisKey
from accounts.api.requests import OneRequest, Requests
from accounts.webhooks.api.deliveries import (
    Deliveries,
    Events,
    OneDelivery,
    OneEvent,
    Redelivery,
)
from accounts.webhooks.api.endpoints import Endpoints, OneEndpoint, Replay, Rotation, Secret, Test
from attribution.api.batches import GenerationBatch
from attribution.api.feature_stores import Features, FeatureStores
from attribution.api.generations import (
    FeaturesOfGeneration,
    Generations,
    OneAttribution,
    OneGeneration,
)
from attribution.api.verification import Answer, Challenges, Lots, OneChallenge, OneVerification
from catalog.api.catalogue import OneTrack, OneWork, Tracks
from catalog.api.checkpoints import Checkpoints
from catalog.api.consents import ConsentCheck, Consents, ConsentStatements
from catalog.api.model_versions import ModelVersions, OneModelVersion
from catalog.api.training_sets import Exclusions, Members, OneTrainingSet
from catalog.api.training_summary import TrainingSummary
from catalog.api.uploads import CompleteUpload, OnePart, OneUpload, Uploads
from catalog.deliveries.api.deliveries import (
    CatalogueDeliveries,
    CatalogueDeliveryApproval,
    CatalogueDeliveryReport,
    CatalogueDeliveryRows,
    OneCatalogueDelivery,
)
from common.api.health import Health
from royalty.api.accounts import Entries, OneAccount
from royalty.api.bulk import (
    IntakeFileResult,
    IntakeFiles,
    OneIntakeFile,
    RevenueFiles,
    UsageFiles,
)
from royalty.api.contracts import Contracts
from royalty.api.intake import Revenue, Usage
from royalty.api.invoices import InvoiceDocument, Invoices, OneInvoice
from royalty.api.periods import OnePeriod, Periods
from royalty.api.sandbox import Clock, SandboxDocument, SandboxStatements

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("model-versions", ModelVersions.as_view(), name="model-versions"),
    path("model-versions/<int:pk>", OneModelVersion.as_view(), name="model-version"),
    path("model-versions/<int:pk>/checkpoints", Checkpoints.as_view(), name="checkpoints"),
    path("model-versions/<int:pk>/training-set", OneTrainingSet.as_view(), name="training-set"),
    path(
        "model-versions/<int:pk>/training-set/members",
        Members.as_view(),
        name="training-set-members",
    ),
    path(
        "model-versions/<int:pk>/training-set/exclusions",
        Exclusions.as_view(),
        name="training-set-exclusions",
    ),
    path(
        "model-versions/<int:pk>/training-set/summary",
        TrainingSummary.as_view(),
        name="training-set-summary",
    ),
    path("tracks", Tracks.as_view(), name="tracks"),
    path("tracks/<str:ref>", OneTrack.as_view(), name="track"),
    path("works/<str:ref>", OneWork.as_view(), name="work"),
    path("consents", Consents.as_view(), name="consents"),
    path("consents/check", ConsentCheck.as_view(), name="consents-check"),
    path("consent-statements", ConsentStatements.as_view(), name="consent-statements"),
    path("catalogue/deliveries", CatalogueDeliveries.as_view(), name="catalogue-deliveries"),
    path(
        "catalogue/deliveries/<uuid:pk>",
        OneCatalogueDelivery.as_view(),
        name="catalogue-delivery",
    ),
    path(
        "catalogue/deliveries/<uuid:pk>/rows",
        CatalogueDeliveryRows.as_view(),
        name="catalogue-delivery-rows",
    ),
    path(
        "catalogue/deliveries/<uuid:pk>/approve",
        CatalogueDeliveryApproval.as_view(),
        name="catalogue-delivery-approve",
    ),
    path(
        "catalogue/deliveries/<uuid:pk>/report",
        CatalogueDeliveryReport.as_view(),
        name="catalogue-delivery-report",
    ),
    path("uploads", Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:pk>", OneUpload.as_view(), name="upload"),
    path("uploads/<uuid:pk>/parts/<int:number>", OnePart.as_view(), name="upload-part"),
    path("uploads/<uuid:pk>/complete", CompleteUpload.as_view(), name="upload-complete"),
    path("generations", Generations.as_view(), name="generations"),
    path("model-versions/<int:pk>/features", Features.as_view(), name="features"),
    path("model-versions/<int:pk>/feature-stores", FeatureStores.as_view(), name="feature-stores"),
    path("generations/batch", GenerationBatch.as_view(), name="generation-batch"),
    path("generations/<uuid:pk>", OneGeneration.as_view(), name="generation"),
    path("generations/<uuid:pk>/attribution", OneAttribution.as_view(), name="attribution"),
    path(
        "generations/<uuid:pk>/features",
        FeaturesOfGeneration.as_view(),
        name="generation-features",
    ),
    path("generations/<uuid:pk>/verification", OneVerification.as_view(), name="verification"),
    path("challenges", Challenges.as_view(), name="challenges"),
    path("challenges/<uuid:pk>", OneChallenge.as_view(), name="challenge"),
    path("challenges/<uuid:pk>/answer", Answer.as_view(), name="challenge-answer"),
    path("lots", Lots.as_view(), name="lots"),
    path("usage", Usage.as_view(), name="usage"),
    path("usage/files", UsageFiles.as_view(), name="usage-files"),
    path("revenue", Revenue.as_view(), name="revenue"),
    path("revenue/files", RevenueFiles.as_view(), name="revenue-files"),
    path("intake-files", IntakeFiles.as_view(), name="intake-files"),
    path("intake-files/<uuid:pk>", OneIntakeFile.as_view(), name="intake-file"),
    path("intake-files/<uuid:pk>/result", IntakeFileResult.as_view(), name="intake-file-result"),
    path("contracts", Contracts.as_view(), name="contracts"),
    path("periods", Periods.as_view(), name="periods"),
    path("periods/<int:pk>", OnePeriod.as_view(), name="period"),
    path("periods/<int:pk>/account", OneAccount.as_view(), name="account"),
    path("periods/<int:pk>/entries", Entries.as_view(), name="entries"),
    path("invoices", Invoices.as_view(), name="invoices"),
    path("invoices/<int:pk>", OneInvoice.as_view(), name="invoice"),
    path("invoices/<int:pk>/document", InvoiceDocument.as_view(), name="invoice-document"),
    path("jobs", Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:pk>", JobResource.as_view(), name="job"),
    path("webhook-endpoints", Endpoints.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/<uuid:pk>", OneEndpoint.as_view(), name="webhook-endpoint"),
    path("webhook-endpoints/<uuid:pk>/secret", Secret.as_view(), name="webhook-secret"),
    path("webhook-endpoints/<uuid:pk>/secret/rotate", Rotation.as_view(), name="webhook-rotate"),
    path("webhook-endpoints/<uuid:pk>/test", Test.as_view(), name="webhook-test"),
    path("webhook-endpoints/<uuid:pk>/replay", Replay.as_view(), name="webhook-replay"),
    path("webhook-endpoints/<uuid:pk>/deliveries", Deliveries.as_view(), name="webhook-deliveries"),
    path("webhook-deliveries/<uuid:pk>", OneDelivery.as_view(), name="webhook-delivery"),
    path("webhook-deliveries/<uuid:pk>/redeliver", Redelivery.as_view(), name="webhook-redeliver"),
    path("webhook-events", Events.as_view(), name="webhook-events"),
    path("webhook-events/<str:id>", OneEvent.as_view(), name="webhook-event"),
    path("key", ThisKey.as_view(), name="key"),
    path("key/rotate", KeyRotation.as_view(), name="key-rotate"),
    path("requests", Requests.as_view(), name="requests"),
    path("requests/<str:request_id>", OneRequest.as_view(), name="request"),
    path("health", Health.as_view(), name="health"),
    path("sandbox/clock", Clock.as_view(), name="sandbox-clock"),
    path("sandbox/statements", SandboxStatements.as_view(), name="sandbox-statements"),
    path(
        "sandbox/statements/<int:pk>/<slug:kind>",
        SandboxDocument.as_view(),
        name="sandbox-document",
    ),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("schema.json", SpectacularJSONAPIView.as_view(), name="schema-json"),
]
