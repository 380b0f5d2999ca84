"""Reads a PowerShell script with a real grammar and answers what the tests ask about it. It never runs one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter_powershell
from msgspec import Struct
from tree_sitter import Language, Node, Parser

PARSER = Parser(Language(tree_sitter_powershell.language()))
OPERATORS = {"&"}
"""Commands that run a script block, not a program."""


class Command(Struct, frozen=True, kw_only=True):
    """One call of a cmdlet or function, with the names of its parameters as they are written."""

    name: str
    parameters: tuple[str, ...]
    arguments: dict[str, str]
    """The texts that are given as plain literals, by parameter."""
    positional: int
    """Arguments without a parameter name."""
    line: int


@cache
def tree(script: str) -> Node:
    return PARSER.parse(script.encode()).root_node


def text(node: Node) -> str:
    return node.text.decode() if node.text else ""


def nodes(node: Node, *types: str) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if not types or one.type in types:
            yield one
        waiting.extend(reversed(one.children))


def errors(script: str) -> list[tuple[int, str]]:
    """Line and text of everything that the grammar does not know, or that is missing."""
    return [
        (node.start_point[0] + 1, text(node)[:80]) for node in nodes(tree(script)) if node.is_error or node.is_missing
    ]


def functions(script: str) -> dict[str, Node]:
    found = {}
    for node in nodes(tree(script), "function_statement"):
        name = next(child for child in node.children if child.type == "function_name")
        found[text(name)] = node
    return found


def parameters(node: Node) -> list[str]:
    """The parameters of a function, or of the script, in order, without the dollar sign."""
    block = next((child for child in nodes(node, "param_block")), None)
    if block is None:
        return []
    found = []
    for parameter in nodes(block, "script_parameter"):
        variable = next(child for child in parameter.children if child.type == "variable")
        found.append(text(variable)[1:])
    return found


def commands(script: str) -> list[Command]:
    splats = _hash_variables(script)
    return [_command(node, splats) for node in nodes(tree(script), "command")]


def _command(node: Node, splats: dict[str, tuple[str, ...]]) -> Command:
    name = next((text(child) for child in node.children if child.type in ("command_name", "command_name_expr")), "")
    if any(child.type == "command_invokation_operator" for child in node.children):
        name = "&"
    names: list[str] = []
    arguments: dict[str, str] = {}
    positional = 0
    waiting = ""
    elements = next((child for child in node.children if child.type == "command_elements"), None)
    for child in elements.children if elements is not None else ():
        if child.type == "command_argument_sep":
            continue
        if child.type == "command_parameter":
            shown, _, attached = text(child)[1:].partition(":")
            names.append(shown)
            waiting = "" if attached or text(child).endswith(":") else shown
        elif text(child).startswith("@") and text(child)[1:] in splats:
            names.extend(splats[text(child)[1:]])
        elif waiting:
            literal = next(nodes(child, "string_literal"), None)
            if literal is not None and text(literal) == text(child):
                arguments[waiting] = evaluate(literal)
            waiting = ""
        elif text(node)[: child.start_byte - node.start_byte].endswith(":"):
            continue
        else:
            positional += 1
    return Command(
        name=name,
        parameters=tuple(names),
        arguments=arguments,
        positional=positional,
        line=node.start_point[0] + 1,
    )


def _hash_variables(script: str) -> dict[str, tuple[str, ...]]:
    """The keys of every hash table that is given to a variable: what @variable stands for in a command."""
    found = {}
    for node in nodes(tree(script), "assignment_expression"):
        left = text(node.children[0])
        table = next(nodes(node, "hash_literal_expression"), None)
        if re.fullmatch(r"\$\w+", left) and table is not None:
            found[left[1:]] = tuple(keys(table))
    return found


def keys(table: Node) -> list[str]:
    """The keys of a hash literal itself, not those of tables inside it."""
    body = next((child for child in table.children if child.type == "hash_literal_body"), None)
    if body is None:
        return []
    return [text(entry.children[0]) for entry in body.children if entry.type == "hash_entry"]


def tables(script: str) -> list[list[str]]:
    """The keys of every hash literal."""
    return [keys(node) for node in nodes(tree(script), "hash_literal_expression")]


def types(script: str) -> set[str]:
    """Every .NET type that a literal in brackets names, and every one that New-Object makes."""
    found = {text(node).strip("[]") for node in nodes(tree(script), "type_spec")}
    found |= {command.arguments["TypeName"] for command in commands(script) if command.name == "New-Object"}
    return {name.removesuffix("[]") for name in found}


def assigned(script: str, variable: str) -> Node:
    """The right side of the first assignment to a variable, or of the default of a parameter."""
    for node in nodes(tree(script), "assignment_expression", "script_parameter"):
        names = list(nodes(node, "variable"))
        if names and text(names[0]) == f"${variable}":
            return node.children[-1]
    raise LookupError(variable)


def evaluate(node: Node) -> str:
    """The value of an expression made of literal texts, [char] numbers and +. Anything else is an error."""
    if node.type == "string_literal":
        (inner,) = node.children
        if inner.type != "verbatim_string_characters":
            raise ValueError(f"not a literal: {text(node)}")
        return text(inner)[1:-1].replace("''", "'")
    if node.type == "cast_expression":
        kind, number = text(node.children[0]), text(node.children[-1])
        if kind != "[char]" or re.fullmatch(r"0x[0-9A-F]{4}", number) is None:
            raise ValueError(f"not a character: {text(node)}")
        return chr(int(number, 16))
    parts = [child for child in node.children if child.type not in ("(", ")", "+", "=")]
    if node.type not in _WRAPPERS:
        raise ValueError(f"neither text nor +: {node.type} {text(node)}")
    return "".join(evaluate(child) for child in parts)


def literal_text(node: Node) -> str:
    """As ``evaluate``, with UTF-16 pairs joined into characters."""
    return evaluate(node).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def list_items(node: Node) -> list[Node]:
    """The expressions of an ``@(...)``, whether one per line or with commas."""
    outer = next(nodes(node, "array_expression"))
    body = next((child for child in outer.children if child.type == "statement_list"), None)
    found: list[Node] = []
    for pipeline in body.children if body is not None else ():
        array = next(nodes(pipeline, "array_literal_expression"))
        found.extend(child for child in array.children if child.type == "unary_expression")
    return found


def entries(table: Node) -> dict[str, Node]:
    """Key and value expression of every entry of a hash literal."""
    body = next(child for child in table.children if child.type == "hash_literal_body")
    return {text(entry.children[0]): entry.children[-1] for entry in body.children if entry.type == "hash_entry"}


_WRAPPERS = {
    "script_parameter_default",
    "pipeline",
    "pipeline_chain",
    "logical_expression",
    "bitwise_expression",
    "comparison_expression",
    "additive_expression",
    "multiplicative_expression",
    "format_expression",
    "range_expression",
    "array_literal_expression",
    "unary_expression",
    "parenthesized_expression",
    "expression_with_unary_operator",
}
