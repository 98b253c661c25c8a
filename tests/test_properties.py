"""Rules that hold whatever comes: each is put to a hundred and more inputs that nobody would think of.

The inputs are made up anew from the tests themselves, the same in every run, so that a failure stays one.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.compose import compose
from generator.config import Settings, Site
from generator.content import Content, EventWords
from generator.errors import SiteError
from generator.invented import HOUR, programmes
from generator.model import Band, BookingPath, Event, Feed, Instance, Plan, Price, PriceList, Status, TicketType
from generator.prices import PriceTable, prices_of
from generator.programme import ListedInstance
from generator.render import json_script
from generator.spektrix import demo
from generator.spektrix.markup import rich_text, words_of
from generator.states import Facts, Seats, State, seats_of, state_of
from generator.tables import load, read
from generator.text import one_line, plain, slug, unique_slugs
from generator.wording import language

tried = settings(deadline=None, derandomize=True, max_examples=150)

# Slugs

NAMES = st.one_of(
    st.text(max_size=90),
    st.text("ab -'&éßÆ", max_size=90),
    st.sampled_from(["Hamlet", "HAMLET!", "hamlet", "Hamlet 3", "hamlet-3", "Event 7", "event-7", "", "…"]),
)
NAMES_BY_ID = st.dictionaries(st.integers(1, 12) | st.integers(1, 99999), NAMES, max_size=12)


def slugs_of(names: dict[int, str]) -> dict[int, str]:
    """The slug of each event, from its id and name."""
    return unique_slugs(names.items(), "event")


@tried
@given(NAMES_BY_ID)
def test_slugs_are_unique(names: dict[int, str]) -> None:
    slugs = slugs_of(names)
    assert (slugs.keys(), len(set(slugs.values()))) == (names.keys(), len(names))


@tried
@given(NAMES_BY_ID)
def test_slugs_are_ascii_words_joined_by_hyphens(names: dict[int, str]) -> None:
    odd = [word for word in slugs_of(names).values() if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", word)]
    assert odd == []


@tried
@given(NAMES_BY_ID)
def test_slugs_have_at_most_60_letters_before_the_id(names: dict[int, str]) -> None:
    before_id = [re.sub(f"(-{key})+$", "", word) for key, word in slugs_of(names).items()]
    assert [word for word in before_id if len(word) > 60] == []


@tried
@given(NAMES_BY_ID, st.randoms(use_true_random=False))
def test_slugs_do_not_hang_on_the_order_of_the_feed(names: dict[int, str], chance: Any) -> None:
    shuffled = list(names.items())
    chance.shuffle(shuffled)
    assert unique_slugs(shuffled, "event") == slugs_of(names)


@tried
@given(NAMES_BY_ID)
def test_all_who_share_a_slug_get_their_id(names: dict[int, str]) -> None:
    own = {key: slug(name) or f"event-{key}" for key, name in names.items()}
    sharers = [key for key, word in own.items() if list(own.values()).count(word) > 1]
    slugs = slugs_of(names)
    assert [key for key in sharers if not slugs[key].startswith(f"{own[key]}-{key}")] == []


# States

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEAR = st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))
SEATS = st.builds(Seats, st.just(""), st.none() | st.integers(-5, 120), st.none() | st.integers(0, 1500), st.just(()))


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    """Facts of an instance that is near to now in all that is said of it."""
    start = draw(NEAR)
    return Facts(
        said=draw(st.sampled_from([None, None, None, State.CANCELLED, State.POSTPONED])),
        start=start,
        end=draw(st.none() | st.integers(1, 5).map(lambda hours: start + timedelta(hours=hours))),
        is_on_sale=draw(st.sampled_from([True, True, True, False])),
        on_sale_from=draw(st.none() | NEAR),
        on_sale_until=draw(st.none() | NEAR),
        seats=draw(st.none() | SEATS),
    )


@settings(tried, max_examples=600)
@given(all_facts(), st.sampled_from(["0", "4.6", "9.2", "12.5", "15", "100"]).map(Decimal))
def test_the_state_is_the_first_rule_of_the_table_that_fits(facts: Facts, limited_percent: Decimal) -> None:
    assert state_of(facts, NOW, limited_percent) is state_by_the_table(facts, limited_percent)


def state_by_the_table(facts: Facts, limited_percent: Decimal) -> State:  # noqa: PLR0911  # the table of design.md §4
    """The state of an instance, row by row."""
    if facts.said is not None:
        return facts.said
    if (facts.start if facts.end is None else facts.end) <= NOW:
        return State.PAST
    if not facts.is_on_sale:
        return State.NOT_ON_SALE_ONLINE
    if facts.on_sale_from is not None and facts.on_sale_from > NOW:
        return State.NOT_YET_ON_SALE
    if facts.on_sale_until is not None and facts.on_sale_until <= NOW:
        return State.SALES_ENDED
    if facts.seats is None or facts.seats.available is None:
        return State.UNKNOWN
    if facts.seats.available < 1:
        return State.SOLD_OUT
    capacity = facts.seats.capacity
    few = capacity is not None and Fraction(facts.seats.available, 1) <= capacity * Fraction(limited_percent) / 100
    return State.LIMITED if few else State.ON_SALE


# Seats

LEAF = st.tuples(st.integers(0, 50), st.integers(50, 90), st.integers(1, 4))
TREE = st.recursive(LEAF, lambda trees: st.lists(trees, min_size=1, max_size=3), max_leaves=6)


@st.composite
def forests(draw: st.DrawFn, least: int = 1) -> tuple[list[Status], list[Status], list[Status]]:
    """Status rows of an instance as Spektrix gives them, in any order: all, those at the top, those without sub rows.

    Every parent holds the sum of its sub rows.
    """
    rows: list[Status] = []
    ids = count(1)

    def grow(tree: Any) -> Status:
        plan_id = next(ids)
        if isinstance(tree, tuple):
            row = Status(plan_id, 1, f"Plan {plan_id}", tree[0], tree[1], (tree[2],))
        else:
            subs = [grow(branch) for branch in tree]
            bands = tuple(dict.fromkeys(band for sub in subs for band in sub.band_ids))
            available, capacity = sum(sub.available or 0 for sub in subs), sum(sub.capacity or 0 for sub in subs)
            sub_ids = tuple(sub.plan_id for sub in subs)
            row = Status(plan_id, 1, f"Plan {plan_id}", available, capacity, bands, sub_ids)
        rows.append(row)
        return row

    top = [grow(tree) for tree in draw(st.lists(TREE, min_size=least, max_size=4))]
    return draw(st.permutations(rows)), top, [row for row in rows if not row.sub_plan_ids]


def counted(seats: Seats | None) -> tuple[int | None, int | None, set[int]] | None:
    """What is counted of seats: the numbers, and the bands in no order."""
    return (seats.available, seats.capacity, set(seats.band_ids)) if seats else None


@tried
@given(forests(), st.data())
def test_the_row_of_the_instances_plan_counts_alone(
    forest: tuple[list[Status], list[Status], list[Status]], data: st.DataObject
) -> None:
    rows, _, _ = forest
    own = data.draw(st.sampled_from(rows))
    assert seats_of(rows, own.plan_id) == Seats(own.name, own.available, own.capacity, own.band_ids)


@tried
@given(forests())
def test_without_a_row_of_the_instances_plan_the_top_rows_are_summed(
    forest: tuple[list[Status], list[Status], list[Status]],
) -> None:
    rows, top, _ = forest
    available, capacity = sum(row.available or 0 for row in top), sum(row.capacity or 0 for row in top)
    bands = {band for row in top for band in row.band_ids}
    assert counted(seats_of(rows, 99)) == (available, capacity, bands)


@tried
@given(forests())
def test_no_seat_is_counted_twice(forest: tuple[list[Status], list[Status], list[Status]]) -> None:
    rows, _, leaves = forest
    available, capacity = sum(row.available or 0 for row in leaves), sum(row.capacity or 0 for row in leaves)
    bands = {band for row in leaves for band in row.band_ids}
    assert counted(seats_of(rows, None)) == (available, capacity, bands)


ANY_ROWS = st.lists(
    st.builds(
        Status,
        st.integers(1, 8),
        st.just(1),
        st.just("House"),
        st.none() | st.integers(-2, 9),
        st.integers(0, 9),
        st.lists(st.integers(1, 4), max_size=3).map(tuple),
        st.lists(st.integers(1, 8), max_size=3).map(tuple),
    ),
    unique_by=lambda row: row.plan_id,
    max_size=6,
)


@tried
@given(ANY_ROWS, st.none() | st.integers(1, 8), st.randoms(use_true_random=False))
def test_seats_do_not_hang_on_the_order_of_the_rows(rows: list[Status], plan_id: int | None, chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert counted(seats_of(shuffled, plan_id)) == counted(seats_of(rows, plan_id))


# Prices

BANDS = st.lists(st.integers(1, 4), max_size=3).map(tuple)
AMOUNTS = st.sampled_from([Decimal(text) for text in ("-1", "0", "0.00", "0.01", "5", "7.50", "7.5", "12", "1000")])
PRICES = st.lists(st.builds(Price, st.integers(1, 5), st.integers(1, 3), AMOUNTS, st.booleans()), max_size=12)


def table_of(prices: list[Price], of_row: tuple[int, ...] | None, of_plan: tuple[int, ...]) -> PriceTable:
    """The prices of an instance, whose status row (None: it has none) and whose plan have these bands.

    The feed knows the bands 1 to 4 and the ticket types 1 and 2.
    """
    feed = Feed(
        events=(),
        instances=(),
        price_lists=(PriceList(1, tuple(prices)),),
        plans=(Plan(1, "House", band_ids=of_plan),),
        bands=tuple(Band(number, f"Band {number}") for number in range(1, 5)),
        ticket_types=(TicketType(1, "Full"), TicketType(2, "Child")),
    )
    seats = None if of_row is None else Seats("House", 1, 1, of_row)
    return prices_of(feed)[0].table(1, seats, 1)


@settings(tried, max_examples=300)
@given(PRICES, st.none() | BANDS, BANDS)
def test_the_from_price_is_the_lowest_default_above_0_among_the_bands(
    prices: list[Price], of_row: tuple[int, ...] | None, of_plan: tuple[int, ...]
) -> None:
    bands = of_row or of_plan or (1, 2, 3, 4)
    defaults = [
        price.amount
        for price in prices
        if price.is_band_default and price.amount > 0 and price.band_id in bands
        if price.band_id != 5 and price.ticket_type_id != 3
    ]
    assert table_of(prices, of_row, of_plan).lowest == min(defaults, default=None)


@tried
@given(PRICES, st.none() | BANDS, BANDS)
def test_the_table_of_prices_holds_no_other_bands_and_nothing_below_0(
    prices: list[Price], of_row: tuple[int, ...] | None, of_plan: tuple[int, ...]
) -> None:
    table = table_of(prices, of_row, of_plan)
    allowed = {f"Band {number}" for number in of_row or of_plan or (1, 2, 3, 4)}
    amounts = [amount for row in table.rows for amount in row.amounts if amount is not None]
    assert (set(table.bands) - allowed, [amount for amount in amounts if amount < 0]) == (set(), [])


# Times, about the nights in which the clocks change

CHANGES = {
    "Europe/London": ("2026-03-29T01:00Z", "2026-10-25T01:00Z"),
    "Australia/Adelaide": ("2026-04-04T16:30Z", "2026-10-03T16:30Z"),
    "Asia/Kolkata": ("2026-01-01T00:00Z",),
    "America/New_York": ("2026-03-08T07:00Z", "2026-11-01T06:00Z"),
    "Australia/Lord_Howe": ("2026-04-04T15:00Z", "2026-10-03T15:30Z"),
}
STARTS = st.sampled_from([(zone, change) for zone, changes in CHANGES.items() for change in changes]).flatmap(
    lambda place: st.tuples(
        st.just(place[0]),
        st.lists(
            st.one_of(st.integers(-12, 12).map(lambda quarters: 15 * quarters), st.integers(-1500, 1500)).map(
                lambda minutes: datetime.fromisoformat(place[1]) + timedelta(minutes=minutes)
            ),
            min_size=1,
            max_size=12,
            unique=True,
        ),
    )
)


def listed(zone: str, starts: list[datetime]) -> list[ListedInstance]:
    """Instances of an event in a zone, with the ids 1, 2, 3 and so on, as they are published."""
    instances = (Instance(number, 1, start) for number, start in enumerate(starts, start=1))
    feed = Feed(events=(Event(1, "The Long Night"),), instances=tuple(instances))
    chosen = Settings(Site("The Thimble", "https://www.thimble.example", zone))
    programme = compose(feed, Content({}, (), {}), chosen, BookingPath("", "", "", "", "", ""), NOW)
    return list(programme.events[0].instances)


ENGLISH, _ = language(Site("The Thimble", "https://www.thimble.example", "Europe/London"), ())


def test_the_clocks_change_when_this_says() -> None:
    def change(zone: str, at: str) -> timedelta:
        instant = datetime.fromisoformat(at)
        before, after = ((instant + timedelta(minutes=m)).astimezone(ZoneInfo(zone)).utcoffset() for m in (-1, 0))
        assert before is not None and after is not None
        return after - before

    assert {zone: [int(change(zone, at).total_seconds() // 60) for at in ats] for zone, ats in CHANGES.items()} == {
        "Europe/London": [60, -60],
        "Australia/Adelaide": [-60, 60],
        "Asia/Kolkata": [0],
        "America/New_York": [60, -60],
        "Australia/Lord_Howe": [-30, 30],
    }


@tried
@given(STARTS)
def test_a_printed_start_is_the_instant_of_the_feed(case: tuple[str, list[datetime]]) -> None:
    zone, starts = case
    printed = {instance.id: instance.start.isoformat() for instance in listed(zone, starts)}
    parsed = {number: datetime.fromisoformat(text).astimezone(UTC) for number, text in printed.items()}
    assert parsed == dict(enumerate(starts, start=1))


@tried
@given(STARTS)
def test_instances_come_in_the_order_in_which_they_happen(case: tuple[str, list[datetime]]) -> None:
    zone, starts = case
    assert [starts[instance.id - 1] for instance in listed(zone, starts)] == sorted(starts)


@tried
@given(STARTS)
def test_no_two_starts_read_alike(case: tuple[str, list[datetime]]) -> None:
    said = [ENGLISH.moment(instance.start) for instance in listed(*case)]
    assert len(set(said)) == len(said)


@tried
@given(STARTS)
def test_the_clock_names_the_zone_in_the_hour_that_comes_twice_alone(case: tuple[str, list[datetime]]) -> None:
    zone = ZoneInfo(case[0])
    instances = listed(*case)
    names_zone = {instance.id: " " in ENGLISH.clock(instance.start) for instance in instances}
    assert names_zone == {instance.id: comes_twice(instance.start, zone) for instance in instances}


def comes_twice(start: datetime, zone: ZoneInfo) -> bool:
    """Whether another instant, an hour or half an hour away, has the same wall clock."""
    others = (start.astimezone(UTC) + timedelta(minutes=minutes) for minutes in (-60, -30, 30, 60))
    return start.replace(tzinfo=None) in [other.astimezone(zone).replace(tzinfo=None) for other in others]


def test_the_two_half_past_ones_of_the_autumn_night_read_differently() -> None:
    both = [datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    assert [(i.id, i.start.isoformat(), ENGLISH.moment(i.start)) for i in listed("Europe/London", both)] == [
        (2, "2026-10-25T01:30:00+01:00", "Sunday 25 October 2026, 1.30am BST"),
        (1, "2026-10-25T01:30:00+00:00", "Sunday 25 October 2026, 1.30am GMT"),
    ]


NIGHTS = {
    "Europe/London": ["2026-01-01T00:00", "2026-10-25T00:00", "2026-10-25T01:00"],
    "Australia/Lord_Howe": ["2026-01-01T00:00"],
    "Africa/Casablanca": ["2026-01-01T00:00", "2026-02-15T02:00"],
    "America/New_York": ["2026-11-01T05:00", "2026-11-01T06:00"],
}


@pytest.mark.parametrize(("zone", "now"), [(zone, now) for zone, times in NIGHTS.items() for now in times])
def test_the_invented_autumn_night_is_that_of_the_first_hour_in_which_the_clock_went_back(zone: str, now: str) -> None:
    site, begun = Site(name="Almanac", url="https://almanac.example", timezone=zone), datetime.fromisoformat(f"{now}Z")
    show = programmes(Settings(site), begun, "")["everything"].shows["autumn night"]
    hours = (begun + timedelta(hours=hours) for hours in range(1, 400 * 24))
    offsets = ((hour, [(hour - ago).astimezone(site.zone).utcoffset() for ago in (HOUR, HOUR * 0)]) for hour in hours)
    back = next(hour for hour, (before, after) in offsets if (after or HOUR * 0) < (before or HOUR * 0))
    assert [date.start for date in show.instances] == [back - HOUR / 2, back + HOUR / 2]


# Settings and front matter

SCALARS = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "Europe/London", "Europe", "../etc", "https://x.example", "https://[x", "http://", "demo"]
    ),
    st.datetimes(),
    st.dates(),
    st.times(),
)
VALUES = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=8), values, max_size=3),
    max_leaves=5,
)


def tables_like(known: dict[str, tuple[str, ...]]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables whose keys, and those of the tables in them, are mostly known; the values are anything."""
    inner = {
        name: st.dictionaries(st.sampled_from(keys) | st.text(max_size=5), VALUES, max_size=6) if keys else VALUES
        for name, keys in known.items()
    }
    return st.fixed_dictionaries({}, optional={name: table | VALUES for name, table in inner.items()})


