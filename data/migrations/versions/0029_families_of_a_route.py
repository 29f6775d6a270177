"""families of a route are asked in one case; why a record stands against an answer

Revision: 0029, after 0028"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("deliveryexception") as table:
        table.add_column(sa.Column("route_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("kept_because", text(length=300), nullable=False, server_default="")
        )
        table.create_foreign_key(
            op.f("fk_deliveryexception_route_id"), "route", ["route_id"], ["id"]
        )
        table.create_index(op.f("ix_deliveryexception_route_id"), ["route_id"])
    with op.batch_alter_table("deliveryexception") as table:
        table.alter_column("kept_because", server_default=None)
    with op.batch_alter_table("verificationcall") as table:
        table.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_verificationcall_case_id"),
            "deliveryexception",
            ["case_id"],
            ["id"],
        )
        table.create_index(op.f("ix_verificationcall_case_id"), ["case_id"])


def downgrade() -> None:
    op.execute("DELETE FROM verificationcall WHERE case_id IS NOT NULL")
    with op.batch_alter_table("verificationcall") as table:
        table.drop_index(op.f("ix_verificationcall_case_id"))
        table.drop_constraint(
            op.f("fk_verificationcall_case_id"), type_="foreignkey"
        )
        table.drop_column("case_id")
    with op.batch_alter_table("deliveryexception") as table:
        table.drop_index(op.f("ix_deliveryexception_route_id"))
        table.drop_constraint(op.f("fk_deliveryexception_route_id"), type_="foreignkey")
        table.drop_column("kept_because")
        table.drop_column("route_id")
