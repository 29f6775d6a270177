"""photos without what phones wrote into them

Photos that were kept before Exif, thumbnails and trailers were dropped are cleaned once. One that
cannot be read is kept back from sponsors.

Revision: 0010, after 0009"""

import hashlib

import sqlalchemy as sa
from alembic import op

from data.jpeg import NotAJpeg, strip_jpeg


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PHOTO = sa.table(
    "deliveryphoto",
    sa.column("id", sa.Integer),
    sa.column("content", sa.LargeBinary),
    sa.column("sha256", sa.String),
    sa.column("is_shown", sa.Boolean),
)


def upgrade() -> None:
    store = op.get_bind()
    numbers = store.execute(sa.select(PHOTO.c.id).order_by(PHOTO.c.id)).scalars().all()
    for number in numbers:  # one at a time: together they need not fit in memory
        one = PHOTO.c.id == number
        content = bytes(store.execute(sa.select(PHOTO.c.content).where(one)).scalar_one())
        try:
            plain = strip_jpeg(content)
        except NotAJpeg:
            store.execute(sa.update(PHOTO).where(one).values(is_shown=False))
            continue
        if plain != content:
            values = {"content": plain, "sha256": hashlib.sha256(plain).hexdigest()}
            store.execute(sa.update(PHOTO).where(one).values(**values))


def downgrade() -> None:
    """What was dropped does not come back."""
