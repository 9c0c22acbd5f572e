"""Let the acts of a case lose what they said, and nothing else: data and answer to nothing"""

from alembic import op

revision = '0012'
down_revision = '0010'
branch_labels = None
depends_on = None

#: What stays of an act, whatever is asked of the database.
KEPT = (
    'chain_id', 'seq', 'at', 'act', 'person_id', 'element_id', 'task_id', 'hash',
    'idempotency_key', 'request', 'position_id', 'on_behalf_of', 'address',
)


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        alike = ' AND '.join(f'NEW.{name} IS NOT DISTINCT FROM OLD.{name}' for name in KEPT)
        op.execute(
            'CREATE FUNCTION refuse_all_but_emptying() RETURNS trigger LANGUAGE plpgsql AS $$ '
            f'BEGIN IF NEW.data IS NULL AND NEW.answer IS NULL AND {alike} '
            "THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, TG_OP; END $$"
        )
        op.execute('DROP TRIGGER written_once ON history')
        op.execute(
            'CREATE TRIGGER written_once BEFORE UPDATE ON history '
            'FOR EACH ROW EXECUTE FUNCTION refuse_all_but_emptying()'
        )
        op.execute(
            'CREATE TRIGGER never_deleted BEFORE DELETE ON history '
            'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
        )
        return
    alike = ' AND '.join(f'NEW."{name}" IS OLD."{name}"' for name in KEPT)
    op.execute('DROP TRIGGER history_written_once_update')
    op.execute(
        'CREATE TRIGGER history_written_once_update BEFORE UPDATE ON history '
        f'WHEN NOT (NEW.data IS NULL AND NEW.answer IS NULL AND {alike}) '
        "BEGIN SELECT RAISE(ABORT, 'history is written once: update refused'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER never_deleted ON history')
        op.execute('DROP TRIGGER written_once ON history')
        op.execute('DROP FUNCTION refuse_all_but_emptying()')
        op.execute(
            'CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON history '
            'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
        )
        return
    op.execute('DROP TRIGGER history_written_once_update')
    op.execute(
        'CREATE TRIGGER history_written_once_update BEFORE UPDATE ON history '
        "BEGIN SELECT RAISE(ABORT, 'history is written once: update refused'); END"
    )
