"""Inquiries about cases from outside (过问记录): written once, never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workflow_server.store.db import Model
from workflow_server.store.types import UtcDateTime, UuidColumn


class Inquiry(Model):
    """Who asked about or spoke for a case, when and how; the database refuses to change it."""

    __tablename__ = "inquiries"
    __table_args__ = (
        sa.Index("ix_inquiries_organisation_id_recorded_at", "organisation_id", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(UuidColumn, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("organisations.id"))
    instance_id: Mapped[UUID | None] = mapped_column(
        UuidColumn, sa.ForeignKey("process_instances.id"), index=True, default=None
    )
    #: Who asked, as the person recording it knows them.
    inquirer: Mapped[str] = mapped_column(sa.Text)
    inquirer_unit: Mapped[str] = mapped_column(sa.Text)
    inquirer_post: Mapped[str | None] = mapped_column(sa.Text, default=None)
    #: How: in person, by telephone, in writing …
    manner: Mapped[str] = mapped_column(sa.Text)
    content: Mapped[str] = mapped_column(sa.Text)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID] = mapped_column(UuidColumn, sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
