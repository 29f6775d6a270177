"""what a device said of the time is kept beside the time that counts

Revision: 0002, after 0001"""

import sqlalchemy as sa
from alembic import op

from data.schema.base import UTCDateTime


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveryevent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reported_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE deliveryevent SET reported_at = happened_at")
    op.execute("UPDATE deliveryevent SET happened_at = received_at WHERE happened_at > received_at")
    with op.batch_alter_table("deliveryevent", schema=None) as batch_op:
        batch_op.alter_column("reported_at", existing_type=UTCDateTime(), nullable=False)


def downgrade() -> None:
    op.execute("UPDATE deliveryevent SET happened_at = reported_at")
    with op.batch_alter_table("deliveryevent", schema=None) as batch_op:
        batch_op.drop_column("reported_at")