SETTINGS_TABLES = tables_like(
    {
        "site": ("name", "url", "timezone", "language", "currency", "description"),
        "venue": ("name", "latitude", "longitude"),
        "source": ("feed",),
        "spektrix": ("client", "domain", "api", "files", "offers_per_event"),
        "attributes": ("genres", "venue", "access"),
        "events": ("exclude",),
        "availability": ("limited_percent", "counts", "stale_minutes"),
        "images": ("mode",),
        "guard": ("max_drop_percent",),
        "stie": (),
    }
)
WORDS_TABLES = tables_like(
    {
        "event": (), "title": (), "warnings": (), "credits": (), "link": (), "hidden": (), "status": (),
        "instances": ("1002", "1003", "matinee"), "evnet": (),
    }
)  # fmt: skip


def outcome_of(action: Callable[[], object]) -> str:
    """Whether something went well, or raised the one error that it may raise."""
    try:
        action()
    except SiteError as error:
        return "told" if all(fault.what and fault.where for fault in error.faults) else "told nothing"
    return "went well"


@settings(tried, max_examples=300)
@given(SETTINGS_TABLES)
@example({"site": {"name": "The Thimble", "url": "https://[x", "timezone": "Europe/London"}})
def test_whatever_the_settings_hold_the_only_error_is_ours(table: dict[str, Any]) -> None:
    assert outcome_of(lambda: read(Settings, table, "content/site.toml")) in ("went well", "told")


