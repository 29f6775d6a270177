"""companion teams, accompaniment of families, puskesmas of a family, measurements by day

Revision: 0020, after 0019"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "companionteam",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", text(length=120), nullable=False),
        sa.Column("kelurahan_code", text(length=13), nullable=False),
        sa.Column("posyandu", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", text(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companionteam")),
        sa.UniqueConstraint("name", name=op.f("uq_companionteam_name")),
    )
    with op.batch_alter_table("companionteam", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companionteam_kelurahan_code"), ["kelurahan_code"])
    op.create_table(
        "accompaniment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("month", text(length=7), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("source", text(length=200), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_accompaniment_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accompaniment")),
        sa.UniqueConstraint(
            "household_id", "month", name=op.f("uq_accompaniment_household_id_month")
        ),
    )
    with op.batch_alter_table("accompaniment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accompaniment_month"), ["month"])
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.add_column(sa.Column("puskesmas", text(length=120), nullable=True))
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_measured_on"), ["measured_on"])


def downgrade() -> None:
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measurement_measured_on"))
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_column("puskesmas")
    op.drop_table("accompaniment")
    op.drop_table("companionteam")
