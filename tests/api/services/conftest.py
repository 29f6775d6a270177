"""What tests of the use cases share."""

from datetime import datetime

import pytest
from sqlmodel import Session

from data.sealing import KeyRing
from tests.intake_desk import Desk


@pytest.fixture
def desk(session: Session, keys: KeyRing, now: datetime) -> Desk:
    """A member of staff who brings files in."""
    return Desk(session, keys, now)
