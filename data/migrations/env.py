"""Runs migrations on the connection that ``data.engine.migrate`` hands over.

Started by the ``alembic`` command itself (to write a new revision), it opens the database of
``$ASUH_DATABASE_URL``.
"""

import os

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import data.schema  # noqa: F401 - registers every table
from data.engine import make_engine


def run(connection: Connection) -> None:
    """Run the revisions that are asked for, in the transaction of the connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(os.environ["ASUH_DATABASE_URL"]).begin() as opened:
        run(opened)
