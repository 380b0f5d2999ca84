"""No secret leaves: planted in every place of a task sequence, none may come out of any command in any format."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path

import pytest

from tests.cli.running import run

FORMATS = ("text", "json", "md", "csv", "sarif", "html")
_numbers = itertools.count(1)
SECRETS: list[str] = []


def secret() -> str:
    """A new one each time; the test fails on each that it finds."""
    SECRETS.append(f"Geheim{next(_numbers):02}-xQ")
    return SECRETS[-1]


def encoded(script: str) -> str:
    return base64.b64encode(f"\ufeff{script}".encode("utf-16-le")).decode()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def step(kind: str, name: str, action: str, *rows: tuple[str, str, str], description: str = "") -> str:
    variables = "".join(
        f'<variable name="{key}" property="{prop}">{escaped(value)}</variable>' for key, prop, value in rows
    )
    return (
        f'<step name="{escaped(name)}" type="SMS_TaskSequence_{kind}" description="{escaped(description)}" runIn="WinPEandFullOS">'
        f"<action>{escaped(action)}</action><defaultVarList>{variables}</defaultVarList></step>"
    )


def set_variable(name: str, value: str, *, hidden: bool) -> str:
    return step(
        "SetVariableAction",
        f"Set {name}",
        f'tsenv.exe "{name}={value}" /hiddenflag:{hidden}',
        ("VariableName", "VariableName", name),
        ("VariableValue", "VariableValue", value),
        ("DoNotShowVariableValue", "DoNotShowVariableValue", str(hidden).lower()),
        ("SetVariableActionHiddenVariableValue", "HiddenVariableValue", secret() if hidden else ""),
    )


def run_command(command: str) -> str:
    return step(
        "RunCommandLineAction",
        "Run it",
        f"smsswd.exe /run: {command}",
        ("CommandLine", "CommandLine", command),
        ("SMSTSRunCommandLineOutputVariableName", "OutputVariableName", "Result"),
        ("SMSTSRunCommandLineUserName", "UserName", f"contoso\\{secret()}"),
        ("SMSTSRunCommandLineUserPassword", "UserPassword", secret()),
    )


def run_script(script: str) -> str:
    return step(
        "RunPowerShellScriptAction",
        "Script",
        "OSDRunPowerShellScript.exe",
        ("OSDRunPowerShellScriptSourceScript", "SourceScript", encoded(script)),
        ("OSDRunPowerShellScriptParameters", "Parameters", f"-Password {secret()}"),
        ("OSDRunPowerShellScriptOutputVariableName", "OutputVariableName", "Result"),
        ("SMSTSRunPowerShellUserPassword", "UserPassword", secret()),
    )


REPEATED = secret()
RULES = (
    "<Rules><Rule><condition/><Variables>"
    f'<Variable Name="Office" IsSecret="true">{secret()}</Variable>'
    f'<Variable Name="AdminPassword" IsSecret="false">{secret()}</Variable>'
    "</Variables></Rule></Rules>"
)
KEY = "VK7JG-NPHTM-C97JM-9MPGT-3V66T"
SECRETS.append(KEY)
STEPS = (
    set_variable("Innocent", secret(), hidden=True),
    set_variable("AdminPassword", secret(), hidden=False),
    set_variable("LabPassword", "kurz", hidden=False),
    run_command(f"setup.exe /p:{secret()}"),
    run_command(f"setup.exe -Password {secret()} -User me"),
    run_command(f"net user helpdesk {secret()} /add"),
    run_command(f"net use Z: \\\\srv\\share {secret()} /user:contoso\\me"),
    run_command(f"powershell.exe -EncodedCommand {encoded(f'net user me {secret()} /add')}"),
    run_command(f"slmgr.vbs /ipk {KEY}"),
    run_command(f"copy.exe {REPEATED}"),
    run_script(f'$Password = "{secret()}"; net user me {secret()}'),
    run_script(f"Invoke-It -Token {secret()}"),
    step("SetDynamicVariablesAction", "Dynamic", "tsenv.exe", ("OSDSetDynamicVariablesRules", "Rules", RULES)),
    step(
        "JoinDomainWorkgroupAction",
        "Join",
        "osdjoin.exe",
        ("OSDJoinAccount", "DomainUsername", f"contoso\\{secret()}"),
        ("OSDJoinPassword", "DomainPassword", secret()),
    ),
    step(
        "ApplyWindowsSettingsAction",
        f"Uses {REPEATED} in its name",
        "osdwinsettings.exe",
        ("OSDLocalAdminPassword", "AdminPassword", REPEATED),
        ("OSDProductKey", "ProductKey", "NPPR9-FWDCX-D2C8J-H872K-2YT43"),
        ("OSDWindowsSettingsInputLocale", "InputLocale", "en-US"),
        description=f"password: {secret()}; the other one is {REPEATED}",
    ),
    # Everything that a target before 2010 does not know, with a value that is a secret.
    step("Unknown", "Unknown", f"x.exe /password:{secret()}", ("FuturePassword", "FuturePassword", secret())),
    (
        '<group name="Group" description=""><condition><expression type="SMS_TaskSequence_VariableConditionExpression">'
        '<variable name="Operator">notLike</variable><variable name="Value">'
        f'{secret()}</variable><variable name="Variable">AdminPassword</variable></expression></condition></group>'
    ),
    step(
        "InstallSoftwareAction",
        "Install",
        f"smsswd.exe /pkg:CHQ00016 install.exe /p:{secret()}",
        ("PackageID", "PackageID", "CHQ00016"),
        ("_SMSSWDProgramName", "ProgramName", "install"),
    ),
    run_command(f"copy.exe C:\\Packages\\CHQ00016\\x.cmd -Password {secret()}"),
)
SECRETS.append("NPPR9-FWDCX-D2C8J-H872K-2YT43")
GLOBALS = (
    '<globalVarList><variable name="LabPassword" property="LabPassword">'
    f'{secret()}</variable><variable name="PinPassword" property="x">{secret()}</variable></globalVarList>'
)
SEQUENCE = f'<sequence version="3.10">{"".join(STEPS)}<referenceList/>{GLOBALS}</sequence>'


def leaks(shown: bytes) -> list[str]:
    """Every secret that can be read in the output, as it is or in base64."""
    text = shown.decode("utf-8")
    written = [secret for secret in SECRETS if secret in text or secret in text.replace("\n", "").replace(" ", "")]
    coded = [word for word in SECRETS for shift in range(3) if _core(word, shift) in text]
    return sorted({*written, *coded})


def _core(secret: str, shift: int) -> str:
    """The middle of the base64 of a secret in UTF-16, which is the same whatever stands around it."""
    data = b"\0" * shift + secret.encode("utf-16-le")
    return base64.b64encode(data).decode()[4:-6]


def test_the_test_would_notice() -> None:
    assert set(SECRETS) == set(leaks(f"{' '.join(SECRETS)}".encode()))
    for secret_shown in SECRETS:
        assert secret_shown in leaks(encoded(f"x{secret_shown}y").encode())
        assert secret_shown in leaks(encoded(f"xy{secret_shown}y").encode())


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    path = tmp_path / "planted.xml"
    path.write_text(SEQUENCE, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_scan_shows_no_secret(form: str, planted: Path) -> None:
    ran = run("scan", planted, "--to", "1706", "--to", "2403", "--format", form)
    assert ran.code in (0, 1)
    assert [] == leaks(ran.out + ran.err)


@pytest.mark.parametrize("policy", ["auto", "disable", "placeholder", "remove", "keep"])
@pytest.mark.parametrize("form", FORMATS)
def test_clone_shows_no_secret(form: str, policy: str, planted: Path, tmp_path: Path) -> None:
    ran = run(
        *("clone", planted, "--to", "1706", "-o", tmp_path / "out", "--new-steps", policy),
        *("--accept", "R44", "--format", form, "--accept", "R35"),
    )
    assert ran.code in (1, 3), ran.said[:500]
    assert [] == leaks(ran.out + ran.err)


@pytest.mark.parametrize("form", FORMATS)
def test_relink_shows_no_secret(form: str, planted: Path, tmp_path: Path) -> None:
    ran = run("relink", planted, "--map", "CHQ00016=LEG00016", "-o", tmp_path / "out", "--format", form)
    assert 0 == ran.code
    assert "LEG00016" in ran.stdout or form == "sarif", "SARIF holds findings and no changes"
    assert [] == leaks(ran.out + ran.err)


@pytest.mark.parametrize("form", ["text", "json", "md", "csv", "html"])
def test_diff_shows_no_secret_of_either_side(form: str, planted: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text(SEQUENCE.replace("Geheim", "Anders").replace("kurz", "lang"), encoding="utf-8")
    ran = run("diff", planted, other, "--format", form)
    assert 0 == ran.code
    assert [] == leaks(ran.out + ran.err)
    assert [] == [word for word in SECRETS if word.replace("Geheim", "Anders") in ran.stdout]


def test_short_secret_is_masked_where_it_stands(planted: Path, tmp_path: Path) -> None:
    ran = run("clone", planted, "--to", "1706", "-o", tmp_path / "out", "--new-steps", "keep", "--format", "json")
    assert "kurz" not in ran.stdout
    assert 'tsenv.exe \\"LabPassword=********\\"' in ran.stdout


def test_copy_keeps_the_secrets_that_no_report_shows(planted: Path, tmp_path: Path) -> None:
    run("clone", planted, "--to", "1706", "-o", tmp_path / "out", "--new-steps", "keep")
    (copy,) = (tmp_path / "out").iterdir()
    assert REPEATED in copy.read_text(encoding="utf-8")


def test_what_is_no_secret_stays_readable(planted: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text(SEQUENCE.replace(".exe", ".cmd"), encoding="utf-8")
    ran = run("diff", planted, other, "--format", "json")
    for word in (
        "setup.cmd /p:********",
        "Set Innocent",
        "LabPassword=",
        "net user helpdesk ********",
        "User me",
        "\\\\srv",
    ):
        assert word in ran.stdout, word
