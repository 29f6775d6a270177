"""what a vehicle can do, when a family receives, breaks on routes

Revision: 0012, after 0011"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a copied table could not replace one that others point at.
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("vehicle", sa.Column("skills", sa.JSON(), nullable=True))
    for name in ("max_trips", "max_stops", "max_distance_m"):
        op.add_column("vehicle", sa.Column(name, sa.Integer(), nullable=True))
    off = sa.false()
    op.add_column(
        "vehicle", sa.Column("skips_prayer", sa.Boolean(), server_default=off, nullable=False)
    )
    for name in ("receives_from", "receives_until"):
        op.add_column("household", sa.Column(name, text(length=5), nullable=True))
    op.add_column("household", sa.Column("needs_skills", sa.JSON(), nullable=True))
    op.add_column("household", sa.Column("max_walk_m", sa.Integer(), nullable=True))
    op.add_column("route", sa.Column("pauses", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("route", "pauses")
    for name in ("max_walk_m", "needs_skills", "receives_until", "receives_from"):
        op.drop_column("household", name)
    for name in ("skips_prayer", "max_distance_m", "max_stops", "max_trips", "skills"):
        op.drop_column("vehicle", name)
