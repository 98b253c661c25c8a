"""The walls around templates: from what they are given, no way leads to anything else.

A template of the site folder may be anybody's. Jinja's sandbox keeps it from the inside of Python's objects, from
where it could climb to the machine, its files and its environment, and from changing what other pages are made of.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

_FORMATTING = ("format", "format_map")


class Confined(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which asks once of each attribute of a type whether it is safe.

    That depends on nothing else, save for the formatting of text. Asked each time, pages take half as long again.
    `safe` has the types, by the attribute. Of the callables in `simple`, these very objects, it is known that they are
    safe, and that they want nothing but their arguments: compiled templates call them, known by `simple_ids`, at once.
    """

    def __init__(self, simple: Collection[Callable[..., Any]] = (), **options: Any) -> None:
        super().__init__(**options)
        self.simple = tuple(simple)
        self.simple_ids = frozenset(map(id, self.simple))
        self.safe: dict[str, set[type]] = defaultdict(set)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute, else an item, of an object; undefined where there is none, or where it is not for templates."""
        if type(obj) in self.safe[attribute]:
            return getattr(obj, attribute)
        found = super().getattr(obj, attribute)
        is_of_type = getattr(type(obj), attribute, missing) is not missing
        if is_of_type and attribute not in _FORMATTING and self.is_safe_attribute(obj, attribute, found):
            self.safe[attribute].add(type(obj))
        return found
