"""goods of sponsors that couriers fetch on the way

Revision: 0015, after 0014"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    state = sa.Enum(
        "waiting",
        "planned",
        "fetched",
        "missed",
        "cancelled",
        name="state",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "pickup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", text(length=32), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("route_id", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("arrives_at", text(length=5), nullable=True),
        sa.Column("leg_distance_m", sa.Integer(), nullable=True),
        sa.Column("label", text(length=200), nullable=False),
        sa.Column("phone", text(length=20), nullable=True),
        sa.Column("address", text(length=500), nullable=False),
        sa.Column("landmark", text(length=200), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("opens", text(length=5), nullable=True),
        sa.Column("closes", text(length=5), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("goods", text(length=300), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("needs_cool_box", sa.Boolean(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("unserved", sa.JSON(), nullable=True),
        sa.Column("result_note", text(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text(length=80), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(lat is null) = (lon is null)", name=op.f("ck_pickup_lat_with_lon")),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_pickup_volume_positive")),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_pickup_weight_positive")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_pickup_cycle_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_pickup_route_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_pickup_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup")),
        sa.UniqueConstraint("uid", name=op.f("uq_pickup_uid")),
    )
    for column in ("cycle_id", "route_id", "state"):
        op.create_index(op.f(f"ix_pickup_{column}"), "pickup", [column])


def downgrade() -> None:
    for column in ("state", "route_id", "cycle_id"):
        op.drop_index(op.f(f"ix_pickup_{column}"), table_name="pickup")
    op.drop_table("pickup")
