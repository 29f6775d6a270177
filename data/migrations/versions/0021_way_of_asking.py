"""how a family of the sample was asked: by phone or at home

Revision: 0021, after 0020"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    way = sa.Column("way", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True)
    with op.batch_alter_table("verificationcall") as table:
        table.add_column(way)


def downgrade() -> None:
    with op.batch_alter_table("verificationcall") as table:
        table.drop_column("way")
