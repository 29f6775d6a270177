"""what donors tell the office, and which photos their sponsors may see

Revision: 0007, after 0006"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "donormessage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("sent_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_donormessage_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donormessage")),
        sa.UniqueConstraint("message_uid", name=op.f("uq_donormessage_message_uid")),
    )
    with op.batch_alter_table("donormessage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_donormessage_sponsor_id"), ["sponsor_id"])
        batch_op.create_index(batch_op.f("ix_donormessage_answered_at"), ["answered_at"])
    with op.batch_alter_table("deliveryphoto", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_shown", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True)
        )
        batch_op.add_column(sa.Column("decided_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("deliveryphoto", schema=None) as batch_op:
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("is_shown")
    op.drop_table("donormessage")