@settings(tried, max_examples=300)
@given(WORDS_TABLES)
@example({"event": 101, "link": "https://[x"})
def test_whatever_front_matter_holds_the_only_error_is_ours(table: dict[str, Any]) -> None:
    assert outcome_of(lambda: read(EventWords, table, "content/events/words.md")) in ("went well", "told")


@tried
@given(st.text() | st.text('[]=".\n#a1{}, -:', max_size=60))
def test_whatever_a_file_of_settings_holds_the_only_error_is_ours(text: str) -> None:
    def loaded() -> None:
        table = load(text, "content/site.toml")
        read(Settings, table, "content/site.toml", text)

    assert outcome_of(loaded) in ("went well", "told")


# Text and markup

ALLOWED = {"p", "br", "strong", "em", "u", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "h4"}
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        """
        <div id>|<div>|</div>|<p>|</p>|<br/>|<br>|<span class="BoldText">|<span class='ItalicText x'>|</span>|<b>|</b>
        <i>|</i>|<em>|</em>|<h1>|</h1>|<h3>|</h3>|<h6>|</h6>|<ul>|</ul>|<ol>|<li>|</li>|<dl>|<dt>|<dd>|<table>|<tr>|<td>
        </td>|</table>|<caption>|<a href="https://x.example/?a=1&amp;b">|<a href="javascript:x">|<a href=x onclick=y>
        </a>|<blockquote>|</blockquote>|<pre>|</pre>|<script>|</script>|<style>|</style>|<svg>|</svg>|<math>|<mi>
        <title>|</title>|<textarea>|</textarea>|<iframe>|<select>|<option>|<form>|<button>|</button>|<hr>|<input>
        <img src=x onerror=y>|<!--|-->|<![CDATA[|]]>|<!doctype html>|<?php|?>|<html>|<body>|<head>|</body>|<frameset>
        <template>|</template>|<noscript>|<marquee>|<object>|<nobr>|&amp;|&lt;|&nbsp;|&#0;|&#x80;|&notanentity;|&|<|>
        "|'|\r\n|\t|words|more words
        """.strip()
        .replace("\n        ", "|")
        .split("|")
    ),
)
MARKUP = st.lists(PIECES, max_size=14).map("".join)


