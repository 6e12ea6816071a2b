"""Constant folding of templates: what is the same in each rendering in one language is rendered when the template is loaded.

The frame of a page has some hundred translated texts, addresses and static files, each of which costs Django 15 to 40 µs a
request: 2 ms of the 3 that a page without ads took. The loader keeps each template once per language, with these parts as text,
and with the templates that it includes by name (twenty in a page of results, 50 µs each).
"""

from __future__ import annotations

from contextvars import ContextVar

from django.conf import settings
from django.template import Context, Engine, NodeList, Origin, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, Node, TextNode, TokenType, render_value_in_context
from django.template.defaulttags import CommentNode, CycleNode, IfChangedNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

_OF_A_TEMPLATE = (ExtendsNode, BlockNode, CycleNode, IfChangedNode)
"""Nodes that depend on which template they are in."""

_loading: ContextVar[tuple[str, ...]] = ContextVar("loading", default=())
"""Names of the templates that are being folded: one that includes itself is left as it is."""


class _FoldingLoader(base.Loader):
    """Folds a template before any other thread can render it."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if settings.DEBUG:  # files change while the process runs
            return template
        context, token = Context(), _loading.set((*_loading.get(), template_name))
        try:
            with context.bind_template(template):
                _fold(template.nodelist, context, self.engine)
        finally:
            _loading.reset(token)
        return template


class _IncludedNode(Node):
    """A template that another one includes by its name, without looking for it in each rendering."""

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values

    def render(self, context: Context) -> SafeString:
        with context.push(**{name: value.resolve(context) for name, value in self.values.items()}):
            return self.nodelist.render(context)


class Loader(cached.Loader, _FoldingLoader):
    """Django's cached loader, with folded templates of each language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        # Translated texts depend on the language, addresses on the other two.
        place = (str(get_language()), get_script_prefix(), str(get_urlconf()))
        return "|".join((*place, super().cache_key(template_name, skip)))


class _TranslatedNode(Node):
    """A `blocktranslate` with variables, whose text is looked up once per language."""

    def __init__(self, node: BlockTranslateNode) -> None:
        self.node = node
        message, self.names = node.render_token_list(node.singular)
        self.message = gettext(message)

    def render(self, context: Context) -> str:
        with context.push(**{name: value.resolve(context) for name, value in self.node.extra_context.items()}):
            if not all(name in context for name in self.names):
                return str(self.node.render(context))
            values = {name: render_value_in_context(context[name], context) for name in self.names}
        try:
            return self.message % values
        except (KeyError, ValueError):  # a faulty translation: Django shows the original text
            return str(self.node.render(context))


def _fold(nodes: NodeList, context: Context, engine: Engine) -> None:
    """Replaces the constant nodes of the list, and of the lists inside its nodes, by text; neighbouring texts become one."""
    folded: list[Node] = []
    texts: list[str] = []
    for node in (_translate(_resolve_include(node, engine)) for node in nodes):
        text = node.s if isinstance(node, TextNode) else _render_constant(node, context)
        if text is not None:
            texts.append(text)
            continue
        if texts:
            folded.append(TextNode("".join(texts)))
            texts = []
        folded.append(node)
        if not isinstance(node, LanguageNode):  # its parts are in a language of their own
            for inner in _list_node_lists(node):
                _fold(inner, context, engine)
    if texts:
        folded.append(TextNode("".join(texts)))
    nodes[:] = folded


def _resolve_include(node: Node, engine: Engine) -> Node:
    """The template that the node includes by its name, if it renders the same there as alone; else the node itself."""
    if not isinstance(node, IncludeNode) or node.isolated_context or not _is_literal(node.template):
        return node
    name = node.template.var
    if name in _loading.get() or name.startswith("."):  # relative to the file
        return node
    try:
        included = engine.get_template(name).nodelist
    except TemplateDoesNotExist:  # raised when the node is rendered, if it ever is
        return node
    if included.get_nodes_by_type(_OF_A_TEMPLATE):  # type: ignore[arg-type]  # a class for isinstance(), so several too
        return node
    if all(isinstance(inner, TextNode) for inner in included):
        return TextNode(included.render(Context()))
    return _IncludedNode(included, node.extra_context)


def _translate(node: Node) -> Node:
    match node:
        case BlockTranslateNode(asvar=None, message_context=None, countervar=None) if not _is_constant(node):
            return _TranslatedNode(node)
    return node


def _list_node_lists(node: Node) -> list[NodeList]:
    if isinstance(node, _IncludedNode):
        return []  # folded when it was loaded
    if isinstance(node, IfNode):
        return [inner for _condition, inner in node.conditions_nodelists]
    found = (getattr(node, name, None) for name in node.child_nodelists)
    return [inner for inner in found if isinstance(inner, NodeList)]


def _render_constant(node: Node, context: Context) -> str | None:
    """What the node renders in every context; None if that depends on the context."""
    if not _is_constant(node):
        return None
    try:
        return str(node.render(context))
    except NoReverseMatch:  # raised when the node is rendered, if it ever is
        return None


def _is_constant(node: Node) -> bool:
    match node:
        case LoadNode() | CommentNode():
            return True
        case TranslateNode(asvar=None, message_context=None):
            expression = node.filter_expression
            return not expression.filters and expression.var.literal is not None
        case BlockTranslateNode(asvar=None, message_context=None, countervar=None):
            return not node.extra_context and all(token.token_type == TokenType.TEXT for token in node.singular)
        case URLNode(asvar=None):
            return not node.args and not node.kwargs and _is_literal(node.view_name)
        case StaticNode(varname=None):
            return _is_literal(node.path)
        case SimpleNode(takes_context=False, target_var=None):
            # A tag whose function is cached returns the same for the same arguments.
            is_cached = hasattr(node.func, "cache_info")
            return is_cached and all(map(_is_literal, [*node.args, *node.kwargs.values()]))
    return False


def _is_literal(expression: FilterExpression) -> bool:
    return isinstance(expression.var, str) and not expression.filters
