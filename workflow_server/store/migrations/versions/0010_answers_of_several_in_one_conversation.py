"""Several organisations may answer in one conversation, each with a letter of the same type"""

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

ONE_OF_ALL = 'uq_deliveries_type_conversation_recipient_id'
ONE_OF_EACH = 'uq_deliveries_type_conversation_recipient_id_sender_id'


def upgrade() -> None:
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_constraint(ONE_OF_ALL, type_='unique')
        batch_op.create_unique_constraint(
            ONE_OF_EACH, ['type', 'conversation', 'recipient_id', 'sender_id']
        )


def downgrade() -> None:
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_constraint(ONE_OF_EACH, type_='unique')
        batch_op.create_unique_constraint(ONE_OF_ALL, ['type', 'conversation', 'recipient_id'])
