"""Bad input: whatever is wrong, the build says what, where and how to mend it, and the old site stands.

Each fault is a file in tests/faults named by what is wrong with it. It takes its place in a good little site that was
built before; then the exit code and every word of the message are compared, and the output byte by byte. In messages
SITE stands for the site folder.
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from surfaces import share_pictures

from generator.cli.main import main

HERE = Path(__file__).resolve().parent
NOW = "2026-03-02T12:00:00Z"
STAGES = re.compile(
    r"^(Reading settings and content|Reading the feed|Composing the programme|Making pictures|Making the pages)\n", re.M
)

ASK_AGAIN = "Pull again; if it stays so, tell Spektrix support. What was published before stands."
RIGHT_FILE = f"Is it the right file? {ASK_AGAIN}"
IF_MEANT = "Look at the box office system; if it is meant, use --allow-shrink. What was published before stands."
PULL_AGAIN = "Pull again, or name a whole snapshot with --feed."
NOT_TOML = "Quotes around text? A = after the key? Each key once?"
SAVE_AS_UTF_8 = "Save it with the encoding UTF-8."
MEND_TEMPLATE = "Mend the template, or delete it to use the built-in one."
RENAME = "Rename one of the two: a page in content/pages, a file in content/static, or a genre."
FRONT_MATTER = "Begin the file with a line +++, then the keys, then another line +++."
THIRD_STATUS = 'It can be "cancelled" or "postponed".'
AN_ADDRESS = 'it must be a web address such as "https://www.example.org", without ? or #'
A_WHOLE_ADDRESS = 'it must be a whole web address such as "https://www.example.org/page"'
A_TIME = "not a time such as 2014-06-14T16:45:00Z"
GONE = (
    "Warning: 1 file of words is for an event that is not in the feed: SITE/content/events/words.md: event 99\n"
    "  Seasons end: remove the file when the event will not come back.\n"
)


@dataclass(frozen=True)
class Outcome:
    """How a build ended: its exit code, and its warnings and errors."""

    exit_code: int
    said: str


@dataclass(frozen=True)
class Case:
    """A file of tests/faults, its place in the site, and the outcome."""

    file: str
    place: str
    outcome: Outcome


def error(where: str, what: str, mend: str = "") -> str:
    """An error as it is printed."""
    return f"Error: {where}: {what}\n" + (f"  {mend}\n" if mend else "")


def broken(file: str, collection: str, what: str, item: str = "", mend: str = ASK_AGAIN) -> Case:
    """A collection of the feed that cannot be read."""
    place = f"feed/{collection}.xml"
    return Case(file, place, Outcome(3, error(f"SITE/{place}{f', {item}' if item else ''}", what, mend)))


def wrong(file: str, place: str, *errors: tuple[str, ...]) -> Case:
    """A file of the site with faults, each as (what follows its path, what is wrong, and perhaps how to mend it)."""
    return Case(file, place, Outcome(1, "".join(error(f"SITE/{place}{at}", *told) for at, *told in errors)))


def settings(file: str, *errors: tuple[str, ...]) -> Case:
    """Settings with faults."""
    return wrong(file, "content/site.toml", *errors)


def words(file: str, *errors: tuple[str, ...]) -> Case:
    """Words for an event, with faults."""
    return wrong(file, "content/events/words.md", *errors)


def template(file: str, *errors: tuple[str, ...]) -> Case:
    """The page of an event, with faults; the first that is made of it is that of the next event."""
    return wrong(file, "templates/event.html", *((at, f"{told[0]} {FIRST_PAGE}", *told[1:]) for at, *told in errors))


FIRST_PAGE = "(while making /events/open-rehearsal/)"
FEED = (
    broken("events-empty-file.xml", "events", "is empty"),
    broken("events-cut-short.xml", "events", "is cut short: its end is missing"),
    broken("events-cut-between-items.xml", "events", "is cut short: its end is missing"),
    broken("events-html-page.xml", "events", "holds an HTML page, not the feed's XML"),
    broken("events-html-without-namespace.xml", "events", "holds an HTML page, not the feed's XML"),
    broken("events-xhtml-page.xml", "events", "holds an HTML page, not the feed's XML"),
    broken("events-plain-text.xml", "events", "is not XML (Start tag expected, '<' not found, line 1, column 1)"),
    broken("events-json.xml", "events", "is not XML (Start tag expected, '<' not found, line 1, column 1)"),
    broken("events-not-utf-8.xml", "events", "is not XML (Invalid bytes in character encoding, line 1, column 245)"),
    broken("events-html-entity.xml", "events", "is not XML (Entity 'nbsp' not defined, line 1, column 245)"),
    broken(
        "events-control-character.xml",
        "events",
        "is not XML (xmlParseCharRef: invalid xmlChar value 8, line 1, column 243)",
    ),
    broken("events-entity-bomb.xml", "events", "has a DTD, which no answer of Spektrix has; nothing of it was read"),
    broken(
        "events-external-entity.xml", "events", "has a DTD, which no answer of Spektrix has; nothing of it was read"
    ),
    broken("events-wrong-items.xml", "events", "holds Instance where only Event items belong", mend=RIGHT_FILE),
    broken("events-item-without-root.xml", "events", "holds Attribute where only Event items belong", mend=RIGHT_FILE),
    broken("events-stray-item.xml", "events", "holds Error where only Event items belong", mend=RIGHT_FILE),
    broken(
        "events-text-between-items.xml",
        "events",
        'holds "Warning: 2 more events were left out" where only Event items belong',
        mend=RIGHT_FILE,
    ),
    broken(
        "events-service-fault.xml",
        "events",
        "holds {http://schemas.microsoft.com/ws/2005/05/envelope/none}Code where only Event items belong",
        mend=RIGHT_FILE,
    ),
    broken(
        "events-in-a-namespace.xml",
        "events",
        "holds {http://schemas.spektrix.com/v2}Event where only Event items belong",
        mend=RIGHT_FILE,
    ),
    broken("events-id-no-number.xml", "events", 'its id is "19O78", not a whole number', "Event 19O78"),
    broken("events-id-missing.xml", "events", 'its id is "", not a whole number', "Event"),
    broken("events-duration-no-number.xml", "events", 'Duration is "two hours", not a whole number', "Event 101"),
    broken(
        "events-duration-without-end.xml",
        "events",
        'Duration is "99999999999999999999", not a whole number',
        "Event 101",
    ),
    broken("events-on-sale-neither.xml", "events", 'IsOnSale is "maybe", not true or false', "Event 101"),
    broken("events-related-no-number.xml", "events", 'the id of an Event is "#103", not a whole number', "Event 101"),
    broken("instances-cut-short.xml", "instances", "is cut short: its end is missing"),
    broken("instances-wrong-items.xml", "instances", "holds Event where only Instance items belong", mend=RIGHT_FILE),
    broken("instances-id-no-number.xml", "instances", 'its id is "1002a", not a whole number', "Instance 1002a"),
    broken(
        "instances-event-no-number.xml",
        "instances",
        'the id of its Event is "Macbeth", not a whole number',
        "Instance 1002",
    ),
    broken(
        "instances-plan-no-number.xml", "instances", 'the id of its Plan is "main", not a whole number', "Instance 1002"
    ),
    broken("instances-time-no-time.xml", "instances", f'StartUtc is "2026-03-06T25:30:00Z", {A_TIME}', "Instance 1002"),
    broken("instances-time-in-words.xml", "instances", f'StartUtc is "Friday 7.30pm", {A_TIME}', "Instance 1002"),
    broken("instances-time-only-a-day.xml", "instances", f'StartUtc is "2026-03-06", {A_TIME}', "Instance 1002"),
    broken("instances-local-time-no-time.xml", "instances", f'Start is "06/03/2026 19:30", {A_TIME}', "Instance 1002"),
    broken(
        "instances-selling-time-no-time.xml", "instances", f'StartSellingAtUtc is "soon", {A_TIME}', "Instance 1002"
    ),
    broken(
        "status-available-no-number.xml",
        "instance-status",
        'Available is "many", not a whole number',
        "InstancePlanStatus of instance 1002",
    ),
    broken(
        "status-available-a-fraction.xml",
        "instance-status",
        'Available is "31.5", not a whole number',
        "InstancePlanStatus of instance 1002",
    ),
    broken(
        "status-capacity-no-number.xml",
        "instance-status",
        'Capacity is "1,200", not a whole number',
        "InstancePlanStatus of instance 1002",
    ),
    broken(
        "status-instance-no-number.xml",
        "instance-status",
        'the id of its Instance is "x", not a whole number',
        "InstancePlanStatus of instance x",
    ),
    broken(
        "status-sub-plan-no-number.xml",
        "instance-status",
        'the id of a Plan is "stalls", not a whole number',
        "InstancePlanStatus of instance 1002",
    ),
    broken("price-not-an-amount.xml", "price-lists", 'Price is "£14.00", not an amount', "PriceList 401"),
    broken("price-with-a-comma.xml", "price-lists", 'Price is "14,00", not an amount', "PriceList 401"),
    broken("price-default-neither.xml", "price-lists", 'IsBandDefault is "yes", not true or false', "PriceList 401"),
    broken(
        "price-band-no-number.xml",
        "price-lists",
        'the id of its Band is "Front", not a whole number',
        "PriceList 401",
    ),
    broken("price-lists-id-missing.xml", "price-lists", 'its id is "", not a whole number', "PriceList"),
    broken("plans-id-no-number.xml", "plans", 'its id is "main", not a whole number', "Plan main"),
    broken("bands-id-no-number.xml", "bands", 'its id is "front", not a whole number', "Band front"),
    broken(
        "ticket-types-wrong-items.xml", "ticket-types", "holds Band where only TicketType items belong", mend=RIGHT_FILE
    ),
    broken("offers-cut-short.xml", "offers", "is cut short: its end is missing"),
    broken("memberships-html-page.xml", "memberships", "holds an HTML page, not the feed's XML"),
    Case(
        "events-none.xml",
        "feed/events.xml",
        Outcome(4, f"Error: the feed holds no events: publishing it would empty the site\n  {IF_MEANT}\n"),
    ),
    Case(
        "instances-none.xml",
        "feed/instances.xml",
        Outcome(4, f"Error: the feed holds no instances: publishing it would empty the site\n  {IF_MEANT}\n"),
    ),
)
SNAPSHOT = tuple(
    Case(file, "feed/snapshot.json", Outcome(3, error(f"SITE/feed/{where}", what, PULL_AGAIN)))
    for file, where, what in (
        ("snapshot-not-json.json", "snapshot.json", "cannot be read as JSON"),
        ("snapshot-a-list.json", "snapshot.json", "does not hold an object"),
        ("snapshot-files-a-list.json", "snapshot.json", "files does not hold an object"),
        ("snapshot-file-a-number.json", "snapshot.json", "events.xml in files does not hold an object"),
        (
            "snapshot-pulled-at-no-time.json",
            "snapshot.json",
            'pulled_at is "yesterday", not a time such as 2026-01-05T12:00:00Z',
        ),
        (
            "snapshot-pulled-at-a-number.json",
            "snapshot.json",
            "pulled_at is 1772452800, not a time such as 2026-01-05T12:00:00Z",
        ),
        (
            "snapshot-checksum-differs.json",
            "events.xml",
            "is not the file that snapshot.json describes: its checksum differs",
        ),
    )
)
SETTINGS = (
    settings("site-empty-file.toml", ("", "site is missing", "It is required.")),
    settings("site-not-utf-8.toml", ("", "not UTF-8 text", SAVE_AS_UTF_8)),
    settings("site-not-toml.toml", (", line 2", "not TOML: Invalid value", NOT_TOML)),
    settings("site-cut-short.toml", (", line 3", "not TOML: Unterminated string", NOT_TOML)),
    settings("site-key-twice.toml", (", line 4", "not TOML: Cannot overwrite a value", NOT_TOML)),
    settings(
        "site-table-is-text.toml",
        (", line 1", 'site is "The Thimble", not a table', "Write [site] and its keys below."),
    ),
    settings(
        "site-required-keys-missing.toml",
        (", line 1", "[site] name is missing", "It is required."),
        (", line 1", "[site] timezone is missing", "It is required."),
    ),
    settings(
        "site-key-misspelt.toml",
        (", line 4", "[site] time_zone is not known", "Did you mean timezone?"),
        (", line 1", "[site] timezone is missing", "It is required."),
    ),
    settings("site-table-misspelt.toml", (", line 12", "atributes is not known", "Did you mean attributes?")),
    settings("site-key-unlike-any.toml", (", line 13", "[guard] zzz is not known", "Known here: max_drop_percent.")),
    settings(
        "site-values-of-wrong-types.toml",
        (", line 2", "[site] name is 3, not text"),
        (", line 13", '[attributes] genres is "Drama", not a list', "Write it in square brackets: [ … ]"),
        (", line 14", "[attributes] access is a list, not a table", "Write [attributes.access] and its keys below."),
        (", line 18", '[availability] limited_percent is "few", not a number'),
        (", line 17", '[availability] counts is "no", not true or false'),
        (", line 19", "[availability] stale_minutes is 1.5, not a whole number"),
    ),
    settings(
        "site-values-out-of-range.toml",
        (", line 3", f'[site] url is "www.thimble.example": {AN_ADDRESS}'),
        (", line 4", '[site] timezone is "Europe/Camelot": it must be an IANA time zone such as "Europe/London"'),
        (", line 13", "[venue] latitude is 152.05: it must be between -90 and 90"),
        (", line 16", "[availability] limited_percent is 115: it must be between 0 and 100"),
        (", line 17", "[availability] stale_minutes is 0: it must be 1 or more"),
        (", line 20", '[images] mode is "copy"', 'It can be "mirror" or "link".'),
    ),
    settings(
        "site-three-kinds-of-fault.toml",
        (", line 2", "[site] naem is not known", "Did you mean name?"),
        (", line 1", "[site] name is missing", "It is required."),
        (", line 13", '[events] exclude is "Gift Voucher*", not a list', "Write it in square brackets: [ … ]"),
        (", line 16", "[guard] max_drop_percent is 500: it must be between 0 and 100"),
    ),
    settings(
        "site-address-with-a-bracket.toml",
        (", line 3", f'[site] url is "https://[www.thimble.example": {AN_ADDRESS}'),
    ),
    settings(
        "site-client-an-address.toml",
        (
            ", line 10",
            '[spektrix] client is "https://system.spektrix.com/thimble": '
            "it must be letters, digits, - and _ only, as in your Spektrix address",
        ),
    ),
    settings(
        "site-client-missing.toml",
        (
            "",
            "[spektrix] client is missing: without it no booking address is right",
            "Set it to your client name, the word after the host in your Spektrix address.",
        ),
    ),
    Case(
        "site-feed-folder-missing.toml",
        "content/site.toml",
        Outcome(
            3,
            'Error: SITE: there is no folder "fede", which [source] feed names\n'
            '  Set it to a folder of XML, from the site folder, or to "demo".\n',
        ),
    ),
)
CONTENT = (
    words("words-key-misspelt.md", (", line 3", "sumary is not known", "Did you mean summary?")),
    words(
        "words-front-matter-not-toml.md",
        (", line 3", "not TOML: Expected '=' after a key in a key/value pair", NOT_TOML),
    ),
    words("words-front-matter-missing.md", (", line 1", "has no front matter", FRONT_MATTER)),
    words("words-front-matter-not-ended.md", (", line 1", "has no front matter", FRONT_MATTER)),
    words("words-event-missing.md", ("", "event is missing", "It is required.")),
    words("words-event-no-number.md", (", line 2", 'event is "102", not a whole number')),
    words(
        "words-instance-no-number.md",
        (", line 4", "[instances] matinee is not known", "The name must be an id, a whole number."),
    ),
    words(
        "words-status-misspelt.md",
        (", line 3", 'status is "canceled"', THIRD_STATUS),
        (", line 6", '[instances.1005] status is "postponned"', THIRD_STATUS),
    ),
    words("words-link-no-address.md", (", line 3", f'link is "www.thimble.example/tea": {A_WHOLE_ADDRESS}')),
    words("words-link-with-a-bracket.md", (", line 3", f'link is "https://[www.thimble.example": {A_WHOLE_ADDRESS}')),
    words(
        "words-image-missing.md",
        ("", 'image is "images/tea.jpg", which is not in content/static', "Put the file there, or name another."),
    ),
    words(
        "words-for-an-event-with-words.md",
        ("", "event 101 has words in SITE/content/events/macbeth.md already", "Keep one file for each event."),
    ),
    words(
        "words-not-utf-8.txt",
        (
            "",
            "cannot be read as UTF-8 text "
            "('utf-8' codec can't decode byte 0xe9 in position 24: invalid continuation byte)",
            SAVE_AS_UTF_8,
        ),
    ),
    wrong("page-title-missing.md", "content/pages/page.md", ("", "title is missing", "It is required.")),
    wrong(
        "page-key-misspelt.md",
        "content/pages/page.md",
        (", line 3", "navigation is not known", "Known here: title, nav, description."),
    ),
)
TAKEN = tuple(
    Case(file, place, Outcome(1, error(path, "two things would be published at this path", RENAME)))
    for file, place, path in (
        ("page-at-a-taken-address.md", "content/pages/whats-on.md", "/whats-on/index.html"),
        ("page-at-a-taken-address.md", "content/pages/basket.md", "/basket/index.html"),
        ("static-at-a-taken-address.html", "content/static/find-us/index.html", "/find-us/index.html"),
        ("static-at-a-taken-address.html", "content/static/calendar.ics", "/calendar.ics"),
        ("static-file-where-a-folder-is-needed.txt", "content/static/events", "/events"),
    )
)
TEMPLATES = (
    template("template-name-undefined.html", (", line 3", "'evnt' is undefined", "Did you mean event?")),
    template(
        "template-attribute-undefined.html",
        (
            ", line 3",
            "'generator.programme.ListedEvent object' has no attribute 'titel'; did you mean title?",
            MEND_TEMPLATE,
        ),
    ),
    template("template-syntax-error.html", (", line 3", "unexpected '}'", MEND_TEMPLATE)),
    template(
        "template-block-not-ended.html",
        (
            ", line 5",
            "Encountered unknown tag 'endblock'. You probably made a nesting mistake. Jinja is expecting this tag, "
            "but currently looking for 'elif' or 'else' or 'endif'. "
            "The innermost block that needs to be closed is 'if'.",
            MEND_TEMPLATE,
        ),
    ),
    template("template-filter-unknown.html", (", line 3", "No filter named 'mony'.", MEND_TEMPLATE)),
    template(
        "template-asset-misspelt.html",
        (", line 3", "there is no assets/icn.svg; did you mean icon.svg?", MEND_TEMPLATE),
    ),
    template("template-wrong-type.html", (", line 3", 'can only concatenate str (not "int") to str', MEND_TEMPLATE)),
    template("template-base-missing.html", (", line 1", 'there is no template "bse.html"', "Is the name right?")),
    template(
        "template-partial-missing.html",
        (", line 3", 'there is no template "_partials/nothing.html"', "Is the name right?"),
    ),
    template("template-not-utf-8.html", ("", "not UTF-8 text", SAVE_AS_UTF_8)),
    wrong(
        "partial-name-undefined.html",
        "templates/_partials/footer.html",
        (", line 1", "'vanue' is undefined (while making /)", "Did you mean venue?"),
    ),
)
FAULTS = (*FEED, *SNAPSHOT, *SETTINGS, *CONTENT, *TAKEN, *TEMPLATES)


def build(site: Path, *options: str, now: str | None = NOW, epoch: str = "") -> Outcome:
    """Build a site as a user does, at a time and without a key; what goes wrong unforeseen is raised."""
    arguments = ["build", "--site", str(site), "--jobs", "1", *(("--now", now) if now else ()), *options]
    result = CliRunner(env={"SOURCE_DATE_EPOCH": epoch, "SPEKTRIX_API_KEY": ""}).invoke(
        main, arguments, prog_name="sitegen", catch_exceptions=False
    )
    return Outcome(result.exit_code, STAGES.sub("", result.stderr).replace(str(site), "SITE"))


def put(file: str, place: Path) -> None:
    """Put a fault in its place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "faults" / file, place)


