"""routes whose order is fixed, stops that stay with or away from a vehicle

Revision: 0006, after 0005"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("route", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_locked", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_pinned", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("banned_vehicle_ids", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.drop_column("banned_vehicle_ids")
        batch_op.drop_column("is_pinned")
    with op.batch_alter_table("route", schema=None) as batch_op:
        batch_op.drop_column("is_locked")
