"""Imports the tables of every room, so that migrations and foreign keys see them all."""

import docflow.accounts.models
import docflow.allowances.models
import docflow.appointments.models
import docflow.approvals.models
import docflow.audit.models
import docflow.backups.models
import docflow.batches.models
import docflow.complaints.models
import docflow.core.belonging
import docflow.core.jobs
import docflow.deadlines.models
import docflow.district.models
import docflow.documents.models
import docflow.drafting.models
import docflow.ingest.models
import docflow.notifications.models
import docflow.privacy.models
import docflow.publications.models
import docflow.records.models
import docflow.registry.models
import docflow.requests.models
import docflow.routing.models
import docflow.search.models
import docflow.stamping.models
import docflow.storage.models
import docflow.unit_proposals.models  # noqa: F401 - imported for the tables they declare