def published(site: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder of the built site: when it was last changed, and its bytes."""
    output = site / "output"
    return {
        path.relative_to(output).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in (output, *output.rglob("*"))
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good little site, built; not to be touched."""
    folder = tmp_path_factory.mktemp("thimble") / "site"
    shutil.copytree(HERE / "tiny", folder, ignore=shutil.ignore_patterns(".sitegen"))
    share_pictures(folder)
    assert build(folder) == Outcome(0, "")
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A copy of the good little site with its output, times and all."""
    return shutil.copytree(built, tmp_path / "site", symlinks=True)


def fault_id(case: Case) -> str:
    """A fault's name, and where it is not the usual place, that too."""
    return f"{case.file} at {case.place}" if case in TAKEN else case.file


def test_every_file_of_faults_is_put_to_use() -> None:
    more = {"words-for-an-event-that-is-gone.md", "words-for-an-instance-that-is-gone.md"}
    more |= {"events-image-no-address.xml", "home-name-undefined.html", "site-live-without-snapshot.toml"}
    assert {path.name for path in (HERE / "faults").iterdir()} == {case.file for case in FAULTS} | more


@pytest.mark.parametrize("case", FAULTS, ids=fault_id)
def test_a_fault_is_told_and_the_old_site_stands(case: Case, site: Path) -> None:
    before = published(site)
    put(case.file, site / case.place)
    assert build(site) == case.outcome
    assert published(site) == before


def test_once_mended_the_site_is_built_with_nothing_to_write(site: Path) -> None:
    before = published(site)
    put("template-syntax-error.html", site / "templates" / "event.html")
    assert build(site).exit_code == 1
    (site / "templates" / "event.html").unlink()
    assert build(site) == Outcome(0, "")
    assert published(site) == before


def test_the_faults_of_all_files_of_words_are_told_at_once(site: Path) -> None:
    put("words-key-misspelt.md", site / "content" / "events" / "a.md")
    put("words-event-missing.md", site / "content" / "events" / "b.md")
    put("page-title-missing.md", site / "content" / "pages" / "c.md")
    told = (
        error("SITE/content/events/a.md, line 3", "sumary is not known", "Did you mean summary?")
        + error("SITE/content/events/b.md", "event is missing", "It is required.")
        + error("SITE/content/pages/c.md", "title is missing", "It is required.")
    )
    assert build(site) == Outcome(1, told)


def test_a_fault_in_a_process_that_renders_is_told_alike(site: Path) -> None:
    """The demo feed has pages enough for two processes."""
    settings_file = site / "content" / "site.toml"
    settings_file.write_text(settings_file.read_text().replace('feed = "feed"', 'feed = "demo"'))
    shutil.rmtree(site / "content" / "events")
    put("home-name-undefined.html", site / "templates" / "home.html")
    told = error("SITE/templates/home.html, line 3", "'evnts' is undefined (while making /)", "Did you mean events?")
    assert build(site, "--jobs", "2") == Outcome(1, told)


@pytest.mark.parametrize(
    "digits", ['<Event id="{}">', "<Duration>{}</Duration>", '<RelatedEvents><Event id="{}"/></RelatedEvents>']
)
def test_a_number_without_end_is_a_fault_of_the_source(site: Path, digits: str) -> None:
    """Python refuses to read a number of more than 4300 digits, in words of its own."""
    events = site / "feed" / "events.xml"
    first = re.sub(r"\d+", r"\\d+", digits.format(1))
    text, count = re.subn(first, digits.format("9" * 5000), events.read_text(), count=1)
    events.write_text(text)
    assert (count, build(site).exit_code) == (1, 3)


# What is not there


@pytest.mark.parametrize(
    ("gone", "outcome"),
    [
        (
            "feed/events.xml",
            Outcome(3, error("SITE/feed", "events.xml is missing; nothing can be built without it", PULL_AGAIN)),
        ),
        (
            "feed/instances.xml",
            Outcome(3, error("SITE/feed", "instances.xml is missing; nothing can be built without it", PULL_AGAIN)),
        ),
        (
            "content/site.toml",
            Outcome(
                1,
                error(
                    "SITE/content/site.toml",
                    "cannot be read (No such file or directory)",
                    "A site folder has a content/site.toml; name the folder with --site.",
                ),
            ),
        ),
    ],
)
def test_without_a_required_file_the_old_site_stands(gone: str, outcome: Outcome, site: Path) -> None:
    before = published(site)
    (site / gone).unlink()
    assert build(site) == outcome
    assert published(site) == before


def test_without_another_collection_the_site_goes_on_with_a_warning(site: Path) -> None:
    (site / "feed" / "offers.xml").unlink()
    told = "Warning: 1 collection is not in the feed: offers.xml\n  What they hold is not on the site.\n"
    assert build(site) == Outcome(0, told)
    assert "Family Four" not in (site / "output" / "offers" / "index.html").read_text()


def test_a_live_source_without_a_key_is_told(site: Path) -> None:
    before = published(site)
    put("site-live-without-snapshot.toml", site / "content" / "site.toml")
    mend = "Set it to the key from Control Panel > WebsiteAdmin > Config in Spektrix."
    assert build(site) == Outcome(1, error("environment", "SPEKTRIX_API_KEY is not set", mend))
    assert published(site) == before


def test_a_live_source_without_a_snapshot_is_told(site: Path) -> None:
    before = published(site)
    put("site-live-without-snapshot.toml", site / "content" / "site.toml")
    what = "there is no snapshot of the live source yet"
    mend = "Run sitegen pull; or name a folder of XML with --feed."
    assert build(site, "--offline") == Outcome(3, error("SITE/.sitegen/snapshot", what, mend))
    assert published(site) == before


# Seasons end


def test_words_for_an_event_that_is_gone_are_a_warning(site: Path) -> None:
    before = published(site)
    put("words-for-an-event-that-is-gone.md", site / "content" / "events" / "words.md")
    assert build(site) == Outcome(0, GONE)
    assert published(site) == before


def test_words_for_an_instance_that_is_gone_are_a_warning(site: Path) -> None:
    before = published(site)
    put("words-for-an-instance-that-is-gone.md", site / "content" / "events" / "words.md")
    told = (
        "Warning: 1 instance has words but is not in the feed: SITE/content/events/words.md: instance 990\n"
        "  Remove their tables.\n"
    )
    assert build(site) == Outcome(0, told)
    assert published(site) == before


def test_an_image_without_a_usable_address_is_a_warning(site: Path) -> None:
    put("events-image-no-address.xml", site / "feed" / "events.xml")
    told = (
        "Warning: 2 instances name an event that is not in the feed, e.g. 1005 → 102\n"
        'Warning: 1 image has no usable address: 101, "http://[poster].jpg"\n'
        "  Artwork stands in their place; mend them in the box office system.\n"
    )
    assert build(site) == Outcome(0, told)


def test_strict_makes_warnings_errors_and_nothing_is_written(site: Path) -> None:
    put("words-for-an-event-that-is-gone.md", site / "content" / "events" / "words.md")
    (site / "content" / "static" / "directions.txt").write_text("Turn right.\n")
    before = published(site)
    assert build(site, "--strict") == Outcome(1, GONE.replace("Warning: ", "Error: "))
    assert published(site) == before


def test_strict_passes_a_site_without_warnings(site: Path) -> None:
    assert build(site, "--strict") == Outcome(0, "")


# The guard


def test_a_feed_of_nothing_is_told_in_two_errors(site: Path) -> None:
    before = published(site)
    put("events-none.xml", site / "feed" / "events.xml")
    put("instances-none.xml", site / "feed" / "instances.xml")
    told = (
        f"Error: the feed holds no events: publishing it would empty the site\n  {IF_MEANT}\n"
        f"Error: the feed holds no instances: publishing it would empty the site\n  {IF_MEANT}\n"
    )
    assert build(site) == Outcome(4, told)
    assert published(site) == before


def test_a_feed_without_events_is_published_if_it_is_meant(site: Path) -> None:
    put("events-none.xml", site / "feed" / "events.xml")
    told = (
        "Warning: 6 instances name an event that is not in the feed, e.g. 1001 → 101\n"
        "Warning: 1 file of words is for an event that is not in the feed: SITE/content/events/macbeth.md: event 101\n"
        "  Seasons end: remove the file when the event will not come back.\n"
    )
    assert build(site, "--allow-shrink") == Outcome(0, told)
    assert list((site / "output").glob("events/**/*.html")) == []


# Where the site goes


@pytest.mark.parametrize(
    ("output", "replaced"),
    [
        ("SITE", "SITE"),
        ("SITE/content", "SITE/content"),
        ("SITE/content/static", "SITE/content"),
        ("SITE/templates", "SITE/templates"),
        ("SITE/feed", "SITE/feed"),
    ],
)
def test_the_output_must_not_replace_what_the_site_is_made_from(output: str, replaced: str, site: Path) -> None:
    before = {path: path.is_file() and path.read_bytes() for path in site.rglob("*")}
    what = f"the output folder would replace {replaced}, which the site is made from"
    told = error(output, what, "Choose another folder with --output.")
    feed = str(site / "feed")
    assert build(site, "--feed", feed, "--output", output.replace("SITE", str(site))) == Outcome(1, told)
    assert {path: path.is_file() and path.read_bytes() for path in site.rglob("*")} == before


def test_the_output_must_not_replace_a_folder_of_somebody_elses(site: Path) -> None:
    novel = site / "novels" / "first.txt"
    novel.parent.mkdir()
    novel.write_text("It was a dark and stormy night.")
    told = error(
        "SITE/novels",
        "holds files, but no site that sitegen has made; they would be lost",
        "Choose another folder with --output, or empty this one yourself.",
    )
    assert build(site, "--output", str(novel.parent)) == Outcome(1, told)
    assert {path: path.read_text() for path in novel.parent.iterdir()} == {novel: "It was a dark and stormy night."}


def test_the_output_must_not_be_a_file(site: Path) -> None:
    file = site / "README"
    file.write_text("Read me.")
    told = error("SITE/README", "is a file, not a folder", "Choose another folder with --output.")
    assert build(site, "--output", str(file)) == Outcome(1, told)
    assert file.read_text() == "Read me."


# Links in content/static


@pytest.mark.parametrize("target", ["secret", "secret/diary.txt"])
def test_a_link_out_of_static_is_refused(target: str, site: Path) -> None:
    before = published(site)
    (site / "secret").mkdir()
    (site / "secret" / "diary.txt").write_text("Dear diary")
    (site / "content" / "static" / "elsewhere").symlink_to(site / target)
    told = error(
        "SITE/content/static/elsewhere", "is a link that leads out of content/static", "Put the file itself there."
    )
    assert build(site) == Outcome(1, told)
    assert published(site) == before


def test_a_link_to_nothing_is_refused(site: Path) -> None:
    before = published(site)
    (site / "content" / "static" / "lost.txt").symlink_to("nowhere.txt")
    told = error("SITE/content/static/lost.txt", "cannot be read (No such file or directory)", "May sitegen read it?")
    assert build(site) == Outcome(1, told)
    assert published(site) == before


# Usage


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--now", "yesterday"), 'Invalid value for --now: "yesterday" is no time such as 2014-09-01T12:00:00Z'),
        (
            ("--now", "2026-02-30T12:00:00Z"),
            'Invalid value for --now: "2026-02-30T12:00:00Z" is no time such as 2014-09-01T12:00:00Z',
        ),
        (("--now", ""), 'Invalid value for --now: "" is no time such as 2014-09-01T12:00:00Z'),
        (("--ouput", "SITE/public"), "No such option '--ouput'. Did you mean '--output'?"),
        (("--feed", "SITE/fede"), "Invalid value for '--feed': Directory 'SITE/fede' does not exist."),
        (("--site", "SITE/stie"), "Invalid value for '--site': Directory 'SITE/stie' does not exist."),
        (("--jobs", "0"), "Invalid value for '--jobs': 0 is not in the range x>=1."),
        (("--report", "SITE/no/report.json"), "Invalid value for '--report': Directory 'SITE/no' does not exist."),
        (("again",), "Got unexpected extra argument (again)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_told_and_the_old_site_stands(options: tuple[str, ...], told: str, site: Path) -> None:
    before = published(site)
    whole = f"Usage: sitegen build [OPTIONS]\nTry 'sitegen build --help' for help.\n\nError: {told}\n"
    assert build(site, *(option.replace("SITE", str(site)) for option in options)) == Outcome(2, whole)
    assert published(site) == before


# The time


def generated_at(site: Path) -> str:
    """The time at which the published site believes to be made."""
    return str(json.loads((site / "output" / "availability.json").read_bytes())["generated_at"])


def test_the_time_of_the_environment_is_honoured(site: Path) -> None:
    assert build(site, now=None, epoch="1772712000") == Outcome(0, "")
    assert generated_at(site) == "2026-03-05T12:00:00Z"


def test_the_time_that_is_asked_for_wins_over_the_environment(site: Path) -> None:
    assert build(site, now="2026-03-04T12:00:00Z", epoch="1772712000") == Outcome(0, "")
    assert generated_at(site) == "2026-03-04T12:00:00Z"


def test_a_time_without_an_offset_is_on_the_sites_clock(site: Path) -> None:
    assert build(site, now="2026-04-04T15:00:00") == Outcome(0, "")
    assert generated_at(site) == "2026-04-04T14:00:00Z"


@pytest.mark.parametrize("epoch", ["tomorrow", "1772712000.5", "99999999999999999"])
def test_a_time_of_the_environment_that_is_no_time_is_told(epoch: str, site: Path) -> None:
    before = published(site)
    told = error(
        "environment",
        f'SOURCE_DATE_EPOCH is "{epoch}"',
        "It must be a whole number of seconds since 1970-01-01T00:00:00Z; or unset it.",
    )
    assert build(site, now=None, epoch=epoch) == Outcome(1, told)
    assert published(site) == before


# The report


def report_of(site: Path, *options: str) -> dict[str, Any]:
    """What --report says, in place of the site folder SITE."""
    file = site / "report.json"
    build(site, "--report", str(file), *options)
    report: dict[str, Any] = json.loads(file.read_text("utf-8").replace(str(site), "SITE"))
    return report


def test_the_report_of_a_good_build(site: Path) -> None:
    put("words-for-an-event-that-is-gone.md", site / "content" / "events" / "words.md")
    (site / "content" / "static" / "directions.txt").write_text("Turn right.\n")
    assert report_of(site) == {
        "exit_code": 0,
        "site": "The Thimble",
        "output": "SITE/output",
        "now": "2026-03-02T12:00:00+00:00",
        "pulled_at": None,
        "events": 3,
        "instances": 6,
        "states": {"limited": 1, "on_sale": 2, "past": 1, "sold_out": 1, "unknown": 1},
        "pages": 30,
        "files": {"changed": 2, "unchanged": 95, "removed": 0},
        "content_changed": True,
        "next_moment": "2026-03-05T11:00:00Z",
        "published": None,
        "warnings": [
            {
                "what": "files of words are for events that are not in the feed",
                "count": 1,
                "example": "SITE/content/events/words.md: event 99",
                "mend": "Seasons end: remove the file when the event will not come back.",
            }
        ],
    }


def test_the_report_of_a_failed_build(site: Path) -> None:
    put("site-three-kinds-of-fault.toml", site / "content" / "site.toml")
    place = "SITE/content/site.toml, line"
    assert report_of(site) == {
        "exit_code": 1,
        "faults": [
            {"what": "[site] naem is not known", "where": f"{place} 2", "mend": "Did you mean name?"},
            {"what": "[site] name is missing", "where": f"{place} 1", "mend": "It is required."},
            {
                "what": '[events] exclude is "Gift Voucher*", not a list',
                "where": f"{place} 13",
                "mend": "Write it in square brackets: [ … ]",
            },
            {
                "what": "[guard] max_drop_percent is 500: it must be between 0 and 100",
                "where": f"{place} 16",
                "mend": "",
            },
        ],
    }


def test_the_report_of_a_build_that_the_source_failed(site: Path) -> None:
    put("events-cut-short.xml", site / "feed" / "events.xml")
    assert report_of(site) == {
        "exit_code": 3,
        "faults": [
            {"what": "is cut short: its end is missing", "where": "SITE/feed/events.xml", "mend": ASK_AGAIN},
        ],
    }
