"""who wrote down what was seen at a visit of supervision, and when

Revision: 0044, after 0043"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import data.schema.base


revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: findings point at the table.
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("supervisionvisit", sa.Column("recorded_by", text(length=80), nullable=True))
    op.add_column("supervisionvisit", sa.Column("recorded_at", data.schema.base.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("supervisionvisit", "recorded_at")
    op.drop_column("supervisionvisit", "recorded_by")
