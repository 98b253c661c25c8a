"""The walls around templates: from what they are given, no way leads to anything else.

A template of the site folder may be anybody's. Jinja's sandbox keeps it from the inside of Python's objects, from
where it could climb to the machine, its files and its environment, and from changing what other pages are made of.
"""

from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

_FORMATTING = ("format", "format_map")


class Confined(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which asks once of each attribute of a type whether it is safe.

    That depends on nothing else, save for the formatting of text. Asked each time, pages take half as long again.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: set[tuple[type, str]] = set()

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute, else an item, of an object; undefined where there is none, or where it is not for templates."""
        known = (type(obj), attribute)
        if known in self._safe:
            return getattr(obj, attribute)
        found = super().getattr(obj, attribute)
        is_of_type = getattr(type(obj), attribute, missing) is not missing
        if is_of_type and attribute not in _FORMATTING and self.is_safe_attribute(obj, attribute, found):
            self._safe.add(known)
        return found
