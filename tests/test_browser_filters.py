"""What's on in a real browser: filters and search answer at once, live in the address, and do without a script."""

from pathlib import Path

from browsing import Open, needs_browser
from playwright.sync_api import Page

pytestmark = needs_browser


def shown(page: Page) -> list[str]:
    """The titles that are listed."""
    return page.locator(".cell:visible h3").all_inner_texts()


def choose(page: Page, *names: str) -> None:
    """Clicks filters, one after the other."""
    for name in names:
        page.locator("#facets").get_by_role("link", name=name, exact=True).click()


def test_a_filter_leaves_its_events_counts_them_and_stands_in_the_address(open_page: Open) -> None:
    page = open_page()
    page.goto("/whats-on/")
    choose(page, "Panto")
    assert (shown(page), page.locator("#count").inner_text(), page.url.partition("?")[2]) == (
        ["Dick Whittington & the Last Boat Home"],
        "1 event",
        "genre=panto",
    )


def test_the_address_opens_filtered_after_a_reload_or_elsewhere(open_page: Open) -> None:
    first, second = open_page(), open_page()
    first.goto("/whats-on/")
    choose(first, "Comedy", "December 2026")
    chosen = shown(first)
    first.reload()
    second.goto(first.url)
    lit = second.locator("#facets [aria-current]").all_inner_texts()
    assert chosen and (shown(first), shown(second), lit) == (chosen, chosen, ["Comedy", "December 2026"])


def test_back_undoes_one_choice_at_a_time(open_page: Open) -> None:
    page = open_page()
    page.goto("/whats-on/")
    everything = shown(page)
    choose(page, "Comedy")
    comedies = shown(page)
    choose(page, "December 2026")
    fewer = shown(page)
    page.go_back()
    after_one = shown(page)
    page.go_back()
    assert len(everything) > len(comedies) > len(fewer) > 0
    assert (after_one, shown(page)) == (comedies, everything)


def test_a_filter_clicked_again_lets_go(open_page: Open) -> None:
    page = open_page()
    page.goto("/whats-on/")
    everything = shown(page)
    choose(page, "Comedy", "Comedy")
    assert (shown(page), page.url.partition("?")[2]) == (everything, "")


def test_month_access_and_venue_must_fit_one_and_the_same_date(open_page: Open) -> None:
    page = open_page()
    found = {}
    for month in ("November 2026", "December 2026"):
        page.goto("/whats-on/?venue=main-house")
        choose(page, month, "Audio described")
        found[month] = "Hamlet" in shown(page)
    assert found == {"November 2026": False, "December 2026": True}  # it is on in both, and described in one


def test_search_finds_without_accents_case_or_curly_apostrophes(open_page: Open) -> None:
    page = open_page()
    page.goto("/whats-on/")
    found = {}
    for typed in ("deja vu", "DÉJÀ", "the understudy's", "  harbour   wall how "):
        page.get_by_label("Search what’s on").fill(typed)
        found[typed] = shown(page)
    assert found == {
        "deja vu": ["Déjà Vu, Again"],
        "DÉJÀ": ["Déjà Vu, Again"],
        "the understudy's": ["The Understudy’s Understudy"],
        "  harbour   wall how ": ["How to Read a Harbour Wall"],
    }


def test_nothing_found_says_so_and_offers_everything(open_page: Open) -> None:
    page = open_page()
    page.goto("/whats-on/")
    everything = shown(page)
    page.get_by_label("Search what’s on").fill("xylophone underwater")
    said = page.locator(".found [role=status]").inner_text().strip()
    page.get_by_role("link", name="Show everything").click()
    focus = page.evaluate("document.activeElement.id")
    assert (said, shown(page), focus, page.get_by_label("Search what’s on").input_value()) == (
        "Nothing fits all of that. Show everything",
        everything,
        "found-heading",
        "",
    )


def test_typing_makes_no_steps_for_the_back_button(open_page: Open) -> None:
    page = open_page()
    page.goto("/calendar/")
    page.goto("/whats-on/")
    page.get_by_label("Search what’s on").press_sequentially("hamlet")
    page.wait_for_url(lambda url: url.endswith("/whats-on/?q=hamlet"))
    page.go_back()
    assert page.url.endswith("/calendar/")


def test_on_a_phone_the_filters_are_folded_and_say_what_is_chosen(open_page: Open) -> None:
    page = open_page(360)
    page.goto("/whats-on/?genre=comedy&access=relaxed")
    folded = page.locator(".facet").first.is_visible()
    assert (folded, page.locator("#facets summary").inner_text()) == (False, "Filters: Comedy, Relaxed")


def test_without_a_script_filters_are_links_to_real_pages(open_page: Open, output: Path) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/whats-on/")
    links = page.locator("#facets a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    missing = [link for link in links if not (output / link.strip("/") / "index.html").is_file()]
    assert len(links) > 20
    assert (missing, page.get_by_label("Search what’s on").is_visible()) == ([], False)
    page.locator("#facets").get_by_role("link", name="Comedy", exact=True).click()
    assert page.locator("h1").inner_text() == "Comedy"