def parsed(html: str) -> list[str]:
    """The tags in a piece of HTML, as a parser finds them that lets nothing pass."""
    fragment = html5lib.HTMLParser(strict=True).parseFragment(html)
    return [str(element.tag).rpartition("}")[2] for element in fragment.iter() if isinstance(element.tag, str)][1:]


@settings(tried, max_examples=400)
@given(MARKUP | st.text())
@example("<a")
@example("&#1;")
@example("<div>&#1;</div>")
@example("<html>")
@example("<!doctype html>")
@example("One<div><marquee><div>two</div></marquee></div>")
def test_a_description_becomes_strict_html_of_allowed_tags(html: str) -> None:
    assert set(parsed(rich_text(html)[0])) <= ALLOWED


@settings(tried, max_examples=300)
@given(MARKUP)
def test_a_description_made_safe_twice_says_the_same(html: str) -> None:
    once = rich_text(html)[0]
    assert words_of(rich_text(once)[0]) == words_of(once)


@tried
@given(st.text() | st.text("\x00\x07\x08\t\n\x0b\x0c\r\x1b\x7f\x85\x9f\u2028\ufffe\ufdd0a "))
def test_plain_text_has_no_control_characters(text: str) -> None:
    controls = [letter for letter in plain(text) if unicodedata.category(letter) == "Cc" and letter not in "\n\t"]
    assert (controls, plain(plain(text))) == ([], plain(text))


