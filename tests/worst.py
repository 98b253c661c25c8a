"""The worst data a feed can hold, as a folder of XML: made here, as its size is in its repetitions.

`write_worst` is the door. Every text has markup, emoji and letters from right to left in it; one name has 1,000
letters, one event 300 dates, one price list 12 bands by 9 ticket types, and of much there is nothing at all.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

NOW = "2026-11-25T12:00:00Z"
MARKUP = '<script>alert(1)</script> & "quotes" </title><img src=x onerror=alert(2)> {{ 7 * 7 }} {% raw %}'
LETTERS = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 13
ARABIC = "ليلة في المسرح الكبير"
HEBREW = "המלך ליר"
EMOJI = "🎭👩‍👩‍👧‍👦🏳️‍🌈 Zalgo Z̷̢̛͎a̵l̴g̶o̷"
NAMES = {
    1: LETTERS[:1000],
    2: MARKUP,
    3: ARABIC,
    4: EMOJI,
    5: f"{HEBREW} – {MARKUP}",
    6: "A",
    7: "‎ ​",
    8: "Three hundred nights",
    9: " ".join(["So many short words"] * 50),
}
EVENTS_WITHOUT_DATES = (7,)
BANDS, TICKET_TYPES = range(1, 13), range(1, 10)
NOON = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)


def write_worst(folder: Path) -> None:
    """Writes the feed into a folder."""
    folder.mkdir(parents=True)
    files = {
        "events": ("Events", map(event, NAMES)),
        "instances": ("Instances", (instance(number, of, at) for number, of, at in dates())),
        "instance-status": ("InstancePlanStatuses", (status(number) for number, _, _ in dates())),
        "plans": (
            "Plans",
            ["<Plan id='1'><Name>" + escape(MARKUP) + "</Name><IsBookable>true</IsBookable><SubPlans/></Plan>"],
        ),
        "bands": ("Bands", (named("Band", number, f"{EMOJI} {LETTERS[:40]}") for number in BANDS)),
        "ticket-types": ("TicketTypes", (named("TicketType", number, f"{ARABIC} {MARKUP}") for number in TICKET_TYPES)),
        "price-lists": (
            "PriceLists",
            ["<PriceList id='1'>" + "".join(prices()) + "</PriceList>", "<PriceList id='2'/>"],
        ),
        "offers": ("Offers", [offer("Offer", 1, MARKUP), offer("Offer", 2, LETTERS[:1000])]),
        "memberships": ("Memberships", [offer("Membership", 1, EMOJI), offer("Membership", 2, ARABIC)]),
    }
    for name, (root, items) in files.items():
        (folder / f"{name}.xml").write_text(f"<{root}>{''.join(items)}</{root}>", "utf-8")


def dates() -> Iterable[tuple[int, int, datetime]]:
    """Each instance, its event and its start: 300 of one event, one of the others, one of them over."""
    single = [number for number in NAMES if number != 8 and number not in EVENTS_WITHOUT_DATES]
    yield from ((100 + number, number, NOON + timedelta(days=number)) for number in single)
    yield from (
        (1000 + number, 8, NOON + timedelta(days=number % 150, hours=-4 * (number % 2))) for number in range(300)
    )
    yield 99, 2, datetime(2026, 11, 1, 19, 30, tzinfo=UTC)


def event(number: int) -> str:
    """An event with that name in every text it has."""
    name = NAMES[number]
    text = "" if number == 6 else f"{name} {MARKUP} {EMOJI}"
    marks = "".join(f"<Attribute><Name>{box}</Name><Value>1</Value></Attribute>" for box in ("Drama", "Long"))
    notes = f"<Attribute><Name>EventInfo</Name><Value>{escape(text)}</Value></Attribute>"
    related = "".join(f'<Event id="{other}"/>' for other in NAMES if other != number)
    html = f"<p>{text}</p><h1>Big</h1><table><tr><td>{text}</table><pre>{LETTERS}</pre>"
    return (
        f'<Event id="{number}">{marks}{notes}<Description>{escape(text)}</Description>'
        f"<Duration>{0 if number % 2 else 5999}</Duration><HtmlDescription>{escape(html)}</HtmlDescription>"
        f"<ImageUrl/><IsOnSale>true</IsOnSale><Name>{escape(name)}</Name>"
        f"<RelatedEvents>{related}</RelatedEvents><ThumbnailUrl/></Event>"
    )


def instance(number: int, of: int, at: datetime) -> str:
    """An instance with every kind of access, and a long note."""
    access = "".join(f"<Attribute><Name>{box}</Name><Value>1</Value></Attribute>" for box in ("AD", "BSL", "Long"))
    note = f"<Attribute><Name>InstanceInfo</Name><Value>{escape(NAMES[of] + MARKUP)}</Value></Attribute>"
    when = f"{at:%Y-%m-%dT%H:%M:%S}"
    opens = "2027-01-01T10:00:00" if of == 4 else "2026-01-01T10:00:00"
    return (
        f'<Instance id="{number}">{access}{note}<Event id="{of}"/><IsOnSale>true</IsOnSale><Plan id="1"/>'
        f'<PriceList id="{2 if of == 6 else 1}"/><Start>{when}</Start><StartUtc>{when}Z</StartUtc>'
        f"<StartSellingAt>{opens}</StartSellingAt><StartSellingAtUtc>{opens}Z</StartSellingAtUtc>"
        f"<StopSellingAt>{when}</StopSellingAt><StopSellingAtUtc>{when}Z</StopSellingAtUtc></Instance>"
    )


def status(number: int) -> str:
    """How many seats of an instance are free: in turns none, few, all."""
    free = (0, 5, 100)[number % 3]
    return (
        f'<InstancePlanStatus><Plan id="1"/><Instance id="{number}"/><Name/><Available>{free}</Available>'
        f"<Capacity>100</Capacity><SubPlans/></InstancePlanStatus>"
    )


def prices() -> Iterable[str]:
    """A price for nearly every band and ticket type."""
    for band in BANDS:
        for kind in TICKET_TYPES:
            if (band + kind) % 7:
                default = str(kind == 1).lower()
                yield (
                    f'<Price><Band id="{band}"/><IsBandDefault>{default}</IsBandDefault>'
                    f'<Price>{band * 1234.5:.2f}</Price><TicketType id="{kind}"/></Price>'
                )


def named(tag: str, number: int, name: str) -> str:
    """Something with an id and a name."""
    return f'<{tag} id="{number}"><Name>{escape(name)}</Name></{tag}>'


def offer(tag: str, number: int, name: str) -> str:
    """An offer or a membership, its description as bad as its name."""
    text = escape(f"<p>{name} {MARKUP}</p><pre>{LETTERS}</pre>")
    return f'<{tag} id="{number}"><Name>{escape(name)}</Name><Description>{text}</Description></{tag}>'
