"""Exports with secrets in every place that may hold one. Each secret has two marks, so that half of one is found too."""

from __future__ import annotations

import base64
import itertools
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tests.made import Element, Group, Known, Package, Step, on, own_step, parts, sequence, steps


class Secrets(Struct, kw_only=True):
    """Hands out secrets, each with a number of its own, and finds them again in any text."""

    odd: str = "&<>\"'/,;%ü€\\"
    """What stands between the two marks of a secret."""
    generation: str = "a"
    made: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def free(self) -> str:
        """A secret for a field of its own, with any characters in it."""
        return self._make(self.odd)

    def bare(self) -> str:
        """A secret for the end of a switch: one word."""
        return self._make("".join(char for char in self.odd if char not in "\"'<>%\\"))

    def word(self) -> str:
        """A secret for where a shell or a connection string would end it."""
        return self._make("-")

    def _make(self, middle: str) -> str:
        number = f"{self.generation}{next(self._numbers):03}"
        secret = f"Qz{number}Kern{middle}Vx{number}Rest"
        self.made.append(secret)
        return secret

    def marks(self) -> list[str]:
        """What must not be read anywhere."""
        return [mark for secret in self.made for mark in (secret[:10], secret[-10:])]

    def found_in(self, text: str) -> list[str]:
        """Every mark that can be read in a text: as it is, broken over lines, in base64."""
        joined = "".join(text.split())
        # The middle of a mark's base64 is the same whatever stands around it.
        coded = {
            mark: [
                base64.b64encode(b"\0" * shift + mark.encode(encoding)).decode()[4:-4]
                for encoding in ("utf-8", "utf-16-le")
                for shift in range(3)
            ]
            for mark in self.marks()
        }
        return [mark for mark, codes in coded.items() if mark in joined or any(code in joined for code in codes)]


Plant = Callable[[Secrets], Group | Step]


def _secret_variable(kind: str, variable: str, prop: str) -> Plant:
    return lambda made: own_step(f"SMS_TaskSequence_{kind}", prop, "x.exe", (variable, prop, made.free()))


def _hidden(made: Secrets) -> Step:
    value = made.free().replace('"', "")
    step = steps.set_variable("Hidden", "Innocent", value, hidden=True)
    return replace(
        step, variables=(*step.variables, ("SetVariableActionHiddenVariableValue", "HiddenVariableValue", made.free()))
    )


def _command(text: str, kind: str = "bare") -> Plant:
    return lambda made: steps.run_command_line("Run", text.format(getattr(made, kind)()), package_id="CHQ00016")


def _script(text: str, kind: str = "word") -> Plant:
    return lambda made: steps.run_powershell_script(
        "Script", lines=("Write-Host 1", text.format(getattr(made, kind)())), output_variable="Result"
    )


def _encoded_command(made: Secrets) -> Step:
    code = base64.b64encode(f"net user me {made.word()} /add".encode("utf-16-le")).decode()
    return steps.run_command_line("Encoded", f"powershell.exe -EncodedCommand {code}")


def _rules(made: Secrets) -> Step:
    condition = on.when(on.variable("OSDPin", "equals", made.free()))
    rules = Element(
        tag="Rules",
        children=(steps.rule(condition, ("Office", made.free(), True), ("AdminPassword", made.free(), False)),),
    )
    return steps.set_dynamic_variables("Rules", rules)


def _tested(made: Secrets) -> Group:
    condition = on.when(on.variable("AdminPassword", "notLike", made.free()))
    return Group(name="Tested", condition=condition, children=(steps.restart("Restart"),))


def _repeated(made: Secrets) -> Group:
    """A secret that stands in its field, and again where nothing tells that it is one."""
    secret = made.free()
    return Group(
        name=f"About {secret}",
        description=secret,
        children=(
            own_step(
                "SMS_TaskSequence_JoinDomainWorkgroupAction", "Join", "x", ("OSDJoinPassword", "Password", secret)
            ),
            steps.run_command_line(f"Copy {secret}", f"copy.exe {secret}", description=secret),
            steps.run_command_line("Echo", f"echo {secret}> x"),
        ),
    )


