"""How Jinja compiles templates here: into less work, and with what each tells of itself.

`Generator` makes the code, of a tree in which `Looked` has put messages that are looked up.
"""

from keyword import iskeyword
from typing import Any

from jinja2 import meta, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer, NodeVisitor

from generator.anatomy import Struct

GETTEXT = ("_", "gettext")


class Need(Struct, frozen=True):
    """Something that a partial reads: a name, and the attribute of it, None for all of it."""

    name: str
    attribute: str | None


class _Needs(NodeVisitor):
    """Gathers what a template reads of those names that it has from outside."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.found: set[Need] = set()

    def visit_Getattr(self, node: nodes.Getattr) -> None:
        """An attribute of a name is needed alone."""
        if isinstance(node.node, nodes.Name) and node.node.name in self.names:
            self.found.add(Need(node.node.name, node.attr))
        else:
            self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> None:
        """A name by itself is needed whole."""
        if node.name in self.names:
            self.found.add(Need(node.name, None))


class Looked(NodeTransformer):
    """Has each message looked up, rather than said again; its variables, if any, are put into what was found."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """The call of a message."""
        self.generic_visit(node)
        is_message = isinstance(node.node, nodes.Name) and node.node.name in GETTEXT and len(node.args) == 1
        if not is_message or node.dyn_args or node.dyn_kwargs or not isinstance(node.args[0], nodes.Const):
            return node
        place = {"lineno": node.lineno}
        known = nodes.EnvironmentAttribute("with_variables" if node.kwargs else "messages", **place)
        found: nodes.Expr = nodes.Getitem(known, node.args[0], "load", **place)
        if node.kwargs:
            pairs = [nodes.Pair(nodes.Const(each.key, **place), each.value, **place) for each in node.kwargs]
            found = nodes.Mod(found, nodes.Dict(pairs, **place), **place)
        return found.set_environment(node.environment) if node.environment else found


def _is_name(attribute: str) -> bool:
    """Whether Python takes it for what it is: no keyword, and no letter that it would take for another."""
    return attribute.isascii() and attribute.isidentifier() and not iskeyword(attribute)


class Generator(CodeGenerator):
    """Compiles what pages do most: the inclusion of a partial into a question for it, `escape` into `written`.

    An attribute is had at once where the sandbox knows it to be safe. What is compiled tells of itself what it reads
    and whom it refers to.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._from_outside: set[str] = set()

    def enter_frame(self, frame: Frame) -> None:
        """Note which names come from outside, as `jinja2.meta` does."""
        super().enter_frame(frame)
        loaded = (name for action, name in frame.symbols.loads.values() if action == "resolve")
        self._from_outside |= {name for name in loaded if name and name not in self.environment.globals}

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """A template, and what it tells of itself; `has_…` are the types of which an attribute is safe."""
        super().visit_Template(node, frame)
        visitor = _Needs(self._from_outside)
        visitor.visit(node)
        needs = sorted(((need.name, need.attribute) for need in visitor.found), key=repr)
        attributes = {found.attr for found in node.find_all(nodes.Getattr) if _is_name(found.attr)}
        self.writeline(f"needs = {needs!r}")
        self.writeline(f"refers_to = {[*meta.find_referenced_templates(node)]!r}")
        self.writeline("simple = environment.simple_ids")
        for attribute in sorted(attributes):
            self.writeline(f"has_{attribute} = environment.safe[{attribute!r}]")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """An attribute."""
        if not _is_name(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write(f"(it.{node.attr} if type(it := ")
        self.visit(node.node, frame)
        self.write(f") in has_{node.attr} else environment.getattr(it, {node.attr!r}))")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call; one that wants nothing but arguments is made at once where the function is known to be simple.

        Its arguments are written for both cases: were there calls among them, these would be for theirs, too.
        """
        is_bare = isinstance(node.node, nodes.Name) and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if forward_caller or not is_bare or node.find(nodes.Call):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("(it(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(") if id(it := ")
        self.visit(node.node, frame)
        self.write(") in simple else ")
        super().visit_Call(node, frame)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        """A partial that is named, must be there, and knows what the page knows."""
        name = node.template
        is_one = isinstance(name, nodes.Const) and isinstance(name.value, str)
        if node.ignore_missing or not node.with_context or not is_one:
            super().visit_Include(node, frame)
            return
        asked = f"environment.partial({name.as_const()!r}, context, {self.dump_local_context(frame)})"
        self.simple_write(asked, frame, node)
