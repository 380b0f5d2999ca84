"""What counts as a secret, and what does not: names, command lines, scripts, rules, values that are repeated."""

from __future__ import annotations

import base64
import time

import pytest

from tests.made import raw
from tsfix.masking import MASK, is_masked_name, is_secret_name, mask_text, mask_value, secret_values, without_secrets
from tsfix.task_sequence import TaskSequence

SECRET_NAMES = (
    *("OSDJoinPassword", "OSDLocalAdminPassword", "SMSTSRunCommandLineUserPassword", "UserPassword", "ADDSPassword"),
    *("WifiPassphrase", "RootPasswd", "DoorPasscode", "OfficePidKey", "LicenseKey", "StorageAccessKey", "PrivateKey"),
    *("StorageAccountKey", "KeyMaterial", "HiddenVariableValue", "AppPass", "AppToken"),
    *("OSDProductKey", "adminpwd", "SetupPw", "BIOSPassword", "BitLockerPIN", "ApiKey", "password", "WSUSClientSecret"),
)
OTHER_NAMES = (
    *("PasswordBinFileName", "PasswordBinPackageID", "MinPasswordLength", "TokenUrl", "Bypass", "Shipping", "Spinner"),
    *("OSDComputerName", "PassedStep", "CompassServer", "OSDRegisteredUserName", "SecretariatOU", ""),
)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_name_of_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_name_of_something_else(name: str) -> None:
    assert not is_masked_name(name)


@pytest.mark.parametrize(
    "name", ["OSDJoinAccount", "OSDCaptureAccount", "SMSConnectNetworkFolderAccount", "SMSTSRunPowerShellUserName"]
)
def test_accounts_are_masked_but_no_secrets(name: str) -> None:
    assert is_masked_name(name)
    assert not is_secret_name(name)


def encoded(script: str) -> str:
    return base64.b64encode(script.encode("utf-16-le")).decode()


SECRET = "Geheim-4711"
# Each line without its secret; {} is where the secret stands, and where the mask has to be.
LEAKS = (
    'tsenv.exe "OSDLocalAdminPassword={} and more" /hiddenflag:False',
    'tsenv.exe "Innocent={}" /hiddenflag:True',
    "net user localadmin {} /add",
    'net user "local admin" {} /add',
    "net use Z: \\\\srv\\share {} /persistent:no",
    "psexec.exe \\\\pc -u admin -p {} cmd",
    "setup.exe /p:{}",
    "tool.exe -u me -p {} run",
    'setup.exe "/p={}"',
    "x.ps1 -Password {} -Force",
    "x.ps1 -AdminPassword {}",
    "BiosConfigUtility.exe /cspwd:{}",
    "cctk --setuppwd={}",
    "cmdkey /add:srv /user:me /pass:{}",
    "schtasks /create /ru me /rp {}",
    "7z.exe x a.7z -p{} -y",
    "msiexec /i a.msi PASSWORD={} /qn",
    "Server=db;User Id=me;Password={};",
    '{{"user": "me", "password": "{}"}}',
    '$Password = "{}"',
    "$adminPwd='{}'",
    "ConvertTo-SecureString '{}' -AsPlainText -Force",
    'ConvertTo-SecureString -String "{}" -AsPlainText',
    "'{}' | ConvertTo-SecureString -AsPlainText -Force",
    "https://me:{}@srv.contoso.example/path",
    "Authorization: Bearer {}",
    "<AdministratorPassword><Value>{}</Value></AdministratorPassword>",
    '<Variable Name="Office" IsSecret="true">{}</Variable>',
    "<Variable IsSecret='True' Name='Office'>{}</Variable>",
    '<Variable Name="AdminPassword" IsSecret="false">{}</Variable>',
    "netdom join pc /domain:contoso.example /userd:me /passwordd:{}",
    "netdom join pc /ud:me /pd:{} /uo:you",
    "sqlcmd -S srv -U sa -P {} -Q x",
    "osql -Usa -P{}",
    "curl.exe -u me:{} https://srv",
    "AccountName=x;AccountKey={};EndpointSuffix=core.windows.net",
    "azcopy https://x.blob.core.windows.net/c?sv=2020&sig={}&se=2027",
    "setx.exe API_KEY {}",
    'reg.exe add "HKLM\\Winlogon" /v DefaultPassword /t REG_SZ /d {} /f',
    "New-ItemProperty -Path HKLM:\\x -Name 'DefaultPassword' -Value {} -Force",
    '$tsenv.Value("OSDLocalAdminPassword") = "{}"',
    "$values['Password'] = '{}'",
    "Authorization: Basic {}",
    "rar.exe x -hp{} a.rar",
    "<keyMaterial>{}</keyMaterial>",
    '<password encoding="clear" value="{}"/>',
    '<add key="DbPassword" value="{}"/>',
)


