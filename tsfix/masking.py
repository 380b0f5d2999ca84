"""Keeps secrets out of every output: passwords, product keys, accounts, values of variables marked secret."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from tsfix.knowledge.context import inline_script
from tsfix.task_sequence import Condition, Step, TaskSequence
from tsfix.values import is_package_id

MASK = "********"

_SECRET_PARTS = (
    *("password", "passwd", "passphrase", "passcode", "productkey", "pidkey", "licensekey"),
    *("apikey", "accesskey", "accountkey", "privatekey", "keymaterial", "clientsecret", "hiddenvariablevalue"),
)
"""A name that holds one of these anywhere, written in whatever case, stands for a secret."""
_SECRET_WORDS = frozenset({"pass", "pwd", "pw", "pin", "secret", "token"})
"""These count only as a word of their own: Bypass and Shipping are no secrets."""
_DESCRIPTIONS = frozenset(
    {
        *("age", "change", "changed", "complexity", "count", "date", "days", "dir", "enabled", "expired", "expires"),
        *("file", "folder", "hint", "id", "length", "location", "mode", "name", "number", "option", "path", "policy"),
        *("protector", "required", "reset", "server", "source", "state", "status", "store", "type", "uri", "url"),
    }
)
"""A name that ends so only tells something about a secret: PasswordFileName, MinimumPasswordLength."""
_NO_SECRETS = frozenset({"true", "false", "yes", "no", "0", "1", "ad", "none", "configmgr"})
"""Values of settings whose names only speak of secrets, such as the place of BitLocker's recovery password."""
_SHORTEST = 5
"""A shorter value is masked in its own place only: everywhere else it would blot out the report."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ACCOUNT_NAME = re.compile(
    r"(join|capture|folder)account|(domain|capture|commandline|powershell)username$", re.IGNORECASE
)
_REFERENCE = re.compile(r"%[^%\s]+%|!\w+!|\$\(?\{?[\w:.-]+\}?\)?|\*+")
"""A variable that stands in for a value, or a value that is masked or left open already."""
_RULE_VARIABLE = re.compile(r"(?P<keep><Variable\b(?P<attributes>[^<>]*)>)(?P<value>[^<]+)", re.IGNORECASE)
_ESCAPED_RULE_VARIABLE = re.compile(
    r"(?P<keep>&lt;Variable\b(?P<attributes>(?:[^<>&]|&(?!lt;|gt;))*)&gt;)(?P<value>(?:[^<&]|&(?!lt;))+)", re.IGNORECASE
)
_ASSIGNMENT = re.compile(r"(?P<keep>\"(?P<name>[^\"=\s]{1,256})=)(?P<value>[^\"]+)\"")
"""What the action of a Set Task Sequence Variable step repeats: ``tsenv.exe "OSDPin=1234"``."""
_EXPRESSION = re.compile(r"<expression\b.*?</expression>", re.DOTALL)
_TESTED = re.compile(r"<variable name=\"Variable\"[^<>]*>([^<]*)<")
_VALUE = re.compile(r"(<variable name=\"Value\"[^<>]*>)[^<]*[^<\s][^<]*")
"""A test in the rules of dynamic variables, which are XML."""
_MARKED_SECRET = re.compile(r"\bIsSecret\s*=\s*[\"']true[\"']", re.IGNORECASE)
_RULE_NAME = re.compile(r"\bName\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_STANDS_IN = r"(?:%[^%\s]+%|\$\(?\{?[\w:.-]+\}?\)?)(?=[\s;,|&)\"'<]|$)"
"""A variable by itself, found first: what follows it is not part of a secret."""
_QUOTED_OR_BARE = rf"(?P<value>\"[^\"]*\"|'[^']*'|{_STANDS_IN}|[^\s\"'&|;<>]+)"
"""In text that may be anything: a bare value ends where a shell, a connection string or XML would end it."""
_OF_A_SWITCH = rf"(?P<value>\"[^\"]*\"|'[^']*'|{_STANDS_IN}|(?:[^\s\"'<]|<(?!/))+)"
"""Behind a switch: no program ends it at a comma, a semicolon or an ampersand, so a password may hold them."""
_KEYS = r"product[-_]?key|pidkey|api[-_]?key|access[-_]?key|account[-_]?key|key[-_]?material"
_NAMES = rf"[\w.-]*?(?:password[a-z]?|passwd|passphrase|pwd|secret|{_KEYS}|token)"


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Tell whether a variable or property of that name holds a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _DESCRIPTIONS:
        return False
    whole = "".join(words)
    return not _SECRET_WORDS.isdisjoint(words) or whole.endswith("pwd") or any(part in whole for part in _SECRET_PARTS)


def is_masked_name(name: str) -> bool:
    """Tell whether the value of a variable of that name is never shown: a secret or an account."""
    return is_secret_name(name) or _is_account_name(name)


@lru_cache(maxsize=4096)
def _is_account_name(name: str) -> bool:
    return _ACCOUNT_NAME.search(name) is not None


def mask_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask what looks like a secret inside free text: command lines, scripts, rules; and the given values anywhere."""
    text = without_secrets(text, secrets)
    text = _RULE_VARIABLE.sub(_masked_rule_variable, text)
    text = _ESCAPED_RULE_VARIABLE.sub(_masked_rule_variable, text)
    ends = text.rfind("</expression>") + len("</expression>")
    # Behind the last end, a search would go on to the end of the text from every beginning.
    text = _EXPRESSION.sub(_masked_expression, text[:ends]) + text[ends:]
    text = _ASSIGNMENT.sub(_masked_assignment, text)
    for pattern in _patterns():
        text = pattern.sub(_masked, text)
    text = _net_use().sub(_masked_net_use, text)
    return _long_base64().sub(_masked_base64, text)