PLANTS: dict[str, Plant] = {
    "join password": _secret_variable("JoinDomainWorkgroupAction", "OSDJoinPassword", "DomainPassword"),
    "join account": _secret_variable("JoinDomainWorkgroupAction", "OSDJoinAccount", "DomainUsername"),
    "network folder": _secret_variable("ConnectNetworkFolderAction", "SMSConnectNetworkFolderPassword", "Password"),
    "network account": _secret_variable("ConnectNetworkFolderAction", "SMSConnectNetworkFolderAccount", "Account"),
    "capture password": _secret_variable("CaptureImageAction", "OSDCaptureAccountPassword", "CapturePassword"),
    "local admin": _secret_variable("ApplyWindowsSettingsAction", "OSDLocalAdminPassword", "AdminPassword"),
    "product key": _secret_variable("ApplyWindowsSettingsAction", "OSDProductKey", "ProductKey"),
    "run as": _secret_variable("RunCommandLineAction", "SMSTSRunCommandLineUserPassword", "UserPassword"),
    "step nobody knows": _secret_variable("FabrikamAction", "FabrikamApiKey", "ApiKey"),
    "hidden variable": _hidden,
    "variable by name": lambda made: steps.set_variable("Set", "AdminPassword", made.free().replace('"', "")),
    "rules": _rules,
    "condition": _tested,
    "repeated": _repeated,
    "switch": _command("setup.exe /password:{} /q"),
    "switch with blank": _command("x.ps1 -Password {} -Force"),
    "property": _command("msiexec.exe /i a.msi ADMINPASSWORD={} /qn", "word"),
    "connection": _command('x.exe "Server=db;User Id=me;Password={};Encrypt=true"', "word"),
    "storage": _command("x.exe AccountName=x;AccountKey={};EndpointSuffix=y", "word"),
    "registry": _command("reg.exe add HKLM\\Winlogon /v DefaultPassword /d {} /f"),
    "net use": _command("net use Z: \\\\srv\\share {} /user:contoso\\me", "word"),
    "net user": _command("net user helpdesk {} /add", "word"),
    "domain join tool": _command("netdom join pc /domain:contoso.example /ud:me /pd:{}"),
    "address": _command("x.exe https://me:{}@srv.contoso.example/", "word"),
    "encoded command": _encoded_command,
    "script": _script("$Password = '{}'"),
    "script with switch": _script("Invoke-It -Token {}"),
    "script with secure text": _script("ConvertTo-SecureString -String '{}' -AsPlainText -Force"),
    "script writes registry": _script("Set-ItemProperty -Path x -Name DefaultPassword -Value '{}'"),
    "script parameters": lambda made: steps.run_powershell_script(
        "Parameters", lines=("x",), parameters=f"-Password {made.bare()}", output_variable="Result"
    ),
    "description": lambda made: steps.restart("Restart", description=f"the password: {made.word()}"),
    "action of an unknown step": lambda made: own_step("Fabrikam_X", "X", f"x.exe /password:{made.bare()}"),
}


def export_with(made: Secrets, names: list[str]) -> dict[str, bytes]:
    """The parts of an export with those plants, and with secrets in the program of a package that travels along."""
    items = tuple(PLANTS[name](made) for name in names)
    known = Known(id="CHQ00016", name="Tools")
    package = Package(
        known=known,
        values=(("PkgSourcePath", r"\\srv\tools"), ("Description", f"password={made.word()}")),
        programs=(("Install", f"setup.exe /password:{made.word()}"),),
    )
    task = sequence("CHQ00050", "Planted", Group(name="All", children=items), steps.restart("Last"))
    described = replace(task, values=(("Description", f"admin password: {made.word()}"),))
    return parts(described, known=(known,), packages=(package,))


def write_zip(path: Path, content: dict[str, bytes]) -> Path:
    """Write the parts as a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path