# What a switch takes may hold what ends a value elsewhere.
ODD = ("Ge&heim4711", "Ge,heim4711", "Ge;heim4711", "Ge/heim4711", "Ge<heim4711", '"Ge heim4711"', "'Ge heim4711'")
SWITCHES = (
    *("setup.exe /password:{} /q", "setup.exe --password={}", "x.ps1 -Password {} -Force", "setup.exe /p:{}"),
    *(
        "psexec.exe \\\\pc -u me -p {} cmd",
        "schtasks /u me /p {} /ru x",
        "sqlcmd -U sa -P {} -Q x",
        "cctk --setuppwd={}",
    ),
)


@pytest.mark.parametrize("secret", ODD)
@pytest.mark.parametrize("line", SWITCHES)
def test_a_secret_behind_a_switch_is_masked_whole(line: str, secret: str) -> None:
    masked = mask_text(line.format(secret))
    assert "heim4711" not in masked
    assert line.format(MASK) == masked


@pytest.mark.parametrize(
    "text",
    [
        "x.ps1 -Password $cred; Next-One",
        "@{Password = $a, User = $b}",
        "setup.exe /password:%OSDPassword% /q",
        "(Get-It -Password $pw).Name",
        "reg.exe add HKLM\\x /v Name /d abc",
        "curl.exe -O https://srv/file",
        "sqlcmd.exe -p 1433 -Q x",
    ],
)
def test_what_only_names_a_secret_stays(text: str) -> None:
    assert text == mask_text(text)


@pytest.mark.parametrize("line", LEAKS)
def test_secret_in_a_text_is_masked(line: str) -> None:
    masked = mask_text(line.format(SECRET))
    assert SECRET not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slmgr /ipk VK7JG-NPHTM-C97JM-9MPGT-3V66T", f"slmgr /ipk {MASK}"),
        ("manage-bde -rp 123456-123456-123456-123456-123456-123456-123456-123456", f"manage-bde -rp {MASK}"),
        (r"net use \\srv\s /user:contoso\me Geheim1", rf"net use \\srv\s /user:{MASK} {MASK}"),
        (r"NET USE \\srv\s Geheim1 /USER:contoso\me", rf"NET USE \\srv\s {MASK} /USER:{MASK}"),
        (
            f"powershell -enc {encoded('net user me Geheim1 /add; exit 0 # long enough')}",
            f"powershell -enc {MASK}",
        ),
        ('tsenv.exe "AdminPwd=abc" /hiddenflag:False', f'tsenv.exe "AdminPwd={MASK}" /hiddenflag:False'),
    ],
)
def test_everything_else_of_a_text_stays(text: str, expected: str) -> None:
    assert expected == mask_text(text)


HARMLESS = (
    "OSDBitLocker.exe /enable /wait:False /mode:TPM /pwd:AD /full:False",
    "OSDRandomAdminPassword=true",
    'tsenv.exe "PasswordBinFileName=abc.bin" /hiddenflag:False',
    "powershell.exe -ExecutionPolicy Bypass -File x.ps1",
    f"powershell -enc {encoded('Get-Item X | Select-Object Name; exit 0')}",
    "ssh -p 22 host",
    "x /p:80",
    "mkdir -p C:\\x",
    "-Password %OSDJoinPassword%",
    "-Password $cred -Verbose",
    "-Password $(Get-It)",
    "the password is in the vault",
    "Set the password policy",
    "net user bob /delete",
    "net use * /delete",
    r"net use Z: \\srv\share",
    r"net use X: \\srv\share",
    "PasswordLength=12",
    'tsenv "OSDComputerName=PC-12345" /hiddenflag:False',
    "https://x:8080/a@b",
    "dism /image:C:\\ /apply",
    "{4db6776f-5c19-534e-a710-7e3a847fff34}",
    '<Variable Name="Office" IsSecret="false">Geneva</Variable>',
    "",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_text_without_a_secret_stays(text: str) -> None:
    assert text == mask_text(text)


def test_masking_twice_is_masking_once() -> None:
    for line in (*LEAKS, *HARMLESS):
        once = mask_text(line.format(SECRET) if line in LEAKS else line)
        assert once == mask_text(once)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("variable:OSDJoinPassword", "ab", MASK),
        ("variable:OSDJoinPassword", "", ""),
        ("variable:OSDJoinPassword", None, None),
        ("variable:OSDRandomAdminPassword", "true", "true"),
        ("variable:OSDBitLockerCreateRecoveryPassword", "AD", "AD"),
        ("variable:OSDJoinAccount", "contoso\\join", MASK),
        ("global-variable:LabPin", "1234", MASK),
        ("variable:VariableValue", "abc", MASK),
        ("variable:CommandLine", "echo abc", "echo abc"),
        ("attribute:description", "Use long-secret here", f"Use {MASK} here"),
        ("variable:SourceScript", encoded("\ufeff$x = 1; net user me Geheim1"), f"$x = 1; net user me {MASK}"),
    ],
)
def test_value_of_a_field(field: str, value: str | None, expected: str | None) -> None:
    assert expected == mask_value(field, value, {"abc", "long-secret"})