def mask_value(field: str, value: str | None, secrets: Iterable[str] = ()) -> str | None:
    """Mask one value for a report. ``field`` is a change's or difference's key, such as ``variable:OSDJoinPassword``."""
    if not value:
        return value
    secrets = frozenset(secrets)
    kind, _, name = field.partition(":")
    named = kind in ("variable", "global-variable") and is_masked_name(name)
    if (named or value.strip() in secrets) and not _is_harmless(value):
        return MASK
    script = inline_script(value)
    return mask_text(value if script is None else script, secrets)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Mask the given values wherever they stand in the text, also as XML; too short ones are left."""
    for written in written_forms(frozenset(secrets)):
        text = text.replace(written, MASK)
    return text


@lru_cache(maxsize=64)
def written_forms(secrets: frozenset[str]) -> tuple[str, ...]:
    """The forms in which secrets are looked for, the longest first so that none is masked by halves."""
    found: set[str] = set()
    for secret in filter(_is_hunted, secrets):
        escaped = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        found |= {secret, escaped, escaped.replace('"', "&quot;")}
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def secret_values(task_sequence: TaskSequence) -> frozenset[str]:
    """Every secret that stands in a variable of the task sequence, so that it can be masked wherever it is repeated.

    Accounts are among them when they name a domain; a plain name would be masked in places that mean something else.
    """
    found: set[str] = set()
    for variable in task_sequence.sequence.global_variables:
        if is_secret_name(variable.name) or is_secret_name(variable.property):
            found.add(variable.value)
    for item in task_sequence.sequence.walk():
        if isinstance(item, Step):
            found.update(_step_secrets(item))
        if item.condition is not None:
            found.update(_tested_secrets(item.condition))
    return frozenset(value for value in map(str.strip, found) if value and not _is_harmless(value))


def _step_secrets(step: Step) -> Iterator[str]:
    hidden = step.property("DoNotShowVariableValue")
    named = step.property("VariableName")
    if named is not None and (is_secret_name(named.value) or (hidden is not None and hidden.value.lower() == "true")):
        value = step.property("VariableValue")
        if value is not None:
            yield value.value
    for variable in step.variables:
        name, text = variable.name, variable.value
        named_account = _is_account_name(name) and ("\\" in text or "@" in text)
        if named_account or is_secret_name(name) or is_secret_name(variable.property):
            yield text
        elif "Variable" in text:
            rules = _RULE_VARIABLE.finditer(text)
            yield from (_unescaped(rule["value"]) for rule in rules if _is_secret_rule(rule))


def _unescaped(text: str) -> str:
    # Few sequences need this, and the table of all entities of HTML comes with it.
    from html import unescape

    return unescape(text)


def _tested_secrets(condition: Condition) -> Iterator[str]:
    """What a condition compares a secret variable with."""
    for part in condition.walk():
        if is_secret_name(part.value("Variable") or ""):
            yield part.value("Value") or ""


def _is_hunted(secret: str) -> bool:
    return len(secret) >= _SHORTEST and not is_package_id(secret) and not _is_harmless(secret)


def _is_harmless(value: str) -> bool:
    value = value.strip("\"' ")
    return value.startswith(MASK) or value.lower() in _NO_SECRETS or _REFERENCE.fullmatch(value) is not None


def _masked_assignment(found: re.Match[str]) -> str:
    if not is_masked_name(found["name"]) or _is_harmless(found["value"]):
        return found.group()
    return f'{found["keep"]}{MASK}"'


def _masked_expression(found: re.Match[str]) -> str:
    name = _TESTED.search(found.group())
    if name is None or not is_masked_name(name[1]):
        return found.group()
    return _VALUE.sub(rf"\g<1>{MASK}", found.group())


def _is_secret_rule(found: re.Match[str]) -> bool:
    name = _RULE_NAME.search(found["attributes"])
    return _MARKED_SECRET.search(found["attributes"]) is not None or (name is not None and is_secret_name(name[1]))


def _masked_rule_variable(found: re.Match[str]) -> str:
    secret = found["value"].strip() and not _is_harmless(found["value"]) and _is_secret_rule(found)
    return f"{found['keep']}{MASK}" if secret else found.group()


_PROGRAMS = r"(?:psexec(?:64)?|paexec|schtasks|certutil|signtool|unzip|winrs)"
"""Programs that take a password behind ``-p`` or ``/p``, whatever it looks like."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Where secrets stand in texts; ``keep`` stays, ``value`` goes. Compiled when first needed: a scan may never do."""
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            # tsenv.exe "Name=value" and the like: to the closing quote
            rf"(?P<keep>\"{_NAMES}=)(?P<value>[^\"]+)(?=\")",
            r"(?P<keep>\btsenv(?:\.exe)?\"?\s+\"[^\"=]*=)(?P<value>[^\"]+)(?=\"\s*/hiddenflag:true)",
            # /password:value; password=value, "password": "value", $password = 'value', Value("password") = "value"
            rf"(?P<keep>(?<![\w.-])[-/](?:{_NAMES}|pass|pin|pw)[:=]){_OF_A_SWITCH}",
            rf"(?P<keep>(?<![\w.-])[-/$]?(?:{_NAMES}|pass|pin|pw)[\"']?[)\]]?\s*[:=]\s*){_QUOTED_OR_BARE}",
            # The last letter is netdom's, which takes the passwords of two accounts.
            rf"(?P<keep>(?<![^\s\"'])[-/]p[dmo]?[:=])(?!\d{{1,5}}(?!\S)){_OF_A_SWITCH}",
            # -Password value
            rf"(?P<keep>(?<![^\s\"'])[-/](?:{_NAMES}|pass|pw|rp)\s+)(?![-/]){_OF_A_SWITCH}",
            # -p value: a number is a port, something with a slash is a path, but not for these programs
            rf"(?P<keep>\b{_PROGRAMS}(?:\.exe)?\"?\s[^&|\n]{{0,300}}?(?<!\S)[-/]p\s+){_OF_A_SWITCH}",
            rf"(?P<keep>\b(?:sqlcmd|osql|isql|bcp)(?:\.exe)?\"?\s[^&|\n]{{0,300}}?(?<!\S)(?-i:[-/]P)\s*){_OF_A_SWITCH}",
            r"(?P<keep>(?<![^\s\"'])[-/]p\s+)(?![-/]|\d{1,5}(?!\S))(?P<value>\"[^\"\\/]*\"|[^\s\"'&|;\\/]+(?![^\s&|;]))",
            r"(?P<keep>\b(?:7z[ag]?|(?:win)?rar)(?:\.exe)?\"?\s[^&|\n]{0,300}?\s-h?p)(?P<value>\"[^\"]*\"|\S+)",
            r"(?P<keep>\bcurl(?:\.exe)?\"?\s[^|\n]{0,300}?(?<!\S)(?:-u|--user)[\s=]\s*\"?[^\s:\"]+:)(?P<value>[^\s\"]+)",
            # A value of the registry or of the environment, by its name
            rf"(?P<keep>\bsetx(?:\.exe)?\s+\"?{_NAMES}\"?\s+){_OF_A_SWITCH}",
            rf"(?P<keep>\breg(?:\.exe)?\s+add\s[^\n]{{0,300}}?/v\s+\"?{_NAMES}\"?\s[^\n]{{0,100}}?/d\s+){_OF_A_SWITCH}",
            rf"(?P<keep>-Name\s+[\"']?{_NAMES}[\"']?\s[^\n;|]{{0,300}}?-Value\s+){_OF_A_SWITCH}",
            rf"(?P<keep>\b(?:key|name)=[\"']{_NAMES}[\"']\s+value=)(?P<value>\"[^\"]+\"|'[^']+')",
            r"(?P<keep><(?:\w+:)?\w*(?:Password|Pwd|KeyMaterial)\b[^<>]{0,300}?\bvalue=)(?P<value>\"[^\"]+\"|'[^']+')",
            r"(?P<keep>[?&;]sig=)(?P<value>[^\s&\"'<]+)",
            r"(?P<keep>\bAuthorization[\"']?\s*[:=]\s*[\"']?Basic\s+)(?P<value>[\w+/=-]+)",
            r"(?P<keep>\bnet1?(?:\.exe)?\s+user\s+(?:\"[^\"]*\"|\S+)\s+)(?P<value>\"[^\"]*\"|[^\s/&|\"]\S*)",
            rf"(?P<keep>\bConvertTo-SecureString\s+(?:-\w+\s+)*){_QUOTED_OR_BARE}",
            r"(?P<keep>)(?P<value>\"[^\"]*\"|'[^']*')(?=\s*\|\s*ConvertTo-SecureString)",
            r"(?P<keep>\b\w+://[^\s/:@]+:)(?P<value>[^\s/@]+)(?=@)",
            r"(?P<keep>\bBearer\s+)(?P<value>[\w.~+/=-]{8,})",
            r"(?P<keep><(?:\w+:)?\w*(?:Password|Pwd|Passphrase|ProductKey|KeyMaterial)\b[^<>]*>\s*(?:<Value>\s*)?)(?P<value>[^<\s][^<]*)",
            # product key; recovery password of BitLocker
            r"(?P<keep>\b)(?P<value>(?:[A-Z0-9]{5}-){4}[A-Z0-9]{5})\b",
            r"(?P<keep>\b)(?P<value>(?:\d{6}-){7}\d{6})\b",
        )
    )


