"""Deployments: sealed bundles of diagrams, forms and document templates."""

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
from workflow_server.services import access, deployments
from workflow_server.store.deployments import Deployment

noun = door.Noun("deployments", "部署")


@noun.get("", DeploymentPage, query=Paging())
def list_deployments(query: dict[str, Any]) -> dict[str, Any]:
    """部署列表 · List deployments, newest first."""
    found, total = deployments.list_(**query)
    return page(found, total, query)


@noun.post("", WholeDeploymentShape(), form=BundleForm(), status=201, keyed=True)
def deploy(_form: dict[str, Any]) -> Any:
    """部署 · Deploy a zip with the folders bpmn, forms and documents (administrators).

    The same bytes are deployed once; sending them again gives the first deployment.
    A bundle with faults is refused whole, every fault named.
    """
    access.check_administers(door.actor(), "system")
    key = door.idempotency_key()
    return _whole(deployments.deploy(door.actor(), _bundle(), door.now(), "api", key))


@noun.post("/check", CheckedShape(), form=BundleForm())
def check_bundle(_form: dict[str, Any]) -> dict[str, Any]:
    """检查 · Name the faults of a zip without deploying it (administrators)."""
    access.check_administers(door.actor(), "system")
    try:
        faults = deployments.check(_bundle())
    except ContentRefused as refused:
        faults = refused.faults
    return {"faults": faults}


@noun.get("/<uuid:deployment_id>", WholeDeploymentShape())
def read_deployment(deployment_id: UUID) -> Any:
    """部署 · One deployment with its process definitions."""
    return _whole(deployments.get(deployment_id))


@noun.get("/<uuid:deployment_id>/bundle", media="application/zip")
def download_bundle(deployment_id: UUID) -> Response:
    """下载部署内容 · The bundle as the zip that was sealed (administrators)."""
    access.check_administers(door.actor(), "system")
    bundle = deployments.content_of(deployments.get(deployment_id).id).bundle
    name = f"bundle-{bundle.checksum[:12]}.zip"
    return door.download(bundles.write_zip(bundle), name, "application/zip")


def _bundle() -> Bundle:
    stream = door.uploaded_file().stream
    return bundles.read_zip(stream.read(bundles.MAXIMUM_BYTES + 1))


def _whole(deployment: Deployment) -> dict[str, Any]:
    definitions = deployments.list_definitions(deployment.id)
    return {
        "id": deployment.id,
        "checksum": deployment.checksum,
        "source": deployment.source,
        "deployed_at": deployment.deployed_at,
        "deployed_by": deployment.deployed_by,
        "files": deployment.files,
        "process_definitions": definitions,
    }
