"""What is kept of a large feed is the feed, whatever became of what was kept."""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live import options, site_of
from surfaces import PROJECT

from generator import source
from generator.config import settings
from generator.environment import credentials
from generator.errors import SourceError
from generator.model import Feed
from generator.pull import PullOrder, pull
from generator.sandbox.server import running
from generator.spektrix import demo, kept, markup, parse, pieces
from generator.spektrix.kept import Kept

TRAPS = PROJECT / "tests" / "traps" / "feed"


@pytest.fixture(autouse=True)
def every_document_counts_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that small feeds are kept, too, and in more than one batch."""
    monkeypatch.setattr(kept, "LARGE", 0)
    monkeypatch.setattr(kept, "BATCH", 3)
    monkeypatch.setattr(kept, "PORTION", 2)
    monkeypatch.setattr(pieces, "SIZE", 999)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read ahead by other processes, though they are small, and whatever threads other tests left."""
    monkeypatch.setattr(kept, "WORTH_FORKING", 0)
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read by this process."""
    monkeypatch.setattr(threading, "active_count", lambda: 2)


@pytest.fixture(params=["here", "ahead"])
def anywhere(request: pytest.FixtureRequest) -> None:
    """Documents are read by this process, or ahead by others."""
    request.getfixturevalue(request.param)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The documents whose items were read, or some of them."""
    names: list[str] = []

    def noted(document: BinaryIO, where: str, tag: str) -> Iterator[markup.Element]:
        for item in markup.items(document, where, tag):
            if where not in names:
                names.append(where)
            yield item

    monkeypatch.setattr(parse, "items", noted)
    yield names


def read(folder: Path, where: Kept | None) -> Feed:
    with ExitStack() as files:
        paths = sorted(folder.glob("*.xml"))
        return parse.feed({path.stem: (files.enter_context(path.open("rb")), path.stem) for path in paths}, where)


@pytest.mark.parametrize("folder", [demo.FOLDER, TRAPS], ids=["demo", "traps"])
def test_the_feed_is_the_same_and_its_xml_is_read_once(folder: Path, tmp_path: Path, reads: list[str]) -> None:
    plain, first = read(folder, None), read(folder, Kept(tmp_path / "parsed"))
    reads.clear()
    again = read(folder, Kept(tmp_path / "parsed"))
    assert (first, again, reads) == (plain, plain, [])
    assert {type(event.html) for event in again.events} == {type(event.html) for event in plain.events}


@pytest.mark.usefixtures("here")
def test_another_document_or_another_program_is_read_anew(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, where = tmp_path / "feed", Kept(tmp_path / "parsed")
    feed.mkdir()
    for name in ("events", "instances"):
        (feed / f"{name}.xml").write_bytes((TRAPS / f"{name}.xml").read_bytes())
    read(feed, where)
    (feed / "events.xml").write_bytes((demo.FOLDER / "events.xml").read_bytes())
    reads.clear()
    assert (read(feed, where), reads) == (read(feed, None), ["events", "instances"])
    reads.clear()
    monkeypatch.setattr(kept, "_reader", lambda: b"another program")
    read(feed, where)
    assert reads == ["events", "instances"]


@pytest.mark.parametrize(
    "damaged",
    [
        lambda content: b"",
        lambda content: b"nonsense",
        lambda content: content[:-1],
        lambda content: content[:32] + b"\xff\xff\xff\xff" + content[36:],
    ],
    ids=["empty", "nonsense", "cut short", "of too many pieces"],
)
def test_what_is_damaged_is_read_anew(damaged: Callable[[bytes], bytes], tmp_path: Path, reads: list[str]) -> None:
    where = Kept(tmp_path / "parsed")
    plain = read(TRAPS, where)
    for file in where.folder.iterdir():
        file.write_bytes(damaged(file.read_bytes()))
    reads.clear()
    assert read(TRAPS, where) == plain
    assert sorted(reads) == sorted(path.stem for path in TRAPS.glob("*.xml"))
    reads.clear()
    assert (read(TRAPS, where), reads) == (plain, [])


@pytest.mark.usefixtures("anywhere")
def test_what_cannot_be_kept_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "parsed").write_text("a file where the folder would be")
    assert read(TRAPS, Kept(tmp_path / "parsed")) == read(TRAPS, None)


