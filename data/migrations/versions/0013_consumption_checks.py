"""whether the child ate what was delivered

Revision: 0013, after 0012"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "consumptioncheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column(
            "eaten",
            sa.Enum(
                "child", "shared", "not_eaten", "not_known",
                name="eaten", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", text(length=300), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_consumptioncheck_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_consumptioncheck_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_consumptioncheck_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumptioncheck")),
        sa.UniqueConstraint("package_id", name=op.f("uq_consumptioncheck_package_id")),
    )
    with op.batch_alter_table("consumptioncheck", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consumptioncheck_child_id"), ["child_id"])
        batch_op.create_index(batch_op.f("ix_consumptioncheck_cycle_id"), ["cycle_id"])


def downgrade() -> None:
    op.drop_table("consumptioncheck")
