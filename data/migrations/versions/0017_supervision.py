"""supervision visits and what was found

Revision: 0017, after 0016"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString

    def one_of(*values: str) -> sa.Enum:
        return sa.Enum(*values, name="state", native_enum=False, create_constraint=True, length=40)

    op.create_table(
        "supervisionvisit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kelurahan_code", text(length=13), nullable=False),
        sa.Column("posyandu", text(length=120), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", one_of("planned", "done", "cancelled"), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("visitor", text(length=80), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("notes", text(length=2000), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("planned_by", text(length=80), nullable=False),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisionvisit")),
    )
    with op.batch_alter_table("supervisionvisit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervisionvisit_state"), ["state"])
    op.create_table(
        "supervisionfinding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("text", text(length=500), nullable=False),
        sa.Column("action", text(length=500), nullable=False),
        sa.Column("owner", text(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", one_of("open", "done", "closed"), nullable=False),
        sa.Column("answer", text(length=500), nullable=False),
        sa.Column("done_by", text(length=80), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", text(length=80), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("found_by", text(length=80), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["supervisionvisit.id"], name=op.f("fk_supervisionfinding_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisionfinding")),
    )
    with op.batch_alter_table("supervisionfinding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervisionfinding_owner"), ["owner"])
        batch_op.create_index(batch_op.f("ix_supervisionfinding_state"), ["state"])
        batch_op.create_index(batch_op.f("ix_supervisionfinding_visit_id"), ["visit_id"])


def downgrade() -> None:
    op.drop_table("supervisionfinding")
    op.drop_table("supervisionvisit")
