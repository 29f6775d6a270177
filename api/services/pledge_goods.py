"""The goods of a pledge: as sponsors write them, and as they are stored."""

from data.readers.quantities import as_goods
from data.readers.records import PledgeItem
from data.reference.items import resolve_item


def read_goods(text: str) -> list[dict[str, object]]:
    """Read ``telur 30 butir; beras 5 kg`` as a file's cell is read.

    Raises
    ------
    ValueError
        For what cannot be read, or goods that the programme does not know.
    """
    found = as_goods(text, resolve_item)
    if found.value is None:
        raise ValueError(text)
    return [goods_line(line) for line in found.value]


def write_goods(lines: list[dict[str, object]]) -> str:
    """Write stored goods as :func:`read_goods` reads them."""
    return "; ".join(f"{each['name']} {each['quantity']} {each['unit']}" for each in lines)


def goods_line(line: PledgeItem) -> dict[str, object]:
    """Return one line of goods as it is stored."""
    quantity = line.quantity
    whole = int(quantity) if quantity == int(quantity) else float(quantity)
    return {
        "item_code": line.item_code,
        "name": line.name,
        "quantity": whole,
        "unit": line.unit,
    }
