"""What the API takes and answers. Made by generate.sh; do not edit."""

from tantieme_client._generated.models.account import Account as Account
from tantieme_client._generated.models.answer import Answer as Answer
from tantieme_client._generated.models.attempt import Attempt as Attempt
from tantieme_client._generated.models.attribution import Attribution as Attribution
from tantieme_client._generated.models.catalogue_delivery import (
    CatalogueDelivery as CatalogueDelivery,
)
from tantieme_client._generated.models.catalogue_delivery_fault import (
    CatalogueDeliveryFault as CatalogueDeliveryFault,
)
from tantieme_client._generated.models.catalogue_delivery_row import (
    CatalogueDeliveryRow as CatalogueDeliveryRow,
)
from tantieme_client._generated.models.catalogue_delivery_row_cells import (
    CatalogueDeliveryRowCells as CatalogueDeliveryRowCells,
)
from tantieme_client._generated.models.catalogue_delivery_warning import (
    CatalogueDeliveryWarning as CatalogueDeliveryWarning,
)
from tantieme_client._generated.models.catalogue_track import CatalogueTrack as CatalogueTrack
from tantieme_client._generated.models.catalogue_work import CatalogueWork as CatalogueWork
from tantieme_client._generated.models.challenge import Challenge as Challenge
from tantieme_client._generated.models.checkpoint import Checkpoint as Checkpoint
from tantieme_client._generated.models.checkpoint_metrics import (
    CheckpointMetrics as CheckpointMetrics,
)
from tantieme_client._generated.models.clock import Clock as Clock
from tantieme_client._generated.models.consent import Consent as Consent
from tantieme_client._generated.models.consent_answer import ConsentAnswer as ConsentAnswer
from tantieme_client._generated.models.consent_question import ConsentQuestion as ConsentQuestion
from tantieme_client._generated.models.consent_statement import ConsentStatement as ConsentStatement
from tantieme_client._generated.models.contract import Contract as Contract
from tantieme_client._generated.models.contract_model_parameters import (
    ContractModelParameters as ContractModelParameters,
)
from tantieme_client._generated.models.delivery import Delivery as Delivery
from tantieme_client._generated.models.endpoint import Endpoint as Endpoint
from tantieme_client._generated.models.entry import Entry as Entry
from tantieme_client._generated.models.event import Event as Event
from tantieme_client._generated.models.event_data import EventData as EventData
from tantieme_client._generated.models.event_of_delivery import EventOfDelivery as EventOfDelivery
from tantieme_client._generated.models.exclusion import Exclusion as Exclusion
from tantieme_client._generated.models.fault import Fault as Fault
from tantieme_client._generated.models.feature_store import FeatureStore as FeatureStore
from tantieme_client._generated.models.features import Features as Features
from tantieme_client._generated.models.frozen_member import FrozenMember as FrozenMember
from tantieme_client._generated.models.frozen_set import FrozenSet as FrozenSet
from tantieme_client._generated.models.frozen_set_roles import FrozenSetRoles as FrozenSetRoles
from tantieme_client._generated.models.gaps import Gaps as Gaps
from tantieme_client._generated.models.generation import Generation as Generation
from tantieme_client._generated.models.generation_batch import GenerationBatch as GenerationBatch
from tantieme_client._generated.models.handed_in import HandedIn as HandedIn
from tantieme_client._generated.models.health import Health as Health
from tantieme_client._generated.models.held import Held as Held
from tantieme_client._generated.models.intake_file import IntakeFile as IntakeFile
from tantieme_client._generated.models.invoice import Invoice as Invoice
from tantieme_client._generated.models.invoice_line import InvoiceLine as InvoiceLine
from tantieme_client._generated.models.job import Job as Job
from tantieme_client._generated.models.key import Key as Key
from tantieme_client._generated.models.key_rotation import KeyRotation as KeyRotation
from tantieme_client._generated.models.lot import Lot as Lot
from tantieme_client._generated.models.lots_of_day import LotsOfDay as LotsOfDay
from tantieme_client._generated.models.measured import Measured as Measured
from tantieme_client._generated.models.measures import Measures as Measures
from tantieme_client._generated.models.member import Member as Member
from tantieme_client._generated.models.model_version import ModelVersion as ModelVersion
from tantieme_client._generated.models.move import Move as Move
from tantieme_client._generated.models.new_catalogue_delivery import (
    NewCatalogueDelivery as NewCatalogueDelivery,
)
from tantieme_client._generated.models.new_checkpoint import NewCheckpoint as NewCheckpoint
from tantieme_client._generated.models.new_checkpoint_metrics import (
    NewCheckpointMetrics as NewCheckpointMetrics,
)
from tantieme_client._generated.models.new_endpoint import NewEndpoint as NewEndpoint
from tantieme_client._generated.models.new_feature_store import NewFeatureStore as NewFeatureStore
from tantieme_client._generated.models.new_features import NewFeatures as NewFeatures
from tantieme_client._generated.models.new_generation import NewGeneration as NewGeneration
from tantieme_client._generated.models.new_key import NewKey as NewKey
from tantieme_client._generated.models.new_model_version import NewModelVersion as NewModelVersion
from tantieme_client._generated.models.new_piece import NewPiece as NewPiece
from tantieme_client._generated.models.new_time import NewTime as NewTime
from tantieme_client._generated.models.new_training_set import NewTrainingSet as NewTrainingSet
from tantieme_client._generated.models.new_upload import NewUpload as NewUpload
from tantieme_client._generated.models.objection import Objection as Objection
from tantieme_client._generated.models.one_catalogue_delivery import (
    OneCatalogueDelivery as OneCatalogueDelivery,
)
from tantieme_client._generated.models.one_invoice import OneInvoice as OneInvoice
from tantieme_client._generated.models.one_period import OnePeriod as OnePeriod
from tantieme_client._generated.models.one_upload import OneUpload as OneUpload
from tantieme_client._generated.models.one_work import OneWork as OneWork
from tantieme_client._generated.models.opening import Opening as Opening
from tantieme_client._generated.models.paginated_catalogue_delivery_list import (
    PaginatedCatalogueDeliveryList as PaginatedCatalogueDeliveryList,
)
from tantieme_client._generated.models.paginated_catalogue_delivery_row_list import (
    PaginatedCatalogueDeliveryRowList as PaginatedCatalogueDeliveryRowList,
)
from tantieme_client._generated.models.paginated_catalogue_track_list import (
    PaginatedCatalogueTrackList as PaginatedCatalogueTrackList,
)
from tantieme_client._generated.models.paginated_challenge_list import (
    PaginatedChallengeList as PaginatedChallengeList,
)
from tantieme_client._generated.models.paginated_checkpoint_list import (
    PaginatedCheckpointList as PaginatedCheckpointList,
)
from tantieme_client._generated.models.paginated_consent_list import (
    PaginatedConsentList as PaginatedConsentList,
)
from tantieme_client._generated.models.paginated_consent_statement_list import (
    PaginatedConsentStatementList as PaginatedConsentStatementList,
)
from tantieme_client._generated.models.paginated_contract_list import (
    PaginatedContractList as PaginatedContractList,
)
from tantieme_client._generated.models.paginated_delivery_list import (
    PaginatedDeliveryList as PaginatedDeliveryList,
)
from tantieme_client._generated.models.paginated_endpoint_list import (
    PaginatedEndpointList as PaginatedEndpointList,
)
from tantieme_client._generated.models.paginated_entry_list import (
    PaginatedEntryList as PaginatedEntryList,
)
from tantieme_client._generated.models.paginated_event_list import (
    PaginatedEventList as PaginatedEventList,
)
from tantieme_client._generated.models.paginated_exclusion_list import (
    PaginatedExclusionList as PaginatedExclusionList,
)
from tantieme_client._generated.models.paginated_feature_store_list import (
    PaginatedFeatureStoreList as PaginatedFeatureStoreList,
)
from tantieme_client._generated.models.paginated_frozen_member_list import (
    PaginatedFrozenMemberList as PaginatedFrozenMemberList,
)
from tantieme_client._generated.models.paginated_generation_list import (
    PaginatedGenerationList as PaginatedGenerationList,
)
from tantieme_client._generated.models.paginated_intake_file_list import (
    PaginatedIntakeFileList as PaginatedIntakeFileList,
)
from tantieme_client._generated.models.paginated_invoice_list import (
    PaginatedInvoiceList as PaginatedInvoiceList,
)
from tantieme_client._generated.models.paginated_job_list import (
    PaginatedJobList as PaginatedJobList,
)
from tantieme_client._generated.models.paginated_lot_list import (
    PaginatedLotList as PaginatedLotList,
)
from tantieme_client._generated.models.paginated_model_version_list import (
    PaginatedModelVersionList as PaginatedModelVersionList,
)
from tantieme_client._generated.models.paginated_period_list import (
    PaginatedPeriodList as PaginatedPeriodList,
)
from tantieme_client._generated.models.paginated_request_list import (
    PaginatedRequestList as PaginatedRequestList,
)
from tantieme_client._generated.models.paginated_sandbox_statement_list import (
    PaginatedSandboxStatementList as PaginatedSandboxStatementList,
)
from tantieme_client._generated.models.paginated_upload_list import (
    PaginatedUploadList as PaginatedUploadList,
)
from tantieme_client._generated.models.pair import Pair as Pair
from tantieme_client._generated.models.part import Part as Part
from tantieme_client._generated.models.patched_endpoint_change import (
    PatchedEndpointChange as PatchedEndpointChange,
)
from tantieme_client._generated.models.period import Period as Period
from tantieme_client._generated.models.progress import Progress as Progress
from tantieme_client._generated.models.rate import Rate as Rate
from tantieme_client._generated.models.replay import Replay as Replay
from tantieme_client._generated.models.replayed import Replayed as Replayed
from tantieme_client._generated.models.reported import Reported as Reported
from tantieme_client._generated.models.reported_revenue import ReportedRevenue as ReportedRevenue
from tantieme_client._generated.models.request import Request as Request
from tantieme_client._generated.models.restatement import Restatement as Restatement
from tantieme_client._generated.models.result import Result as Result
from tantieme_client._generated.models.revenue import Revenue as Revenue
from tantieme_client._generated.models.run import Run as Run
from tantieme_client._generated.models.sandbox_statement import SandboxStatement as SandboxStatement
from tantieme_client._generated.models.secret import Secret as Secret
from tantieme_client._generated.models.settlement import Settlement as Settlement
from tantieme_client._generated.models.share import Share as Share
from tantieme_client._generated.models.stated_track import StatedTrack as StatedTrack
from tantieme_client._generated.models.statement_document import (
    StatementDocument as StatementDocument,
)
from tantieme_client._generated.models.summary import Summary as Summary
from tantieme_client._generated.models.summary_entry import SummaryEntry as SummaryEntry
from tantieme_client._generated.models.summary_section import SummarySection as SummarySection
from tantieme_client._generated.models.track import Track as Track
from tantieme_client._generated.models.track_consent import TrackConsent as TrackConsent
from tantieme_client._generated.models.training_set import TrainingSet as TrainingSet
from tantieme_client._generated.models.upload import Upload as Upload
from tantieme_client._generated.models.upload_part import UploadPart as UploadPart
from tantieme_client._generated.models.usage import Usage as Usage
from tantieme_client._generated.models.verification import Verification as Verification
from tantieme_client._generated.models.wanted_features import WantedFeatures as WantedFeatures