def _masked(found: re.Match[str]) -> str:
    return found.group() if _is_harmless(found["value"]) else f"{found['keep']}{MASK}"


@cache
def _net_use() -> re.Pattern[str]:
    return re.compile(r"(?P<keep>\bnet1?(?:\.exe)?\s+use\s)(?P<arguments>[^&|\r\n]*)", re.IGNORECASE)


def _masked_net_use(found: re.Match[str]) -> str:
    """``net use`` takes the password without a name: whatever is no drive, share, switch or asterisk."""
    return found["keep"] + re.sub(r"\"[^\"]*\"|[^\s\"]+", _masked_net_use_argument, found["arguments"])


def _masked_net_use_argument(found: re.Match[str]) -> str:
    argument = found.group()
    bare = argument.strip("\"'")
    account = re.match(r"/u(?:ser)?:", bare, re.IGNORECASE)
    if account is not None:
        return f"{account.group()}{MASK}"
    known = bare.startswith(("\\\\", "/")) or re.fullmatch(r"[A-Za-z]:", bare) or _is_harmless(bare)
    return argument if known else MASK


@cache
def _long_base64() -> re.Pattern[str]:
    return re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}")


def _masked_base64(found: re.Match[str]) -> str:
    """What ``powershell -EncodedCommand`` takes is no secret, but what it says may be."""
    try:
        data = base64.b64decode(found.group(), validate=True)
        text = data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return found.group()
    return MASK if mask_text(text) != text else found.group()
