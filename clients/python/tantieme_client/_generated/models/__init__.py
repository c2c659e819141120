"""Contains all the data models used in inputs/outputs"""

from .account import Account
from .answer import Answer
from .attempt import Attempt
from .attribution import Attribution
from .catalogue_delivery import CatalogueDelivery
from .catalogue_delivery_fault import CatalogueDeliveryFault
from .catalogue_delivery_row import CatalogueDeliveryRow
from .catalogue_delivery_row_cells import CatalogueDeliveryRowCells
from .catalogue_delivery_warning import CatalogueDeliveryWarning
from .catalogue_track import CatalogueTrack
from .catalogue_work import CatalogueWork
from .challenge import Challenge
from .checkpoint import Checkpoint
from .checkpoint_metrics import CheckpointMetrics
from .clock import Clock
from .consent import Consent
from .consent_answer import ConsentAnswer
from .consent_question import ConsentQuestion
from .consent_statement import ConsentStatement
from .contract import Contract
from .contract_model_parameters import ContractModelParameters
from .delivery import Delivery
from .endpoint import Endpoint
from .entry import Entry
from .event import Event
from .event_data import EventData
from .event_of_delivery import EventOfDelivery
from .exclusion import Exclusion
from .fault import Fault
from .feature_store import FeatureStore
from .features import Features
from .frozen_member import FrozenMember
from .frozen_set import FrozenSet
from .frozen_set_roles import FrozenSetRoles
from .gaps import Gaps
from .generation import Generation
from .generation_batch import GenerationBatch
from .handed_in import HandedIn
from .health import Health
from .held import Held
from .intake_file import IntakeFile
from .invoice import Invoice
from .invoice_line import InvoiceLine
from .job import Job
from .key import Key
from .key_rotation import KeyRotation
from .lot import Lot
from .lots_of_day import LotsOfDay
from .measured import Measured
from .measures import Measures
from .member import Member
from .model_version import ModelVersion
from .move import Move
from .new_catalogue_delivery import NewCatalogueDelivery
from .new_checkpoint import NewCheckpoint
from .new_checkpoint_metrics import NewCheckpointMetrics
from .new_endpoint import NewEndpoint
from .new_feature_store import NewFeatureStore
from .new_features import NewFeatures
from .new_generation import NewGeneration
from .new_key import NewKey
from .new_model_version import NewModelVersion
from .new_piece import NewPiece
from .new_time import NewTime
from .new_training_set import NewTrainingSet
from .new_upload import NewUpload
from .objection import Objection
from .one_catalogue_delivery import OneCatalogueDelivery
from .one_invoice import OneInvoice
from .one_period import OnePeriod
from .one_upload import OneUpload
from .one_work import OneWork
from .opening import Opening
from .paginated_catalogue_delivery_list import PaginatedCatalogueDeliveryList
from .paginated_catalogue_delivery_row_list import PaginatedCatalogueDeliveryRowList
from .paginated_catalogue_track_list import PaginatedCatalogueTrackList
from .paginated_challenge_list import PaginatedChallengeList
from .paginated_checkpoint_list import PaginatedCheckpointList
from .paginated_consent_list import PaginatedConsentList
from .paginated_consent_statement_list import PaginatedConsentStatementList
from .paginated_contract_list import PaginatedContractList
from .paginated_delivery_list import PaginatedDeliveryList
from .paginated_endpoint_list import PaginatedEndpointList
from .paginated_entry_list import PaginatedEntryList
from .paginated_event_list import PaginatedEventList
from .paginated_exclusion_list import PaginatedExclusionList
from .paginated_feature_store_list import PaginatedFeatureStoreList
from .paginated_frozen_member_list import PaginatedFrozenMemberList
from .paginated_generation_list import PaginatedGenerationList
from .paginated_intake_file_list import PaginatedIntakeFileList
from .paginated_invoice_list import PaginatedInvoiceList
from .paginated_job_list import PaginatedJobList
from .paginated_lot_list import PaginatedLotList
from .paginated_model_version_list import PaginatedModelVersionList
from .paginated_period_list import PaginatedPeriodList
from .paginated_request_list import PaginatedRequestList
from .paginated_sandbox_statement_list import PaginatedSandboxStatementList
from .paginated_upload_list import PaginatedUploadList
from .pair import Pair
from .part import Part
from .patched_endpoint_change import PatchedEndpointChange
from .period import Period
from .progress import Progress
from .rate import Rate
from .replay import Replay
from .replayed import Replayed
from .reported import Reported
from .reported_revenue import ReportedRevenue
from .request import Request
from .restatement import Restatement
from .result import Result
from .revenue import Revenue
from .run import Run
from .sandbox_statement import SandboxStatement
from .secret import Secret
from .settlement import Settlement
from .share import Share
from .stated_track import StatedTrack
from .statement_document import StatementDocument
from .summary import Summary
from .summary_entry import SummaryEntry
from .summary_section import SummarySection
from .track import Track
from .track_consent import TrackConsent
from .training_set import TrainingSet
from .upload import Upload
from .upload_part import UploadPart
from .usage import Usage
from .verification import Verification
from .wanted_features import WantedFeatures