@tried
@given(st.text() | st.text("\x00\x07\t\n\x0b\x0c\r\x1b\x7f\x85\u2028\u2029\xa0a "))
def test_one_line_is_one_line(text: str) -> None:
    assert one_line(text).splitlines() in ([], [one_line(text)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
    max_leaves=12,
)


@tried
@given(st.dictionaries(st.text(), JSON | st.sampled_from(["</script>", "<!--", "]]>", "&lt;", "\u2028"]), max_size=6))
def test_json_in_a_script_is_the_same_value_and_begins_no_markup(data: dict[str, Any]) -> None:
    text = json_script(data)
    assert (json.loads(text), [letter for letter in "<>&\u2028\u2029" if letter in text]) == (data, [])


# The demo feed

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(lambda now: now.replace(tzinfo=UTC))
PAIR = re.compile(rb"<(Start|StartSellingAt|StopSellingAt)>([^<]*)</\1><\1Utc>([^<]*)Z</\1Utc>")


@cache
def demo_times() -> bytes:
    """Every pair of times of the demo feed once, local and UTC, as a document."""
    instances = (demo.FOLDER / "instances.xml").read_bytes()
    return b"".join(sorted({found[0] for found in PAIR.finditer(instances)}))


def pairs(document: bytes) -> list[tuple[datetime, datetime]]:
    """The pairs of times of a document: local, and UTC."""
    return [
        (datetime.fromisoformat(found[2].decode()), datetime.fromisoformat(found[3].decode()).replace(tzinfo=UTC))
        for found in PAIR.finditer(document)
    ]


def shifted_pairs(now: datetime) -> list[tuple[datetime, datetime]]:
    """The pairs of times of the demo feed as they are at some time."""
    return pairs(demo.shifted(demo_times(), demo.shift_for(now)))


def test_the_demo_feed_has_times_to_shift() -> None:
    assert len(pairs(demo_times())) > 100


@settings(tried, max_examples=100)
@given(MOMENTS)
def test_the_demo_feed_keeps_its_weekdays_and_wall_clocks(now: datetime) -> None:
    stored = [(local.weekday(), local.time()) for local, _ in pairs(demo_times())]
    assert [(local.weekday(), local.time()) for local, _ in shifted_pairs(now)] == stored


@settings(tried, max_examples=100)
@given(MOMENTS)
def test_the_demo_feed_has_utc_times_that_are_its_local_ones(now: datetime) -> None:
    assert [pair for pair in shifted_pairs(now) if pair[1].astimezone(demo.ZONE).replace(tzinfo=None) != pair[0]] == []


@tried
@given(MOMENTS)
def test_the_demo_feed_moves_by_whole_weeks_to_the_week_of_now(now: datetime) -> None:
    monday = demo.ANCHOR + demo.shift_for(now)
    today = now.astimezone(demo.ZONE).date()
    assert (monday.weekday(), demo.shift_for(now) % timedelta(weeks=1)) == (0, timedelta())
    assert monday <= today < monday + timedelta(weeks=1)


@tried
@given(st.datetimes(datetime(2025, 6, 1), datetime(2026, 12, 31)), MOMENTS)
def test_any_time_of_a_feed_keeps_its_wall_clock(local: datetime, now: datetime) -> None:
    """Save those that the target's night lacks or has twice: no show of the demo is at that hour."""
    local = local.replace(microsecond=0)
    target = local + demo.shift_for(now)
    utc = local.replace(tzinfo=demo.ZONE).astimezone(UTC).replace(tzinfo=None)
    document = f"<StartUtc>{utc.isoformat()}Z</StartUtc>".encode()
    moved = datetime.fromisoformat(demo.shifted(document, demo.shift_for(now))[10:-11].decode()).astimezone(demo.ZONE)
    if time(1) <= local.time() < time(2):
        return
    assert moved.replace(tzinfo=None) == target


def test_the_anchor_of_the_demo_feed_is_a_monday() -> None:
    assert (demo.ANCHOR, demo.ANCHOR.weekday()) == (date(2026, 1, 5), 0)
