"""on which day a person confirmed the fields of a pledge

Revision: 0021, after 0020"""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "pledge", sa.Column("confirmed_fields", sa.JSON(), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("pledge", "confirmed_fields")
