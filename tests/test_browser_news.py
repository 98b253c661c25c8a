"""An open page keeps itself true: states, moved dates, the minute sales begin, and news that grows old."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browsing import BUILT, Open, instance_in, needs_browser, news, tell
from playwright.sync_api import Page, Route, expect

pytestmark = needs_browser
PULLED = {"pulled_at": BUILT}


def said(page: Page) -> dict[str, str]:
    """What an instance's page says: its label, its sentence, and how fresh that is."""
    places = {"label": "main .state", "sentence": ".booking-state", "as at": "[data-as-at]"}
    return {name: page.locator(place).first.inner_text().strip() for name, place in places.items()}


def id_of(path: str) -> str:
    """The instance whose page it is."""
    return path.rstrip("/").rpartition("/")[2]


def changed(output: Path, path: str, **facts: Any) -> dict[str, Any]:
    """The news, with other facts of the instance whose page it is."""
    document = news(output) | PULLED
    document["instances"][id_of(path)] |= facts
    return document


def test_fresh_news_says_when_it_is_from(open_page: Open, output: Path) -> None:
    page = open_page(now="2026-11-25T14:10:00Z")
    tell(page, news(output) | {"pulled_at": "2026-11-25T14:05:00Z"})
    path = instance_in(output, "sold_out")
    page.goto(path)
    expect(page.locator("[data-as-at]")).to_have_text("Availability as at 14:05")
    assert said(page) == {
        "label": "Sold out",
        "sentence": "No tickets are left online. Ask the box office about returns.",
        "as at": "Availability as at 14:05",
    }


def test_a_state_that_changed_is_corrected_wherever_it_stands(open_page: Open, output: Path) -> None:
    page = open_page()
    path = instance_in(output, "on_sale")
    document = changed(output, path, state="sold_out")
    event = document["instances"][id_of(path)]["event"]
    document["events"][event]["state"] = "sold_out"
    tell(page, document)
    page.goto(path)
    expect(page.locator("main .state")).to_have_text("Sold out")
    own = said(page)["sentence"]
    page.goto(path.removesuffix(f"{id_of(path)}/"))
    label = page.locator(f"[data-instance='{id_of(path)}'] .state")
    expect(label).to_have_text("Sold out")
    hero = page.locator("main .state").first.inner_text()
    book = page.locator(f"[data-instance='{id_of(path)}'] .go").is_visible()
    page.goto("/whats-on/")
    expect(page.locator(f"[data-event='{event}'] .state")).to_have_text("Sold out")
    assert (own, hero, book) == ("No tickets are left online. Ask the box office about returns.", "Sold out", False)


def test_a_date_that_moved_says_its_new_time_and_that_it_moved(open_page: Open, output: Path) -> None:
    page = open_page()
    path = instance_in(output, "on_sale")
    tell(page, changed(output, path, start="2027-01-02T20:15:00+00:00"))
    page.goto(path)
    expect(page.locator(".lead-when")).to_have_text("Sat 2 Jan, 8.15pm")
    assert said(page)["sentence"] == "This date has moved: it is now on Sat 2 Jan, 8.15pm. Tickets are on sale."


def test_booking_opens_at_its_very_minute_with_frame_link_and_script(open_page: Open, output: Path) -> None:
    path = instance_in(output, "not_yet_on_sale")
    opens = news(output)["instances"][id_of(path)]["on_sale_from"]
    page = open_page()
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if request.url.endswith("integrate.js") else None)
    page.clock.install(time=datetime.fromisoformat(opens).timestamp() - 60)
    page.goto(path)
    page.clock.run_for(50_000)
    before = (page.locator("main .state").inner_text(), page.locator("iframe").count(), scripts[:])
    page.clock.run_for(16_000)
    page.frame_locator("#SpektrixIFrame").get_by_role("button").wait_for()
    frame = page.locator("iframe").evaluate("frame => [frame.name, frame.id, frame.src, frame.title]")
    link = page.locator(".plain-link a").get_attribute("href")
    booking = f"https://tickets.lantern.example/lantern/website/ChooseSeats.aspx?EventInstanceId={id_of(path)}"
    booking += "&culture=en-gb&resize=true"
    title = page.locator(".ticket-site").get_attribute("data-title")
    assert before == ("On sale soon", 0, [])
    assert (said(page)["label"], said(page)["sentence"]) == ("On sale", "Tickets are on sale.")
    assert (frame, link) == (["SpektrixIFrame", "SpektrixIFrame", booking, title], booking)
    assert scripts == ["https://tickets.lantern.example/lantern/website/scripts/integrate.js"]


