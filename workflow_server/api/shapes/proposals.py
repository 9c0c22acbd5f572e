"""Shapes of proposals to deploy."""

from __future__ import annotations

from marshmallow import fields

from workflow_server.api.shapes.base import Paging, Shape, page_of
from workflow_server.api.shapes.fields import Choice, Flag, Id, Moment, Shown, Text

STATUSES = ("open", "deployed", "rejected", "withdrawn")
CHANGES = ("added", "changed", "removed")
DETAILS = ("separation", "separate_from", "assign", "field_access", "flag", "team", "start")


class ProposalForm(Shape):
    """What is said beside the zip file."""

    note = Text(2_000, 1, required=True, metadata={"description": "改了什么，为什么"})


class ProposalQuery(Paging):
    """Which proposals."""

    status = Choice(*STATUSES, load_default=None)


class ProposalShape(Shape):
    """A bundle that somebody wants deployed."""

    id = Id(required=True)
    checksum = Shown(required=True)
    note = Shown(required=True)
    status = Choice(*STATUSES, required=True)
    proposed_by = Id(required=True)
    proposed_by_name = Shown(required=True)
    proposed_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    deployment_id = Id(required=True, allow_none=True)


class DecisionShape(Shape):
    """What one person decided; `counts` tells whether an approval is (still) valid."""

    person_id = Id(required=True)
    person_name = Shown(required=True)
    role = Shown(required=True)
    approved = fields.Boolean(required=True)
    note = Shown(required=True, allow_none=True)
    decided_at = Moment(required=True)
    counts = fields.Boolean(required=True)


class FileChangeShape(Shape):
    """A file that is new, other or gone."""

    path = Shown(required=True)
    change = Choice(*CHANGES, required=True)


class DetailChangeShape(Shape):
    """What a drawing says of people, before and after in words; None where it says nothing."""

    what = Choice(*DETAILS, required=True)
    subject = Shown(required=True, metadata={"description": "图中元素、角色、标记或规则"})
    label = Shown(required=True)
    before = Shown(required=True, allow_none=True)
    after = Shown(required=True, allow_none=True)


class DefinitionChangeShape(Shape):
    """A process that gets a new version, or is left out (and stays as it was deployed last)."""

    key = Shown(required=True)
    title = Shown(required=True)
    change = Choice(*CHANGES, required=True)
    version_before = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    details = fields.List(fields.Nested(DetailChangeShape), required=True)


class RoleChangeShape(Shape):
    """A role whose name, party, sight or rights change."""

    key = Shown(required=True)
    label = Shown(required=True)
    change = Choice(*CHANGES, required=True)
    party_before = Shown(required=True, allow_none=True)
    party = Shown(required=True, allow_none=True)
    sees_before = Shown(required=True, allow_none=True)
    sees = Shown(required=True, allow_none=True)
    rights_added = fields.List(Shown(), required=True)
    rights_removed = fields.List(Shown(), required=True)


class DataClassChangeShape(Shape):
    """A class of data that others may read; a reader `role:team` reads only its own cases."""

    key = Shown(required=True)
    label = Shown(required=True)
    change = Choice(*CHANGES, required=True)
    readers_before = fields.List(Shown(), required=True, allow_none=True)
    readers = fields.List(Shown(), required=True, allow_none=True)
    mask_before = Shown(required=True, allow_none=True)
    mask = Shown(required=True, allow_none=True)
    flag_before = Shown(required=True, allow_none=True)
    flag = Shown(required=True, allow_none=True)
    sensitive_before = fields.Boolean(required=True, allow_none=True)
    sensitive = fields.Boolean(required=True, allow_none=True)
    confined_before = fields.Boolean(required=True, allow_none=True)
    confined = fields.Boolean(required=True, allow_none=True)


class ChangesShape(Shape):
    """What a bundle changes, compared with one deployment."""

    compared_with = Id(required=True, allow_none=True)
    files = fields.List(fields.Nested(FileChangeShape), required=True)
    process_definitions = fields.List(fields.Nested(DefinitionChangeShape), required=True)
    roles = fields.List(fields.Nested(RoleChangeShape), required=True)
    data_classes = fields.List(fields.Nested(DataClassChangeShape), required=True)


class WholeProposalShape(ProposalShape):
    """A proposal with its decisions and what it changes."""

    approvals_needed = fields.Integer(required=True)
    roles_needed = fields.Integer(required=True)
    base_changed = fields.Boolean(required=True)
    decisions = fields.List(fields.Nested(DecisionShape), required=True)
    changes = fields.Nested(ChangesShape, required=True)


class ApprovalShape(Shape):
    """A decision; a rejection needs its reason."""

    approved = Flag(required=True)
    note = Text(2_000, load_default=None, allow_none=True)


ProposalPage = page_of(ProposalShape, "ProposalPage")
