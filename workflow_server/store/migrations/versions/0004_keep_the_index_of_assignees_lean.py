"""Keep the index of assignees lean; it comes after 0005, which landed first"""

from alembic import op

revision = '0004'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_tasks_assignee_id', 'tasks', ['assignee_id'], unique=False)
    op.drop_index('ix_tasks_assignee_id_instance_id', table_name='tasks')


def downgrade() -> None:
    op.create_index(
        'ix_tasks_assignee_id_instance_id', 'tasks', ['assignee_id', 'instance_id'], unique=False
    )
    op.drop_index('ix_tasks_assignee_id', table_name='tasks')
