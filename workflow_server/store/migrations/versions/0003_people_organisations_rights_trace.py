"""Lay down people, organisations, rights and trace"""

from uuid import UUID, uuid5

from alembic import op
import sqlalchemy as sa
from workflow_server.store import types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

#: What is written once and never changed or deleted again, whoever asks the database to.
WRITTEN_ONCE = ('history', 'history_anchors', 'history_anchored_heads', 'inquiries')
#: The areas that acts were written in before areas knew where they end.
AREAS = (
    'access', 'attachments', 'calendar', 'clock', 'deliveries', 'deployments', 'incidents',
    'jobs', 'numbers', 'organisations', 'requests',
)


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, TG_OP; END $$"
        )
        for table in WRITTEN_ONCE:
            op.execute(
                f'CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} '
                'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
            )
            op.execute(
                f'CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} '
                'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'
            )
        return
    for table in WRITTEN_ONCE:
        for act in ('update', 'delete'):
            op.execute(
                f'CREATE TRIGGER {table}_written_once_{act} BEFORE {act.upper()} ON {table} '
                f"BEGIN SELECT RAISE(ABORT, '{table} is written once: {act} refused'); END"
            )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table in WRITTEN_ONCE:
            op.execute(f'DROP TRIGGER IF EXISTS written_once ON {table}')
            op.execute(f'DROP TRIGGER IF EXISTS never_emptied ON {table}')
        op.execute('DROP FUNCTION refuse_change()')
        return
    for table in WRITTEN_ONCE:
        for act in ('update', 'delete'):
            op.execute(f'DROP TRIGGER IF EXISTS {table}_written_once_{act}')


def _keep_ends_of_areas() -> None:
    history = sa.table(
        'history',
        sa.column('chain_id', types.UuidColumn()),
        sa.column('seq', sa.Integer()),
        sa.column('hash', sa.LargeBinary()),
    )
    chains = sa.table(
        'history_chains',
        sa.column('id', types.UuidColumn()),
        sa.column('name', sa.Text()),
        sa.column('length', sa.Integer()),
        sa.column('head', sa.LargeBinary()),
    )
    for name in AREAS:
        chain_id = uuid5(UUID('6f0c7a52-5d0e-4b8a-9a37-1f2f4c0e9d11'), name)
        last = op.get_bind().execute(
            sa.select(history.c.seq, history.c.hash)
            .where(history.c.chain_id == chain_id)
            .order_by(history.c.seq.desc())
            .limit(1)
        ).one_or_none()
        if last is not None:
            values = {'id': chain_id, 'name': name, 'length': last.seq, 'head': last.hash}
            op.get_bind().execute(chains.insert().values(values))


