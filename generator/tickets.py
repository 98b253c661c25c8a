"""Which tickets an instance offers to search engines: one for each ticket type, at the least that it costs."""

from decimal import Decimal

from generator.anatomy import Struct, replace
from generator.prices import PriceRow, PriceTable


class Ticket(Struct, frozen=True):
    """A ticket type, from its lowest price to its highest over the bands; `price` is None where none is known.

    `name` is "" for a ticket of no known type.
    """

    name: str
    price: Decimal | None
    highest: Decimal | None


def tickets(table: PriceTable) -> tuple[Ticket, ...]:
    """The tickets of a price table, at least one; that of the "from" price comes first, at that price.

    Google asks for an offer for each ticket type, at the lowest price there is for it. Types that cost nothing beside
    others that do are left out: a free companion's seat does not make a free performance. Where nothing costs
    anything, all are told, at 0.
    """
    sold = [_ticket(row) for row in table.rows]
    paid = [ticket for ticket in sold if ticket.price]
    if table.lowest is None:
        return (Ticket("", None, None),) if paid or not sold else tuple(sold)
    of_lowest = (ticket for ticket, row in zip(sold, table.rows, strict=True) if table.lowest in row.amounts)
    first = next(of_lowest, Ticket("", table.lowest, None))
    return replace(first, price=table.lowest), *(ticket for ticket in paid if ticket is not first)


def _ticket(row: PriceRow) -> Ticket:
    amounts = [amount for amount in row.amounts if amount is not None]
    costs = [amount for amount in amounts if amount > 0] or amounts
    return Ticket(row.ticket_type, min(costs, default=None), max(costs, default=None))
