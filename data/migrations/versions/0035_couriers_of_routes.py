"""who left with a route and to whom it was handed are accounts

Revision: 0035, after 0034"""

from alembic import op


revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

COLUMNS = ("courier_account_id", "handed_to_id")


def upgrade() -> None:
    for name in COLUMNS:
        op.execute(
            f"UPDATE route SET {name} = NULL "  # noqa: S608
            f"WHERE {name} NOT IN (SELECT account.id FROM account)"
        )
    with op.batch_alter_table("route") as table:
        for name in COLUMNS:
            table.create_foreign_key(op.f(f"fk_route_{name}"), "account", [name], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("route") as table:
        for name in reversed(COLUMNS):
            table.drop_constraint(op.f(f"fk_route_{name}"), type_="foreignkey")