@pytest.mark.usefixtures("ahead")
@pytest.mark.parametrize("folder", [demo.FOLDER, TRAPS], ids=["demo", "traps"])
def test_what_other_processes_read_ahead_is_the_feed(folder: Path, tmp_path: Path, reads: list[str]) -> None:
    plain = read(folder, None)
    reads.clear()
    alone = ["price-lists"] if folder == TRAPS else []  # its last item has no end of its own, so it is not cut
    assert (read(folder, Kept(tmp_path)), reads) == (plain, alone)


@pytest.mark.usefixtures("ahead")
def test_the_one_document_that_is_new_is_read_ahead_too(tmp_path: Path, reads: list[str]) -> None:
    feed, where = tmp_path / "feed", Kept(tmp_path / "parsed")
    shutil.copytree(TRAPS, feed)
    read(feed, where)
    (feed / "instances.xml").write_bytes((demo.FOLDER / "instances.xml").read_bytes())
    plain = read(feed, None)
    reads.clear()
    assert (read(feed, where), reads) == (plain, [])


def test_a_process_with_several_threads_reads_by_itself(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "WORTH_FORKING", 0)
    plain, end = read(TRAPS, None), threading.Event()
    reads.clear()
    waiting = threading.Thread(target=end.wait)
    waiting.start()
    assert read(TRAPS, Kept(tmp_path)) == plain
    end.set()
    waiting.join()
    assert sorted(reads) == sorted(path.stem for path in TRAPS.glob("*.xml"))


