"""Jobs: what the server does by itself, for system administrators to watch and to retry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflow_server.api import door
from workflow_server.api.shapes.base import page
from workflow_server.api.shapes.jobs import JobPage, JobQuery, JobShape
from workflow_server.services import jobs

noun = door.Noun("jobs", "后台任务")


@noun.get("", JobPage, query=JobQuery())
def list_jobs(query: dict[str, Any]) -> dict[str, Any]:
    """后台任务列表 · List jobs, newest first (system administrator)."""
    found, total = jobs.list_(door.actor(), **query)
    return page(found, total, query)


@noun.get("/<uuid:job_id>", JobShape())
def read_job(job_id: UUID) -> Any:
    """后台任务 · One job (system administrator)."""
    return jobs.get(door.actor(), job_id)


@noun.post("/<uuid:job_id>/retry", JobShape(), keyed=True)
def retry_job(job_id: UUID) -> Any:
    """重试 · Let a failed job be tried again (system administrator)."""
    return jobs.retry(door.actor(), job_id, door.now(), door.idempotency_key())
