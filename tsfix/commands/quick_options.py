"""Keeps the command line quick, without a change of what it does.

Typer checks each option with pydantic, whose import takes longer than a scan; and it works out the options of every
command before it runs one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from copy import copy
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer import BadParameter, Typer
from typer.core import TyperCommand, TyperGroup

_NO_PATH = (
    "an empty text was found where a file or a folder is expected. A variable of your script may be empty. "
    "For the current folder write a dot."
)


class QuickCommand(TyperCommand):
    """A command that takes texts, paths and choices as they are.

    What is not plainly right, such as a missing argument, is left to Typer, which says in its usual words what is wrong.
    A Typer without such checks is used as it is.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments of the command; see the class."""
        _make_quick(self.get_params(ctx))
        return super().parse_args(ctx, args)


class QuickGroup(TyperGroup):
    """The same for the options before the command.

    Typer's own options for completion are taken out; ``completion.py`` says why.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        """The options of the group. Typer appends its own when the group is made, so they go here."""
        self.params = [param for param in self.params if param.name not in ("install_completion", "show_completion")]
        return super().get_params(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments of the group; see ``QuickCommand``."""
        _make_quick(self.get_params(ctx))
        return super().parse_args(ctx, args)


def with_needed_commands(app: Typer, words: Collection[str]) -> Typer:
    """The same app, in which commands that none of the words names are there by name and help only.

    ``words`` is everything that was typed: a command that is to run, or to be completed, is among it.
    """
    needed = copy(app)
    needed.registered_commands = [copy(info) for info in app.registered_commands]
    for info in needed.registered_commands:
        if info.callback is not None and _name(info.name, info.callback) not in words:
            info.callback = _only_described(info.callback)
    needed.registered_groups = [copy(info) for info in app.registered_groups]
    for group in needed.registered_groups:
        if group.typer_instance is not None:
            group.typer_instance = with_needed_commands(group.typer_instance, words if group.name in words else ())
    return needed


def _name(name: str | None, callback: Callable[..., Any]) -> str:
    return name or callback.__name__.replace("_", "-")


def _only_described(command: Callable[..., Any]) -> Callable[[], None]:
    def described() -> None:
        pass

    described.__name__ = command.__name__
    described.__doc__ = command.__doc__
    return described


def _make_quick(params: Iterable[Any]) -> None:
    for param in params:
        descriptor = getattr(param, "type_descriptor", None)
        if descriptor is not None:
            # On this one object only; Typer's own classes stay as they are.
            param.process_value = partial(_process_value, descriptor.annotation, param)


def _process_value(annotation: Any, param: Any, ctx: Any, value: Any) -> Any:
    several = param.multiple or param.nargs == -1
    if _is_empty_path(annotation, value):
        raise BadParameter(_NO_PATH, ctx=ctx, param=param)
    try:
        converted = _convert(annotation, value, several=several)
    except ValueError:
        if get_origin(annotation) is Literal:
            raise BadParameter(_no_choice(str(value), get_args(annotation)), ctx=ctx, param=param) from None
        if annotation is int and isinstance(value, str):
            raise BadParameter(f'"{value}" is not a whole number.', ctx=ctx, param=param) from None
        return type(param).process_value(param, ctx, value)
    if param.required and not converted:
        return type(param).process_value(param, ctx, value)
    return converted if param.callback is None else param.callback(ctx, param, converted)


def _is_empty_path(annotation: Any, value: Any) -> bool:
    """Whether a path was given as an empty text, as an unset variable of a script does.

    ``Path("")`` is the current folder, and nobody asked for that.
    """
    if Path not in (annotation, *get_args(annotation)):
        return False
    return any(
        isinstance(item, str) and not item.strip() for item in (value if isinstance(value, tuple | list) else (value,))
    )


def _no_choice(value: str, choices: tuple[str, ...]) -> str:
    near = get_close_matches(value, choices, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'"{value}" is not one of {", ".join(choices)}.{hint}'


def _convert(annotation: Any, value: Any, *, several: bool) -> Any:
    """What Typer would make of the value; ValueError where that is not plain."""
    if value is None:
        return () if several else None
    if not several:
        return _convert_one(annotation, value)
    if get_origin(annotation) is not list or not isinstance(value, tuple | list):
        raise ValueError
    return [_convert_one(get_args(annotation)[0], item) for item in value]


def _convert_one(wanted: Any, value: Any) -> Any:
    if wanted is bool and isinstance(value, bool):
        return value
    if isinstance(value, str):
        if wanted is str or (get_origin(wanted) is Literal and value in get_args(wanted)):
            return value
        if wanted is int:
            return int(value)
        if wanted is Path:
            return Path(value)
    raise ValueError
