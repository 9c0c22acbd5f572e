"""Shapes of deployments and process definitions."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import FaultShape, Paging, Shape, page_of
from workflow_server.api.shapes.documents import PaperShape
from workflow_server.api.shapes.fields import Answers, Choice, Flag, Id, Moment, Shown, Text


class DeploymentShape(Shape):
    """One sealed bundle of content."""

    id = Id(required=True)
    checksum = Shown(required=True)
    source = Choice("folder", "api", "cli", "proposal", required=True)
    deployed_at = Moment(required=True)
    deployed_by = Id(required=True, allow_none=True)
    files = fields.Integer(required=True)


class DefinitionShape(Shape):
    """A process of a deployment, under its key and version."""

    id = Id(required=True)
    key = Shown(required=True)
    version = fields.Integer(required=True)
    title = Shown(required=True)
    party = Shown(required=True, allow_none=True)
    deployment_id = Id(required=True)


class OfferShape(Shape):
    """A start by hand that you may use."""

    element_id = Shown(required=True)
    label = Shown(required=True)
    role = Shown(required=True)
    form = Shown(required=True, allow_none=True)
    organisation_id = Id(required=True)
    organisation_name = Shown(required=True)
    previews = fields.List(fields.Nested(PaperShape), required=True)


class OfferedDefinitionShape(DefinitionShape):
    """A process with the starts that you may use."""

    starts = fields.List(fields.Nested(OfferShape), required=True)


class DefinitionQuery(Paging):
    """Which process definitions."""

    key = Text(load_default=None, metadata={"description": "给出时列出该流程的所有版本"})
    startable = Flag(load_default=None, metadata={"description": "true：只列本人可以发起的"})


class StartFormQuery(Shape):
    """Which start; without them the first that you may use."""

    element_id = Text(load_default=None)
    role = Text(load_default=None)


class FormShape(Shape):
    """A form as form-js draws it."""

    key = Shown(required=True)
    form = Answers(required=True, attribute="source")


class StartFormShape(FormShape):
    """The form of a start, and the papers that its answers end up in."""

    previews = fields.List(fields.Nested(PaperShape), required=True)


class WholeDeploymentShape(DeploymentShape):
    """A deployment with the process definitions that came with it."""

    proposal_id = Id(required=True, allow_none=True)
    process_definitions = fields.List(fields.Nested(DefinitionShape), required=True)


class CheckedShape(Shape):
    """The faults of a bundle; none means that it can be deployed."""

    faults = fields.List(fields.Nested(FaultShape), required=True)


class BundleForm(Shape):
    """Nothing beside the zip file."""


DeploymentPage = page_of(DeploymentShape, "DeploymentPage")
DefinitionPage = page_of(OfferedDefinitionShape, "DefinitionPage")
