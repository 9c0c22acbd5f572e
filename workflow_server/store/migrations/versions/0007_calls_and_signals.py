"""Calls and signals"""

from alembic import op
import sqlalchemy as sa
from workflow_server.store import types

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

CALLED = sa.text('parent_id IS NOT NULL')


def upgrade() -> None:
    op.add_column('process_instances', sa.Column('parent_id', types.UuidColumn(), nullable=True))
    op.add_column('process_instances', sa.Column('parent_visit_id', types.UuidColumn(), nullable=True))
    op.create_index(
        'ix_process_instances_parent_id', 'process_instances', ['parent_id'],
        unique=False, sqlite_where=CALLED, postgresql_where=CALLED,
    )
    op.add_column(
        'subscriptions', sa.Column('kind', sa.Text(), nullable=False, server_default='message')
    )


def downgrade() -> None:
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.drop_column('kind')
    op.drop_index('ix_process_instances_parent_id', 'process_instances')
    with op.batch_alter_table('process_instances', schema=None) as batch_op:
        batch_op.drop_column('parent_visit_id')
        batch_op.drop_column('parent_id')
