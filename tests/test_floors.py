"""The house stays a house: a module imports only from lower floors, and each outside package has its home."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from sys import stdlib_module_names

PACKAGE = Path(__file__).parent.parent / "generator"

FLOORS = (
    ("anatomy", "libraries"),
    ("errors", "text", "forms", "hostfiles", "pictures.easel", "pictures.frame", "pictures.looks"),
    ("model", "garbage", "processes", "swap", "tables", "together", "urls", "certificate", "environment", "eventtypes"),
    ("gate.forms", "rounds"),
    ("gate.keys", "gate.packed"),
    ("gate.gate", "spektrix.pieces"),
    ("gate.premises", "order"),
    ("pictures.download", "pictures.lettering", "pictures.originals", "pictures.pixels", "pictures.posters"),
    ("catalogues", "config", "locales", "schemas", "states", "pictures.artwork", "spektrix.markup", "spektrix.demo"),
    ("access", "assets", "content", "feedfolder", "images", "ledger", "newsite", "place", "prices", "pictures.gather"),
    ("surroundings", "spektrix.fields", "spektrix.iframe", "spektrix.kept", "spektrix.tls"),
    ("programme", "seal", "tickets", "pictures.renditions", "pictures.share", "spektrix.parse", "spektrix.network"),
    ("records",),
    ("changes", "compose", "guard", "months", "policy", "subscription", "wording", "pictures.illustrate"),
    ("spektrix.snapshot", "spektrix.client"),
    ("atom", "source", "baseline", "availability", "entries", "jsonld", "hosting"),
    ("digests", "ical", "nginx"),
    ("calendars", "memory"),
    ("plan", "listing", "pull", "revision"),
    ("compiling", "confined", "eventpages", "feeds", "write"),
    ("pages",),
    ("shelves", "shortcuts"),
    ("render",),
    ("before", "keys", "sitefolder"),
    ("website",),
    ("check.webpage", "check.vevents", "check.findings", "check.links", "check.published"),
    (
        "check.surfaces",
        "check.lint",
        "check.feeds",
        "check.heads",
        "check.names",
        "check.weight",
        "check.words",
    ),
    ("batch", "invented", "manifest", "moments"),
    ("making",),
    ("production",),
    ("build", "check.output", "check.templates"),
    ("check.site",),
    ("sandbox.authority", "sandbox.chance", "sandbox.documents", "sandbox.pictures"),
    ("sandbox.before_2025",),
    ("sandbox.feed",),
    ("sandbox.answers",),
    ("sandbox.faults",),
    ("sandbox.server",),
    (
        "studio.changes",
        "studio.darkroom",
        "studio.netlify",
        "studio.ruled",
        "studio.screens",
        "studio.surprise",
        "studio.tree",
    ),
    ("studio.journal", "studio.watch", "studio.why", "studio.workshop"),
    ("studio.gallery",),
    ("studio.desk",),
    ("studio.server",),
    ("cli.terminal",),
    ("cli.cert", "cli.listing", "cli.new", "cli.pull", "cli.sandbox"),
    ("cli.build", "cli.check", "cli.serve"),
    ("cli.main",),
    ("__main__",),
)
HOMES = {
    "ahocorasick_rs": {"gate.gate"},
    "babel": {"catalogues", "locales", "wording"},
    "certifi": {"spektrix.tls"},
    "click": {
        "cli.build",
        "cli.cert",
        "cli.check",
        "cli.listing",
        "cli.main",
        "cli.new",
        "cli.pull",
        "cli.sandbox",
        "cli.serve",
        "cli.terminal",
    },
    "cryptography": {"certificate", "sandbox.authority"},
    "filelock": {"swap"},
    "icalendar": {"check.feeds", "ical"},
    "jinja2": {"compiling", "confined", "render", "shortcuts", "studio.screens"},
    "jsonschema_rs": {"schemas"},
    "lxml": {"check.feeds", "check.webpage", "spektrix.markup"},
    "markdown_it": {"content"},
    "markupsafe": {"shortcuts"},
    "msgspec": {
        "anatomy",
        "batch",
        "before",
        "digests",
        "ical",
        "ledger",
        "render",
        "schemas",
        "spektrix.kept",
    },
    "PIL": {f"pictures.{name}" for name in ("artwork", "easel", "lettering", "pixels", "share")},
    "nh3": {"spektrix.markup"},
    "requests": {"pictures.download", "spektrix.client", "spektrix.network"},
    "segno": {"cli.serve"},
    "tenacity": {"pictures.download", "spektrix.client"},
    "urllib3": {"pictures.download", "spektrix.client"},
    "watchdog": {"studio.watch"},
    "werkzeug": {"sandbox.pictures", "sandbox.server", "studio.server"},
}
MAY_SAY_SPEKTRIX = {
    "check.webpage",
    "certificate",
    "config",
    "environment",
    "feedfolder",
    "source",
    "pull",
    "baseline",
    "newsite",
}


def modules() -> dict[str, ast.Module]:
    """The syntax tree of every module with something in it, by its name below the package."""
    names = {path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py")}
    return {name: ast.parse(path.read_text()) for path, name in names.items() if path.read_text().strip()}


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module that a tree imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(name: str) -> str | None:
    """The module of the package that an import means; None for one from outside."""
    if not name.startswith("generator."):
        return None
    inside = name.removeprefix("generator.")
    known = {module for floor in FLOORS for module in floor}
    return inside if inside in known else inside.rpartition(".")[0]


def test_every_module_has_a_floor() -> None:
    assert sorted(modules()) == sorted(module for floor in FLOORS for module in floor)


def test_no_module_imports_from_its_own_floor_or_above() -> None:
    height = {module: number for number, floor in enumerate(FLOORS) for module in floor}
    upward = {
        f"{module} imports {target}"
        for module, tree in modules().items()
        for target in map(own, imports(tree))
        if target and height[target] >= height[module]
    }
    assert upward == set()


def test_every_outside_package_has_one_home() -> None:
    used: dict[str, set[str]] = {}
    for module, tree in modules().items():
        for package in {name.partition(".")[0] for name in imports(tree)} - stdlib_module_names - {"generator"}:
            used.setdefault(package, set()).add(module)
    assert used == HOMES


def test_environment_clock_and_printing_have_one_home() -> None:
    text = {module: ast.unparse(tree) for module, tree in modules().items()}
    homes = {
        word: {module for module, code in text.items() if word in code} for word in ("os.environ", "now(", "print(")
    }
    assert homes == {"os.environ": {"environment"}, "now(": {"cli.terminal"}, "print(": set()}


def test_the_source_is_named_only_where_another_would_be_added() -> None:
    says = {module for module, tree in modules().items() if "spektrix" in code_words(tree)}
    named = {module for module in says if module.partition(".")[0] not in ("spektrix", "sandbox", "cli")}
    assert named <= MAY_SAY_SPEKTRIX


def code_words(tree: ast.Module) -> str:
    """The code of a module in lower case, without its docstrings."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body[0].value.value = ""
    return ast.unparse(tree).lower()


WORKS_OUT = {"environment", "pictures.renditions", "urls", "wording"}


def test_what_every_build_makes_the_class_of_is_a_struct() -> None:
    """To make the class of a dataclass takes most of a millisecond."""
    code = (
        "import dataclasses, sys, generator.build\n"
        "kinds = [kind for name, module in sys.modules.items() if name.startswith('generator.')\n"
        "         for kind in vars(module).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]\n"
        "print(*{kind.__module__.removeprefix('generator.') for kind in kinds if kind.__module__[:10] == 'generator.'})"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == WORKS_OUT