def task_sequence(inner: str) -> TaskSequence:
    (found,) = raw(f'<sequence version="3.10">{inner}</sequence>').task_sequences
    return found.task_sequence


def variable_step(name: str, value: str, *more: tuple[str, str]) -> str:
    rows = (("VariableName", name), ("VariableValue", value), *more)
    listed = "".join(f'<variable name="{key}" property="{key}">{text}</variable>' for key, text in rows)
    return f'<step name="s" type="SMS_TaskSequence_SetVariableAction"><defaultVarList>{listed}</defaultVarList></step>'


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (variable_step("AdminPassword", "geheim"), {"geheim"}),
        (variable_step("Innocent", "geheim", ("DoNotShowVariableValue", "true")), {"geheim"}),
        (variable_step("Innocent", "geheim", ("DoNotShowVariableValue", "false")), set()),
        (variable_step("AdminPassword", "%Other%"), set()),
        (variable_step("A", "", ("OSDJoinPassword", " padded ")), {"padded"}),
        (variable_step("A", "", ("OSDJoinAccount", "contoso\\join")), {"contoso\\join"}),
        (variable_step("A", "", ("OSDJoinAccount", "join")), set()),
        (
            variable_step("A", "", ("Rules", '&lt;Variable Name="x" IsSecret="true"&gt;geheim&lt;/Variable&gt;')),
            {"geheim"},
        ),
        (
            '<globalVarList><variable name="LabPassword" property="LabPassword">geheim</variable></globalVarList>',
            {"geheim"},
        ),
        (
            (
                '<step name="s" type="t"><condition><expression type="SMS_TaskSequence_VariableConditionExpression">'
                '<variable name="Operator">equals</variable><variable name="Value">geheim</variable>'
                '<variable name="Variable">AdminPassword</variable></expression></condition></step>'
            ),
            {"geheim"},
        ),
    ],
)
def test_secrets_of_a_task_sequence(inner: str, expected: set[str]) -> None:
    assert expected == secret_values(task_sequence(inner))


def test_repeated_secrets_are_found_in_xml_and_the_longest_goes_first() -> None:
    secrets = {"R&D <lab>", "R&D <lab> two", "abc", "CHQ00042"}
    text = 'R&D <lab> two; R&amp;D &lt;lab&gt;; abc; CHQ00042; R&D <lab>"'
    assert f'{MASK}; {MASK}; abc; CHQ00042; {MASK}"' == without_secrets(text, secrets)


@pytest.mark.parametrize(
    "piece", ["a", "-a", '"', "<a", "net use ", "7z a ", "<Variable ", "-password ", "a://", ".-", " "]
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    mask_text(text)
    assert time.process_time() - start < 5, "a pattern takes much longer than the text is long"


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (
            'tsenv.exe "OSDBitLockerPIN=k9x1" /hiddenflag:False',
            'tsenv.exe "OSDBitLockerPIN=********" /hiddenflag:False',
        ),
        ('tsenv.exe "AdminPw=a"', 'tsenv.exe "AdminPw=********"'),
        ('tsenv.exe "OSDPin=true"', 'tsenv.exe "OSDPin=true"'),
        ('tsenv.exe "OSDSpinUp=k9x1"', 'tsenv.exe "OSDSpinUp=k9x1"'),
    ],
)
def test_a_short_secret_is_masked_in_the_action_line_that_repeats_it(action: str, shown: str) -> None:
    assert shown == mask_value("action", action)


def test_a_value_of_five_characters_is_hunted_and_a_shorter_one_is_not() -> None:
    assert f"a {MASK} b" == without_secrets("a ab-12 b", {"ab-12"})
    assert "a ab12 b" == without_secrets("a ab12 b", {"ab12"})


def test_a_test_in_rules_keeps_its_form() -> None:
    test = '<expression><variable name="Operator">equals</variable><variable name="Value">{}</variable>'
    test += '<variable name="Variable">AdminPassword</variable></expression>'
    assert test.format(MASK) == mask_text(test.format("Geheim-4711"))


@pytest.mark.parametrize("value", ["Ge&amp;heim", "Ge&quot;heim&lt;", "&amp;heim"])
def test_a_secret_of_rules_is_masked_whole_and_hunted_as_it_is(value: str) -> None:
    rule = f'<Variable Name="Office" Note="a&amp;b" IsSecret="true">{value}</Variable>'
    assert f'<Variable Name="Office" Note="a&amp;b" IsSecret="true">{MASK}</Variable>' == mask_text(rule)
    escaped = rule.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert "heim" not in mask_text(escaped)