__all__ = (
    "Account",
    "Answer",
    "Attempt",
    "Attribution",
    "CatalogueDelivery",
    "CatalogueDeliveryFault",
    "CatalogueDeliveryRow",
    "CatalogueDeliveryRowCells",
    "CatalogueDeliveryWarning",
    "CatalogueTrack",
    "CatalogueWork",
    "Challenge",
    "Checkpoint",
    "CheckpointMetrics",
    "Clock",
    "Consent",
    "ConsentAnswer",
    "ConsentQuestion",
    "ConsentStatement",
    "Contract",
    "ContractModelParameters",
    "Delivery",
    "Endpoint",
    "Entry",
    "Event",
    "EventData",
    "EventOfDelivery",
    "Exclusion",
    "Fault",
    "Features",
    "FeatureStore",
    "FrozenMember",
    "FrozenSet",
    "FrozenSetRoles",
    "Gaps",
    "Generation",
    "GenerationBatch",
    "HandedIn",
    "Health",
    "Held",
    "IntakeFile",
    "Invoice",
    "InvoiceLine",
    "Job",
    "Key",
    "KeyRotation",
    "Lot",
    "LotsOfDay",
    "Measured",
    "Measures",
    "Member",
    "ModelVersion",
    "Move",
    "NewCatalogueDelivery",
    "NewCheckpoint",
    "NewCheckpointMetrics",
    "NewEndpoint",
    "NewFeatures",
    "NewFeatureStore",
    "NewGeneration",
    "NewKey",
    "NewModelVersion",
    "NewPiece",
    "NewTime",
    "NewTrainingSet",
    "NewUpload",
    "Objection",
    "OneCatalogueDelivery",
    "OneInvoice",
    "OnePeriod",
    "OneUpload",
    "OneWork",
    "Opening",
    "PaginatedCatalogueDeliveryList",
    "PaginatedCatalogueDeliveryRowList",
    "PaginatedCatalogueTrackList",
    "PaginatedChallengeList",
    "PaginatedCheckpointList",
    "PaginatedConsentList",
    "PaginatedConsentStatementList",
    "PaginatedContractList",
    "PaginatedDeliveryList",
    "PaginatedEndpointList",
    "PaginatedEntryList",
    "PaginatedEventList",
    "PaginatedExclusionList",
    "PaginatedFeatureStoreList",
    "PaginatedFrozenMemberList",
    "PaginatedGenerationList",
    "PaginatedIntakeFileList",
    "PaginatedInvoiceList",
    "PaginatedJobList",
    "PaginatedLotList",
    "PaginatedModelVersionList",
    "PaginatedPeriodList",
    "PaginatedRequestList",
    "PaginatedSandboxStatementList",
    "PaginatedUploadList",
    "Pair",
    "Part",
    "PatchedEndpointChange",
    "Period",
    "Progress",
    "Rate",
    "Replay",
    "Replayed",
    "Reported",
    "ReportedRevenue",
    "Request",
    "Restatement",
    "Result",
    "Revenue",
    "Run",
    "SandboxStatement",
    "Secret",
    "Settlement",
    "Share",
    "StatedTrack",
    "StatementDocument",
    "Summary",
    "SummaryEntry",
    "SummarySection",
    "Track",
    "TrackConsent",
    "TrainingSet",
    "Upload",
    "UploadPart",
    "Usage",
    "Verification",
    "WantedFeatures",
)