def upgrade() -> None:
    op.create_table('history_anchors',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.Column('heads', sa.Integer(), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_history_anchors'))
    )
    op.create_table('history_chains',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('instance_id', types.UuidColumn(), nullable=True),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history_chains'))
    )
    with op.batch_alter_table('history_chains', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_history_chains_instance_id'), ['instance_id'], unique=False)

    op.create_table('roles',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('sees', sa.Text(), nullable=False),
    sa.Column('rights', types.JsonColumn, nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_roles'))
    )
    op.create_table('sign_ins',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('person_id', types.UuidColumn(), nullable=True),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('network', sa.Text(), nullable=False),
    sa.Column('agent', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index('ix_sign_ins_address_at', ['address', 'at'], unique=False)
        batch_op.create_index('ix_sign_ins_login_at', ['login', 'at'], unique=False)
        batch_op.create_index('ix_sign_ins_network_at', ['network', 'at'], unique=False)
        batch_op.create_index('ix_sign_ins_person_id_at', ['person_id', 'at'], unique=False)

    op.create_table('password_history',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_password_history_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_history'))
    )
    with op.batch_alter_table('password_history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_password_history_person_id'), ['person_id'], unique=False)

    op.create_table('recovery_codes',
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('used_at', types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_recovery_codes_person_id_people')),
    sa.PrimaryKeyConstraint('person_id', 'digest', name=op.f('pk_recovery_codes'))
    )
    op.create_table('departments',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('organisation_id', types.UuidColumn(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('parent_id', types.UuidColumn(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_departments_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['parent_id'], ['departments.id'], name=op.f('fk_departments_parent_id_departments')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments')),
    sa.UniqueConstraint('organisation_id', 'key', name=op.f('uq_departments_organisation_id_key'))
    )
    op.create_table('groups',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.UuidColumn(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_groups_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groups')),
    sa.UniqueConstraint('key', name=op.f('uq_groups_key'))
    )
    op.create_table('history_anchored_heads',
    sa.Column('chain_id', types.UuidColumn(), nullable=False),
    sa.Column('anchor_seq', sa.Integer(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['anchor_seq'], ['history_anchors.seq'], name=op.f('fk_history_anchored_heads_anchor_seq_history_anchors'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('chain_id', 'anchor_seq', name=op.f('pk_history_anchored_heads')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('history_anchored_heads', schema=None) as batch_op:
        batch_op.create_index('ix_history_anchored_heads_anchor_seq', ['anchor_seq', 'chain_id'], unique=False)

    op.create_table('successions',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('organisation_id', types.UuidColumn(), nullable=False),
    sa.Column('successor_id', types.UuidColumn(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('names', types.JsonColumn, nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('person_id', types.UuidColumn(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_successions_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['successor_id'], ['organisations.id'], name=op.f('fk_successions_successor_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_successions'))
    )
    with op.batch_alter_table('successions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_successions_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_successions_successor_id'), ['successor_id'], unique=False)

    op.create_table('group_members',
    sa.Column('group_id', types.UuidColumn(), nullable=False),
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_group_members_group_id_groups')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_group_members_person_id_people')),
    sa.PrimaryKeyConstraint('group_id', 'person_id', name=op.f('pk_group_members')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('group_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_members_person_id'), ['person_id'], unique=False)

    op.create_table('proposals',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('checksum', sa.Text(), nullable=False),
    sa.Column('bundle', sa.LargeBinary(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('proposed_by', types.UuidColumn(), nullable=False),
    sa.Column('proposed_at', types.UtcDateTime(), nullable=False),
    sa.Column('decided_at', types.UtcDateTime(), nullable=True),
    sa.Column('deployment_id', types.UuidColumn(), nullable=True),
    sa.Column('base_id', types.UuidColumn(), nullable=True),
    sa.Column('changes', types.JsonColumn, nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['deployments.id'], name=op.f('fk_proposals_base_id_deployments')),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployments.id'], name=op.f('fk_proposals_deployment_id_deployments')),
    sa.ForeignKeyConstraint(['proposed_by'], ['people.id'], name=op.f('fk_proposals_proposed_by_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals'))
    )
    op.create_table('proposal_decisions',
    sa.Column('proposal_id', types.UuidColumn(), nullable=False),
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('approved', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('decided_at', types.UtcDateTime(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('base_id', types.UuidColumn(), nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['deployments.id'], name=op.f('fk_proposal_decisions_base_id_deployments')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_proposal_decisions_person_id_people')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_proposal_decisions_proposal_id_proposals')),
    sa.PrimaryKeyConstraint('proposal_id', 'person_id', name=op.f('pk_proposal_decisions')),
    sqlite_with_rowid=False
    )
    op.create_table('emergency_accesses',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('instance_id', types.UuidColumn(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('taken_at', types.UtcDateTime(), nullable=False),
    sa.Column('expires_at', types.UtcDateTime(), nullable=False),
    sa.Column('reviewed_at', types.UtcDateTime(), nullable=True),
    sa.Column('reviewed_by', types.UuidColumn(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instances.id'], name=op.f('fk_emergency_accesses_instance_id_process_instances')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_emergency_accesses_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency_accesses'))
    )
    with op.batch_alter_table('emergency_accesses', schema=None) as batch_op:
        batch_op.create_index('ix_emergency_accesses_person_id_instance_id', ['person_id', 'instance_id'], unique=False)

    op.create_table('inquiries',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('organisation_id', types.UuidColumn(), nullable=False),
    sa.Column('instance_id', types.UuidColumn(), nullable=True),
    sa.Column('inquirer', sa.Text(), nullable=False),
    sa.Column('inquirer_unit', sa.Text(), nullable=False),
    sa.Column('inquirer_post', sa.Text(), nullable=True),
    sa.Column('manner', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('occurred_at', types.UtcDateTime(), nullable=False),
    sa.Column('recorded_by', types.UuidColumn(), nullable=False),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.Column('corrects_id', types.UuidColumn(), nullable=True),
    sa.ForeignKeyConstraint(['corrects_id'], ['inquiries.id'], name=op.f('fk_inquiries_corrects_id_inquiries')),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instances.id'], name=op.f('fk_inquiries_instance_id_process_instances')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_inquiries_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['recorded_by'], ['people.id'], name=op.f('fk_inquiries_recorded_by_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiries'))
    )
    with op.batch_alter_table('inquiries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inquiries_instance_id'), ['instance_id'], unique=False)
        batch_op.create_index('ix_inquiries_organisation_id_recorded_at', ['organisation_id', 'recorded_at'], unique=False)

    op.create_table('recusals',
    sa.Column('id', types.UuidColumn(), nullable=False),
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('instance_id', types.UuidColumn(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('ordered_by', types.UuidColumn(), nullable=False),
    sa.Column('ordered_at', types.UtcDateTime(), nullable=False),
    sa.Column('lifted_by', types.UuidColumn(), nullable=True),
    sa.Column('lifted_at', types.UtcDateTime(), nullable=True),
    sa.Column('lifted_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instances.id'], name=op.f('fk_recusals_instance_id_process_instances')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_recusals_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recusals'))
    )
    with op.batch_alter_table('recusals', schema=None) as batch_op:
        batch_op.create_index('ix_recusals_instance_id', ['instance_id'], unique=False)
        batch_op.create_index('ix_recusals_person_id_instance_id', ['person_id', 'instance_id'], unique=False)

    op.create_table('team_members',
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('instance_id', types.UuidColumn(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instances.id'], name=op.f('fk_team_members_instance_id_process_instances')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_team_members_person_id_people')),
    sa.PrimaryKeyConstraint('person_id', 'instance_id', 'role', name=op.f('pk_team_members')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('team_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_members_instance_id'), ['instance_id'], unique=False)

    op.create_table('task_candidates',
    sa.Column('person_id', types.UuidColumn(), nullable=False),
    sa.Column('task_id', types.UuidColumn(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_task_candidates_person_id_people')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_candidates_task_id_tasks')),
    sa.PrimaryKeyConstraint('person_id', 'task_id', name=op.f('pk_task_candidates')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('task_candidates', schema=None) as batch_op:
        batch_op.create_index('ix_task_candidates_task_id', ['task_id'], unique=False)

    op.add_column('task_exclusions', sa.Column('label', sa.Text(), nullable=False, server_default=''))

    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scopes', types.JsonColumn, nullable=True))
        batch_op.add_column(sa.Column('last_used_at', types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('sign_in', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE api_tokens SET sign_in = true WHERE name = 'sign-in'")

    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.add_column(sa.Column('position_id', types.UuidColumn(), nullable=True))
        batch_op.add_column(sa.Column('on_behalf_of', types.UuidColumn(), nullable=True))
        batch_op.add_column(sa.Column('address', sa.Text(), nullable=True))
        batch_op.create_index('ix_history_at', ['at', 'chain_id', 'seq'], unique=False)
        batch_op.create_index('ix_history_person_id_at', ['person_id', 'at'], unique=False)

    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parent_id', types.UuidColumn(), nullable=True))
        batch_op.add_column(sa.Column('path', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('level', sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column('opened_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('closed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('predecessors', types.JsonColumn, nullable=False, server_default='[]'))
        batch_op.create_index(batch_op.f('ix_organisations_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisations_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisations_path'), ['path'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_organisations_parent_id_organisations'), 'organisations', ['parent_id'], ['id'])

    if op.get_bind().dialect.name == 'sqlite':
        op.execute("UPDATE organisations SET path = lower(hex(id)) || '/'")
    else:
        op.execute("UPDATE organisations SET path = replace(id::text, '-', '') || '/'")

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.add_column(sa.Column('administration', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('clearance', sa.SmallInteger(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('minors_certified', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('password_set_at', types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('must_change_password', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('totp_secret', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('totp_confirmed_at', types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('totp_last_step', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('oidc_issuer', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('oidc_subject', sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_people_oidc_issuer_oidc_subject'), ['oidc_issuer', 'oidc_subject'])

    # Who was the only kind of administrator runs the system now; the other two are appointed anew.
    op.execute("UPDATE people SET administration = 'system' WHERE administrator")
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_column('administrator')

    with op.batch_alter_table('positions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('department_id', types.UuidColumn(), nullable=True))
        batch_op.add_column(sa.Column('is_head', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('acting_for_id', types.UuidColumn(), nullable=True))
        batch_op.add_column(sa.Column('since', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('until', sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_positions_person_id_organisation_id_role'), type_='unique')
        batch_op.create_index('ix_positions_person_id', ['person_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_positions_acting_for_id_people'), 'people', ['acting_for_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_positions_department_id_departments'), 'departments', ['department_id'], ['id'])
        batch_op.drop_column('department')

    # Who completed a task that was free holds it from now on: it is found by one index.
    op.execute(
        "UPDATE tasks SET assignee_id = completed_by, claimed_at = completed_at"
        " WHERE assignee_id IS NULL AND completed_by IS NOT NULL"
    )
    op.create_index('ix_tasks_assignee_id_instance_id', 'tasks', ['assignee_id', 'instance_id'], unique=False)

    op.add_column('tasks', sa.Column('draft_by', types.UuidColumn(), nullable=True))
    op.add_column('documents', sa.Column('readers', sa.Text(), nullable=True))
    op.create_table('document_classes',
    sa.Column('document_id', types.UuidColumn(), nullable=False),
    sa.Column('data_class', sa.Text(), nullable=False),
    sa.Column('flag', sa.Text(), nullable=False),
    sa.Column('readers', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_document_classes_document_id_documents')),
    sa.PrimaryKeyConstraint('document_id', 'data_class', name=op.f('pk_document_classes'))
    )
    with op.batch_alter_table('process_instances', schema=None) as batch_op:
        batch_op.add_column(sa.Column('department_id', types.UuidColumn(), nullable=True))
        batch_op.add_column(sa.Column('secrecy', sa.SmallInteger(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('minor', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('flags', types.JsonColumn, nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('standing', types.JsonColumn, nullable=False, server_default='{}'))
        batch_op.create_index('ix_process_instances_department_id', ['department_id'], unique=False)
        batch_op.create_index('ix_process_instances_started_by', ['started_by'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_process_instances_department_id_departments'), 'departments', ['department_id'], ['id'])


    _keep_ends_of_areas()
    _refuse_changes()


def downgrade() -> None:
    _allow_changes()
    op.drop_column('task_exclusions', 'label')
    op.drop_table('document_classes')
    op.drop_column('documents', 'readers')
    op.drop_column('tasks', 'draft_by')
    op.drop_index('ix_tasks_assignee_id_instance_id', table_name='tasks')
    with op.batch_alter_table('process_instances', schema=None) as batch_op:
        batch_op.drop_index('ix_process_instances_started_by')
        batch_op.drop_index('ix_process_instances_department_id')
        batch_op.drop_column('standing')
        batch_op.drop_constraint(batch_op.f('fk_process_instances_department_id_departments'), type_='foreignkey')
        batch_op.drop_column('flags')
        batch_op.drop_column('minor')
        batch_op.drop_column('secrecy')
        batch_op.drop_column('department_id')

    with op.batch_alter_table('positions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('department', sa.TEXT(), nullable=True))
        batch_op.drop_constraint(batch_op.f('fk_positions_department_id_departments'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_positions_acting_for_id_people'), type_='foreignkey')
        batch_op.drop_index('ix_positions_person_id')
        batch_op.create_unique_constraint(batch_op.f('uq_positions_person_id_organisation_id_role'), ['person_id', 'organisation_id', 'role'])
        batch_op.drop_column('until')
        batch_op.drop_column('since')
        batch_op.drop_column('acting_for_id')
        batch_op.drop_column('is_head')
        batch_op.drop_column('department_id')

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.add_column(sa.Column('administrator', sa.BOOLEAN(), nullable=False, server_default=sa.false()))

    # The other two kinds could do nothing in the version before that everybody could not.
    op.execute("UPDATE people SET administrator = true WHERE administration = 'system'")
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_people_oidc_issuer_oidc_subject'), type_='unique')
        batch_op.drop_column('oidc_subject')
        batch_op.drop_column('oidc_issuer')
        batch_op.drop_column('totp_last_step')
        batch_op.drop_column('totp_confirmed_at')
        batch_op.drop_column('totp_secret')
        batch_op.drop_column('must_change_password')
        batch_op.drop_column('password_set_at')
        batch_op.drop_column('minors_certified')
        batch_op.drop_column('clearance')
        batch_op.drop_column('administration')

    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_organisations_parent_id_organisations'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_organisations_path'))
        batch_op.drop_index(batch_op.f('ix_organisations_parent_id'))
        batch_op.drop_index(batch_op.f('ix_organisations_code'))
        batch_op.drop_column('predecessors')
        batch_op.drop_column('closed_on')
        batch_op.drop_column('opened_on')
        batch_op.drop_column('level')
        batch_op.drop_column('path')
        batch_op.drop_column('parent_id')

    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.drop_index('ix_history_person_id_at')
        batch_op.drop_index('ix_history_at')
        batch_op.drop_column('address')
        batch_op.drop_column('on_behalf_of')
        batch_op.drop_column('position_id')

    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.drop_column('sign_in')
        batch_op.drop_column('last_used_at')
        batch_op.drop_column('scopes')

    with op.batch_alter_table('task_candidates', schema=None) as batch_op:
        batch_op.drop_index('ix_task_candidates_task_id')

    op.drop_table('task_candidates')
    with op.batch_alter_table('team_members', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_members_instance_id'))

    op.drop_table('team_members')
    with op.batch_alter_table('recusals', schema=None) as batch_op:
        batch_op.drop_index('ix_recusals_person_id_instance_id')
        batch_op.drop_index('ix_recusals_instance_id')

    op.drop_table('recusals')
    with op.batch_alter_table('inquiries', schema=None) as batch_op:
        batch_op.drop_index('ix_inquiries_organisation_id_recorded_at')
        batch_op.drop_index(batch_op.f('ix_inquiries_instance_id'))

    op.drop_table('inquiries')
    with op.batch_alter_table('emergency_accesses', schema=None) as batch_op:
        batch_op.drop_index('ix_emergency_accesses_person_id_instance_id')

    op.drop_table('emergency_accesses')
    op.drop_table('proposal_decisions')
    op.drop_table('proposals')
    with op.batch_alter_table('group_members', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_members_person_id'))

    op.drop_table('group_members')
    with op.batch_alter_table('successions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_successions_successor_id'))
        batch_op.drop_index(batch_op.f('ix_successions_organisation_id'))

    op.drop_table('successions')
    with op.batch_alter_table('history_anchored_heads', schema=None) as batch_op:
        batch_op.drop_index('ix_history_anchored_heads_anchor_seq')

    op.drop_table('history_anchored_heads')
    op.drop_table('groups')
    op.drop_table('departments')
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_ins_person_id_at')
        batch_op.drop_index('ix_sign_ins_network_at')
        batch_op.drop_index('ix_sign_ins_login_at')
        batch_op.drop_index('ix_sign_ins_address_at')

    op.drop_table('sign_ins')
    op.drop_table('recovery_codes')
    with op.batch_alter_table('password_history', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_password_history_person_id'))

    op.drop_table('password_history')
    op.drop_table('roles')
    with op.batch_alter_table('history_chains', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_history_chains_instance_id'))

    op.drop_table('history_chains')
    op.drop_table('history_anchors')
