"""matching policies, and what places are worth beside a run

Revision: 0008, after 0007"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "matchpolicy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", text(length=120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("effective_from", text(length=7), nullable=False),
        sa.Column("reason", text(length=500), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchpolicy")),
    )
    op.create_index(op.f("ix_matchpolicy_effective_from"), "matchpolicy", ["effective_from"])
    with op.batch_alter_table("matchrun") as table:
        table.add_column(sa.Column("places", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("policy_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_matchrun_policy_id"), "matchpolicy", ["policy_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("matchrun") as table:
        table.drop_constraint(op.f("fk_matchrun_policy_id"), type_="foreignkey")
        table.drop_column("policy_id")
        table.drop_column("places")
    op.drop_index(op.f("ix_matchpolicy_effective_from"), table_name="matchpolicy")
    op.drop_table("matchpolicy")
