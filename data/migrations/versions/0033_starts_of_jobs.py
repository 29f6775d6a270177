"""since when a job runs

Revision: 0033, after 0032"""

import sqlalchemy as sa
from alembic import op

from data.schema.base import UTCDateTime


revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("started_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("job", "started_at")
