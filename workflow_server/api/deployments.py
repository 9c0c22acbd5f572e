"""Deployments: sealed bundles of content; they come from proposals and the command line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from workflow_server.api import door
from workflow_server.api.shapes.base import Paging, page
from workflow_server.api.shapes.deployments import (
    BundleForm,
    CheckedShape,
    DeploymentPage,
    WholeDeploymentShape,
)
from workflow_server.content import bundle as bundles
from workflow_server.content.bundle import Bundle
from workflow_server.content.refusals import ContentRefused
from workflow_server.services import deployments, proposals
from workflow_server.store.deployments import Deployment

noun = door.Noun("deployments", "部署")


@noun.get("", DeploymentPage, query=Paging())
def list_deployments(query: dict[str, Any]) -> dict[str, Any]:
    """部署列表 · List deployments, newest first."""
    found, total = deployments.list_(**query)
    return page(found, total, query)


@noun.post("/check", CheckedShape(), form=BundleForm())
def check_bundle(_form: dict[str, Any]) -> dict[str, Any]:
    """检查 · Name the faults of a zip without proposing it (who proposes or approves content)."""
    proposals.check_may_prepare(door.actor())
    try:
        faults = deployments.check(uploaded_bundle())
    except ContentRefused as refused:
        faults = refused.faults
    return {"faults": faults}


@noun.get("/<uuid:deployment_id>", WholeDeploymentShape())
def read_deployment(deployment_id: UUID) -> Any:
    """部署 · One deployment with its process definitions."""
    return _whole(deployments.get(deployment_id))


@noun.get("/<uuid:deployment_id>/bundle", media="application/zip")
def download_bundle(deployment_id: UUID) -> Response:
    """下载部署内容 · The bundle as the zip that was sealed (who proposes or approves content)."""
    proposals.check_may_prepare(door.actor())
    bundle = deployments.content_of(deployments.get(deployment_id).id).bundle
    name = f"bundle-{bundle.checksum[:12]}.zip"
    return door.download(bundles.write_zip(bundle), name, "application/zip")


def uploaded_bundle() -> Bundle:
    """Return the bundle of a multipart request; ContentRefused if it is none."""
    stream = door.uploaded_file().stream
    return bundles.read_zip(stream.read(bundles.MAXIMUM_BYTES + 1))


def _whole(deployment: Deployment) -> dict[str, Any]:
    definitions = deployments.list_definitions(deployment.id)
    proposal = proposals.proposal_of(deployment.id)
    return {
        "id": deployment.id,
        "checksum": deployment.checksum,
        "source": deployment.source,
        "deployed_at": deployment.deployed_at,
        "deployed_by": deployment.deployed_by,
        "files": deployment.files,
        "proposal_id": proposal.id if proposal is not None else None,
        "process_definitions": definitions,
    }
