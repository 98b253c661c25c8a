"""What a ticket costs: the table of an instance, and its "from" price (design.md §4)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from generator.anatomy import Struct
from generator.errors import Notice, NoticeKind
from generator.model import Feed, Plan, Price, PriceList
from generator.states import Seats

UNKNOWN_BAND = NoticeKind(
    "price names a band that is not in the feed", "prices name a band that is not in the feed", "They are left out."
)
UNKNOWN_TICKET_TYPE = NoticeKind(
    "price names a ticket type that is not in the feed",
    "prices name a ticket type that is not in the feed",
    "They are left out.",
)
BELOW_ZERO = NoticeKind(
    "price is below zero", "prices are below zero", "They are left out; mend them in the box office system."
)


class PriceRow(Struct, frozen=True):
    """What one ticket type costs in each band of the table; None where it is not sold there."""

    ticket_type: str
    amounts: tuple[Decimal | None, ...]


class PriceTable(Struct, frozen=True):
    """Bands from left to right, dearest first, and ticket types from top to bottom, full price first."""

    bands: tuple[str, ...] = ()
    rows: tuple[PriceRow, ...] = ()
    lowest: Decimal | None = None


class Prices(Struct, frozen=True):
    """The prices of a feed that can be told, ready to be asked for."""

    lists: Mapping[int, tuple[Price, ...]]
    bands: Mapping[int, str]
    ticket_types: Mapping[int, str]
    plans: Mapping[int, Plan]
    tables: dict[tuple[int | None, frozenset[int] | None], PriceTable]

    def table(self, price_list_id: int | None, seats: Seats | None, plan_id: int | None) -> PriceTable:
        """The table of an instance, over the bands of its status row; without a row those of its plan; else all."""
        bands = frozenset((seats.band_ids if seats else ()) or self._bands_of_plan(plan_id)) or None
        key = (price_list_id, bands)
        if key not in self.tables:
            prices = self.lists.get(price_list_id or 0, ())
            self.tables[key] = self._table([price for price in prices if bands is None or price.band_id in bands])
        return self.tables[key]

    def _bands_of_plan(self, plan_id: int | None, above: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The bands of a plan; one without any has those of its sub-plans."""
        plan = self.plans.get(plan_id or 0)
        if plan is None or plan.id in above:
            return ()
        return plan.band_ids or tuple(
            b for sub in plan.sub_plan_ids for b in self._bands_of_plan(sub, (*above, plan.id))
        )

    def _table(self, prices: Sequence[Price]) -> PriceTable:
        full = {price.band_id: price.amount for price in reversed(prices) if price.is_band_default}
        cells = {(price.ticket_type_id, price.band_id): price.amount for price in reversed(prices)}
        band_ids = sorted(
            {price.band_id for price in prices}, key=lambda b: (-full.get(b, Decimal(0)), self.bands[b], b)
        )
        defaults = {price.ticket_type_id for price in prices if price.is_band_default}
        sold = {price.ticket_type_id for price in prices}
        type_ids = sorted((t for t in self.ticket_types if t in sold), key=lambda t: t not in defaults)
        rows = (PriceRow(self.ticket_types[t], tuple(cells.get((t, b)) for b in band_ids)) for t in type_ids)
        lowest = min((price.amount for price in prices if price.is_band_default and price.amount > 0), default=None)
        return PriceTable(tuple(self.bands[b] for b in band_ids), tuple(rows), lowest)


def prices_of(feed: Feed) -> tuple[Prices, list[Notice]]:
    """The prices of a feed, and what had to be left out of them."""
    bands = {band.id: band.name for band in reversed(feed.bands)}
    ticket_types = {ticket_type.id: ticket_type.name for ticket_type in feed.ticket_types}
    notices: list[Notice] = []
    lists = {
        price_list.id: tuple(_usable(price_list, bands, ticket_types, notices))
        for price_list in reversed(feed.price_lists)
    }
    return Prices(lists, bands, ticket_types, {plan.id: plan for plan in reversed(feed.plans)}, {}), notices


def _usable(
    price_list: PriceList, bands: Mapping[int, str], ticket_types: Mapping[int, str], notices: list[Notice]
) -> Iterable[Price]:
    for price in price_list.prices:
        if price.band_id not in bands:
            notices.append(Notice(UNKNOWN_BAND, f"price list {price_list.id} → band {price.band_id}"))
        elif price.ticket_type_id not in ticket_types:
            notices.append(
                Notice(UNKNOWN_TICKET_TYPE, f"price list {price_list.id} → ticket type {price.ticket_type_id}")
            )
        elif price.amount < 0:
            notices.append(Notice(BELOW_ZERO, f"price list {price_list.id}: {price.amount}"))
        else:
            yield price