def test_booking_opens_in_time_without_news_too(open_page: Open, output: Path) -> None:
    path = instance_in(output, "not_yet_on_sale")
    opens = news(output)["instances"][id_of(path)]["on_sale_from"]
    page = open_page(now=opens)
    tell(page, "<h1>gone</h1>")
    page.goto(path)
    expect(page.locator("main .state")).to_have_text("On sale")
    assert page.locator("iframe").count() == 1


def test_a_sold_out_date_with_returns_opens_its_booking(open_page: Open, output: Path) -> None:
    path = instance_in(output, "sold_out")
    page = open_page()
    tell(page, changed(output, path, state="limited"))
    page.goto(path)
    page.frame_locator("#SpektrixIFrame").get_by_role("button").wait_for()
    assert (said(page)["label"], said(page)["sentence"]) == ("Last few", "Only a few tickets are left.")


OLD = "Availability is not up to date: it was last checked at 12:00."


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("on_sale", "Tickets are on sale."),
        ("limited", "Tickets are on sale."),
        ("sold_out", OLD),
        ("cancelled", "This performance is cancelled."),
    ],
)
def test_old_news_claims_less(open_page: Open, output: Path, state: str, sentence: str) -> None:
    label = {"on_sale": "On sale", "cancelled": "Cancelled"}.get(state, "Check availability")
    page = open_page(now="2026-11-25T13:01:00Z")
    tell(page, news(output) | PULLED)
    path = instance_in(output, state)
    page.goto(path)
    expect(page.locator("[data-as-at]")).to_have_text(OLD)
    booking = page.locator("iframe").count()
    assert said(page) == {"label": label, "sentence": sentence, "as at": OLD}
    assert booking == (state in ("on_sale", "limited"))


def test_news_grows_old_while_the_page_is_open_and_fresh_again(open_page: Open, output: Path) -> None:
    page = open_page()
    page.clock.install(time="2026-11-25T12:05:00Z")
    tell(page, news(output) | PULLED)
    page.goto(instance_in(output, "limited"))
    expect(page.locator("[data-as-at]")).to_have_text("Availability as at 12:00")
    page.clock.fast_forward("55:10")
    expect(page.locator("main .state")).to_have_text("Check availability")
    tell(page, news(output) | {"pulled_at": "2026-11-25T13:00:00Z"})
    page.clock.fast_forward("05:10")
    expect(page.locator("main .state")).to_have_text("Last few")
    assert said(page)["sentence"] == "Only a few tickets are left."


BROKEN = ("", "<!doctype html>", "null", "[]", "{}", {"instances": 7, "events": None}, {"instances": {"1": None}})


def test_news_that_is_broken_leaves_the_page_as_it_was_made(open_page: Open) -> None:
    plain, page = open_page(java_script_enabled=False), open_page(now="2026-12-24T12:00:00Z")
    plain.goto("/events/hamlet/")
    made = plain.locator(".state").all_text_contents()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    for document in BROKEN:
        tell(page, document)
        page.goto("/events/hamlet/", wait_until="networkidle")
        assert (page.locator(".state").all_text_contents(), failures) == (made, []), document


def test_facts_that_make_no_sense_are_passed_over(open_page: Open, output: Path) -> None:
    page = open_page()
    path = instance_in(output, "on_sale")
    tell(page, changed(output, path, state="exploded", start="when it is dark"))
    page.goto(path)
    expect(page.locator("[data-as-at]")).to_have_text("Availability as at 12:00")
    assert (said(page)["label"], said(page)["sentence"]) == ("On sale", "Tickets are on sale.")


def test_news_cut_by_month_is_asked_for_the_months_on_the_page_alone(open_page: Open, output: Path) -> None:
    whole = news(output)
    path = instance_in(output, "on_sale")
    whole["instances"][id_of(path)]["state"] = "sold_out"
    months = sorted({fact["start"][:7] for fact in whole["instances"].values()})
    mine = whole["instances"][id_of(path)]["start"][:7]
    index = {month: {"url": f"{whole['site']}/availability/{month}.json", "sha256": "…"} for month in months}
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/availability/" in request.url else None)
    tell(page, {name: whole[name] for name in ("version", "generated_at", "site")} | PULLED | {"shards": index})
    for month in months:
        facts = {id_: fact for id_, fact in whole["instances"].items() if fact["start"].startswith(month)}
        shard = {"version": 1, "month": month, "events": whole["events"], "instances": facts}
        page.route(f"**/availability/{month}.json", partial(Route.fulfill, json=shard))
    page.goto(path)
    expect(page.locator("main .state")).to_have_text("Sold out")
    assert [address.rpartition("/")[2] for address in asked] == [f"{mine}.json"]


def test_without_a_script_the_page_says_that_it_may_have_changed(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/events/hamlet/")
    assert page.locator("[data-as-at]").inner_text() == (
        "What is said here of tickets was true when this page was made, and may have changed since. When that was."
    )
