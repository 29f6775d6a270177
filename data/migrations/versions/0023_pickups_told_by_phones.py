"""what phones told of a pickup, and when it happened

Revision: 0023, after 0022"""

import sqlalchemy as sa
from alembic import op

from data.schema.base import UTCDateTime


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("pickup") as table:
        table.add_column(sa.Column("happened_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("event_uids", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pickup") as table:
        table.drop_column("event_uids")
        table.drop_column("happened_at")
