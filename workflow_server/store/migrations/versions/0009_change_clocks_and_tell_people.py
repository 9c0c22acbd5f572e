"""Change clocks and tell people"""

from alembic import op
import sqlalchemy as sa
from workflow_server.store import types

revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None

UNREAD = sa.text('read_at IS NULL')
CLOCKS = sa.table(
    'deadlines',
    sa.column('id', types.UuidColumn()),
    sa.column('revisions', types.JsonColumn),
    sa.column('terms', types.JsonColumn),
)


def upgrade() -> None:
    for name in ('other_rules', 'terms'):
        column = sa.Column(name, types.JsonColumn, nullable=False, server_default='[]')
        op.add_column('deadlines', column)
    op.add_column('deadlines', sa.Column('stopped_for', sa.Text(), nullable=True))
    op.add_column('deadlines', sa.Column('copy_to_id', types.UuidColumn(), nullable=True))
    _keep_holds()
    op.create_table(
        'notices',
        sa.Column('id', types.UuidColumn(), nullable=False),
        sa.Column('person_id', types.UuidColumn(), nullable=False),
        sa.Column('organisation_id', types.UuidColumn(), nullable=False),
        sa.Column('instance_id', types.UuidColumn(), nullable=False),
        sa.Column('deadline_id', types.UuidColumn(), nullable=True),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('given_at', types.UtcDateTime(), nullable=False),
        sa.Column('read_at', types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_notices_person_id_people')),
        sa.ForeignKeyConstraint(['instance_id'], ['process_instances.id'], name=op.f('fk_notices_instance_id_process_instances')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_notices_organisation_id_organisations')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    )
    op.create_index('ix_notices_person_id_id', 'notices', ['person_id', 'id'], unique=False)
    op.create_index(
        'ix_notices_unread', 'notices', ['person_id'],
        unique=False, sqlite_where=UNREAD, postgresql_where=UNREAD,
    )


def _keep_holds() -> None:
    """What a clock was held for stood with its revisions, and now stands with its terms."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(CLOCKS.c.id, CLOCKS.c.revisions)).all():
        terms = [
            {
                'kind': 'hold',
                'at': each['held'][1],
                'began': each['held'][0],
                'ended': each['held'][1],
            }
            for each in row.revisions
            if 'held' in each
        ]
        if terms:
            connection.execute(
                sa.update(CLOCKS).where(CLOCKS.c.id == row.id).values(terms=terms)
            )


def downgrade() -> None:
    op.drop_table('notices')
    with op.batch_alter_table('deadlines', schema=None) as batch_op:
        batch_op.drop_column('copy_to_id')
        batch_op.drop_column('stopped_for')
        batch_op.drop_column('terms')
        batch_op.drop_column('other_rules')
