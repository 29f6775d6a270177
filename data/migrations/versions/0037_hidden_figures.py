"""what the public variant of a report's version hides

Revision: 0037, after 0036"""

import sqlalchemy as sa
from alembic import op

from data.schema.base import UTCDateTime


revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hiddenfigures",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["reportversion.id"],
            name=op.f("fk_hiddenfigures_version_id"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_hiddenfigures")),
    )


def downgrade() -> None:
    op.drop_table("hiddenfigures")