@pytest.mark.usefixtures("ahead")
@pytest.mark.parametrize("is_alone", [False, True])
def test_what_a_process_that_died_did_not_read_is_read_here(
    is_alone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, here = read(TRAPS, None), os.getpid()
    if is_alone:
        read(TRAPS, Kept(tmp_path))
        (tmp_path / "instances.msgpack").unlink()

    def dying(document: BinaryIO, where: str, tag: str) -> Iterator[markup.Element]:
        if where == "instances" and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return markup.items(document, where, tag)

    monkeypatch.setattr(parse, "items", dying)
    assert read(TRAPS, Kept(tmp_path)) == plain


@pytest.mark.usefixtures("anywhere")
@pytest.mark.parametrize("broken", [("instances",), ("instance-status", "events", "plans")], ids=" ".join)
@pytest.mark.parametrize(
    "document", [b"", b"<html/>", b"<All><Event id='1'>", b"<All><Other/></All>", b"<All>words</All>"]
)
def test_what_is_broken_is_told_as_ever(broken: tuple[str, ...], document: bytes, tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    shutil.copytree(TRAPS, feed)
    for name in broken:
        (feed / f"{name}.xml").write_bytes(document)
    errors = []
    for where in (None, Kept(tmp_path / "parsed")):
        with pytest.raises(SourceError) as error:
            read(feed, where)
        errors.append(error.value.faults)
    assert errors[1] == errors[0]


@pytest.mark.usefixtures("here")
def test_of_a_document_that_changed_the_piece_is_read_that_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed, where, sizes = tmp_path / "feed", Kept(tmp_path / "parsed"), list[int]()
    shutil.copytree(demo.FOLDER, feed)
    read(feed, where)
    file = feed / "instance-status.xml"
    rows = file.read_bytes()
    for changed in (rows.replace(b"<Available>4<", b"<Available>33333<", 1), rows):
        file.write_bytes(changed)
        plain = read(feed, None)

        def noted(document: BinaryIO, where: str, tag: str) -> Iterator[markup.Element]:
            sizes.append(len(document.read()))
            document.seek(0)
            return markup.items(document, where, tag)

        with monkeypatch.context() as patched:
            patched.setattr(parse, "items", noted)
            assert read(feed, where) == plain
    assert 0 < sum(sizes) < 6 * pieces.SIZE < len(rows)  # two pieces, one of them again as it was


_INSIDE = (
    "<Name>A</Name>", "<Name>B</Name>", "<!-- </Event> -->", "<Name><![CDATA[</Event><Event id='7'>]]></Name>", "<!--",
    "<RelatedEvents><Event id='3'></Event></RelatedEvents>", "-->", "<![CDATA[", "]]>", "</Event>", "<Event id='8'>",
    "</Events>", "<x a='&gt;'/>", "&amp;", "&nope;", "<!-- -- -->", "<?a </Event>?>", "<?b", "?>",
)  # fmt: skip
_BETWEEN = (
    "",
    "\n",
    "<!-- </Event> -->",
    "<Event id='6'/>",
    "words",
    "<Other/>",
    "<!-- <Event> -->",
    "</Event>",
    "-->",
)
_BEFORE = (
    "<Events>", "<?xml version='1.0' encoding='utf-8'?><Events>", "<!-- <Event > --><Events>", "<Events><!-- <Event >",
    "<!DOCTYPE Events><Events>", "<Events a='1'>", "<html>", "", "<Events xmlns:i='urn:i'>", "<Events><!-- ",
)  # fmt: skip
_AFTER = (
    "</Events>", "</Events>\n<!-- </Event> -->", "<Event id='9'/></Events>", "</html>", "", "--></Events>",
    "</Events></Event>",
)  # fmt: skip


@given(st.data())
def test_wherever_a_document_is_cut_it_says_the_same(data: st.DataObject) -> None:
    draw, odd = data.draw, st.integers(0, 5).map(lambda number: number == 5)
    few = st.lists(st.sampled_from(_INSIDE), max_size=3).map("".join)
    document = draw(st.sampled_from(_BEFORE)) if draw(odd) else "<Events>"
    for number in range(10, 10 + draw(st.integers(0, 6))):
        document += f"<Event id='{number}'>{draw(few) if draw(odd) else '<Name>C</Name>'}</Event>"
        document += draw(st.sampled_from(_BETWEEN)) if draw(odd) else ""
    document += draw(st.sampled_from(_AFTER)) if draw(odd) else "</Events>"
    assert _told_in_pieces(document, draw(st.sampled_from((1, 40, 90)))) == _told(None, document) == _streamed(document)


_ITEM = "<Event id='1'><Name>A</Name></Event>"


@pytest.mark.parametrize(
    "document",
    [
        f"<Events>{_ITEM}{_ITEM}<Event id='9'/></Events>",
        f"<Events>{_ITEM}<!-- {_ITEM} -->{_ITEM}</Events>",
        f"<Events><!-- <Event > {_ITEM}--> --> {_ITEM}--> --> {_ITEM}</Events>",
        f"<Events><Event id='2'><Name><![CDATA[{_ITEM}]]></Name></Event>{_ITEM}</Events>",
        f"<Events><Event id='2'><RelatedEvents>{_ITEM}{_ITEM}</RelatedEvents></Event>{_ITEM}</Events>",
        f"<Events>{_ITEM}</Events><Events>{_ITEM}</Events>",
    ],
)
def test_where_a_cut_would_be_wrong_a_document_says_the_same(document: str) -> None:
    assert _told_in_pieces(document, 1) == _told(None, document) == _streamed(document)


@pytest.mark.parametrize(("encoding", "number"), [("utf-8", 3), ("UTF-8", 3), ("iso-2022-jp", 1)])
def test_a_document_is_cut_only_where_a_byte_of_markup_is_nothing_else(
    encoding: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SIZE", 1)
    document = f"<?xml version='1.0' encoding='{encoding}'?><Events>{_ITEM * 3}</Events>"
    assert len(pieces.pieces(BytesIO(document.encode()), "Event").spans) == number


def _told_in_pieces(document: str, size: int) -> object:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(pieces, "SIZE", size)
        first = _told(Kept(Path(folder)), document)
        assert _told(Kept(Path(folder)), document) == first
        return first


def _streamed(document: str) -> object:
    """What a document says that is too large to be read at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(markup, "AT_ONCE", -1)
        return _told(None, document)


def _told(where: Kept | None, document: str) -> object:
    try:
        return parse.feed({"events": (BytesIO(document.encode()), "events.xml")}, where)
    except SourceError as error:
        return error.faults


def test_what_a_pull_has_read_is_not_read_again(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(options()) as sandbox:
        live = site_of(tmp_path / "live", sandbox)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.ca_file))
        order, chosen = PullOrder(live.site, datetime.now(UTC)), settings(live.site)
        pull(order, chosen, credentials(live.environment), lambda _: None)
    assert reads != []
    reads.clear()
    assert source.load(chosen, live.site, datetime.now(UTC)).feed == read(live.snapshot, None)
    assert sorted(reads) == sorted(path.stem for path in live.snapshot.glob("*.xml"))  # by the second of the two alone
