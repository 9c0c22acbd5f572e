"""Keep drafts of content"""

from alembic import op
import sqlalchemy as sa
from workflow_server.store import types

revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drafts',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('base_id', types.UuidColumn(), nullable=False),
    sa.Column('owner_id', types.UuidColumn(), nullable=False),
    sa.Column('organisation_id', types.UuidColumn(), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('changed_at', types.UtcDateTime(), nullable=False),
    sa.Column('proposal_id', types.UuidColumn(), nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['deployments.id'], name=op.f('fk_drafts_base_id_deployments')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_drafts_owner_id_people')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_drafts_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_drafts_proposal_id_proposals')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts'))
    )
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.create_index('ix_drafts_status_id', ['status', 'id'], unique=False)
        batch_op.create_index('ix_drafts_owner_id_id', ['owner_id', 'id'], unique=False)

    op.create_table('draft_files',
    sa.Column('draft_id', types.UuidColumn(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('checksum', sa.Text(), nullable=True),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('changed_by', types.UuidColumn(), nullable=False),
    sa.Column('changed_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['people.id'], name=op.f('fk_draft_files_changed_by_people')),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_draft_files_draft_id_drafts')),
    sa.PrimaryKeyConstraint('draft_id', 'path', name=op.f('pk_draft_files'))
    )


def downgrade() -> None:
    op.drop_table('draft_files')
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.drop_index('ix_drafts_owner_id_id')
        batch_op.drop_index('ix_drafts_status_id')

    op.drop_table('drafts')
