"""Count what runs by definition"""

from alembic import op
import sqlalchemy as sa

revision = '0006'
down_revision = '0004'
branch_labels = None
depends_on = None

RUNNING = sa.text("status = 'running'")


def upgrade() -> None:
    op.create_index(
        'ix_process_instances_running', 'process_instances', ['process_definition_id'],
        unique=False, sqlite_where=RUNNING, postgresql_where=RUNNING,
    )


def downgrade() -> None:
    op.drop_index('ix_process_instances_running', 'process_instances')
