"""who drove a route and in what when it left, whatever its vehicle is since

Revision: 0030, after 0029"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COPIED = ("courier_name", "courier_phone", "plate", "capacity_g", "capacity_ml")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("route", sa.Column("courier_name", text(length=120), nullable=True))
    op.add_column("route", sa.Column("courier_phone", text(length=20), nullable=True))
    op.add_column("route", sa.Column("plate", text(length=20), nullable=True))
    op.add_column("route", sa.Column("capacity_g", sa.Integer(), nullable=True))
    op.add_column("route", sa.Column("capacity_ml", sa.Integer(), nullable=True))
    for name in COPIED:
        op.execute(
            f"UPDATE route SET {name} = (SELECT vehicle.{name} FROM vehicle "  # noqa: S608
            "WHERE vehicle.id = route.vehicle_id) WHERE dispatched_at IS NOT NULL"
        )


def downgrade() -> None:
    for name in reversed(COPIED):
        op.drop_column("route", name)
