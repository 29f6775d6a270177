"""Batteries that die and logs that tear lose no record that the phone had told of."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import select

from data.engine import read_session
from data.schema import DeliveryEvent, Package
from tests.journeys.pages.phone.conftest import Hand
from tests.journeys.pages.phone.courier_days import month_on_its_way, open_day, send_through_breaks
from tests.phones import LosingLine

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


RECORD_UP_TO = """async wanted => {
  const { keptDay, stopsOf } = await import("/static/courier/day.js");
  const { record, stateOf } = await import("/static/courier/records.js");
  const { all } = await import("/static/courier/store.js");
  const day = await keptDay(), kept = await all("records");
  let count = kept.length;
  for (const stop of stopsOf(day)) {
    const { open } = stateOf(kept, stop);
    if (count >= wanted || !open.length) continue;
    await record(day, stop, open, { outcome: "accepted" });
    count += open.length;
  }
  return (await all("records")).map(each => each.event_uid);
}"""


RECORD_ON = """async wanted => {
  const { keptDay, stopsOf } = await import("/static/courier/day.js");
  const { record, stateOf } = await import("/static/courier/records.js");
  const { all } = await import("/static/courier/store.js");
  const day = await keptDay(), kept = await all("records");
  const open = stopsOf(day).filter(stop => stateOf(kept, stop).open.length).slice(0, 12);
  (async () => {
    for (const stop of open) await record(day, stop, stop.packages, { outcome: "accepted" });
  })();
}"""


KEPT = """async () => {
  const { all } = await import("/static/courier/store.js");
  const shown = rows => rows.map(each => [each.event_uid, each.seq, each.state]).sort();
  const bucket = await navigator.storageBuckets.open("asuh-kurir-salinan");
  await import("/static/vendor/idb.js");
  const { wrap } = self.idb;
  const second = await wrap(bucket.indexedDB.open("asuh-kurir"));
  const rows = await second.getAll("records");
  second.close();
  return { first: shown(await all("records")), second: shown(rows) };
}"""


def tear(log: Path) -> None:
    """Cut the last record, as a battery does that dies between two writes."""
    with log.open("r+b") as film:
        film.truncate(log.stat().st_size - 20)


def test_500_records_20_flat_batteries_and_lost_answers_arrive_once(
    hand: Hand, line: LosingLine, engine: Engine
) -> None:
    """Two packages at a door, as brothers and sisters have: 250 stops with 500 records."""
    phone = hand()
    token = month_on_its_way(engine, 500, per_stop=2)
    page = open_day(phone, token)
    num_kills, said = 20, set[str]()
    for attempt in range(num_kills):
        phone.signal(up=False)
        wanted = (attempt + 1) * 500 // num_kills
        said |= set(page.evaluate(RECORD_UP_TO, wanted))
        page.evaluate(RECORD_ON, wanted)  # goes on while the battery dies
        page.wait_for_timeout(40 * (attempt % 4))
        phone.kill()
        page = phone.start(at=f"{phone.address}/kurir/hp")
        expect(page.locator("a.door").first).to_be_visible(timeout=60_000)
    said |= set(page.evaluate(RECORD_UP_TO, 500))
    phone.context.add_cookies([{"name": "asuh", "value": token, "url": phone.address}])
    line.lose_every = 3
    phone.signal(up=True)
    send_through_breaks(page)
    with read_session(engine) as session:
        events = session.exec(select(DeliveryEvent)).all()
        num_packages = len(session.exec(select(Package)).all())
    assert line.num_lost >= 3
    assert num_packages == 500
    assert len(events) == 500
    assert len({event.package_id for event in events}) == 500
    assert said <= {event.event_uid for event in events}, "what the phone had said is there"
    assert sorted(event.device_seq or 0 for event in events) == list(range(1, 501))


@pytest.mark.parametrize("which", [0, 1])
def test_a_torn_log_costs_neither_the_day_nor_a_record(
    hand: Hand, engine: Engine, which: int
) -> None:
    """Chromium throws away a database whose log was torn and written on: the other copy remains."""
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 6))
    phone.signal(up=False)
    said: set[str] = set()
    for attempt in range(3):
        said |= set(page.evaluate(RECORD_UP_TO, attempt + 1))
        phone.kill()
        if attempt == 0:
            assert len(phone.logs()) == 2
            tear(phone.logs()[which])
        page = phone.start()
        page.goto(f"{phone.address}/kurir/hp")
        expect(page.locator("a.door")).to_have_count(6, timeout=60_000)
        expect(page.locator("main")).to_contain_text("Gang Tersembunyi 4")
        kept = page.evaluate(KEPT)
        assert said <= {event for event, _, _ in kept["first"]}
        assert kept["first"] == kept["second"]
