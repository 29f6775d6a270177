"""how a family of the sample was asked: by phone or at home

Revision: 0022, after 0021"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    way = sa.Column("way", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True)
    with op.batch_alter_table("verificationcall") as table:
        table.add_column(way)


def downgrade() -> None:
    with op.batch_alter_table("verificationcall") as table:
        table.drop_column("way")
