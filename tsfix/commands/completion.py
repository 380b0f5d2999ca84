"""Prints a script that lets a shell complete the words of ``tsfix``. Nothing is installed; the person decides where it goes.

Typer could install its own scripts. For PowerShell it would change the execution policy of the user and the meaning of
the Tab key on the way, and its candidates break where a help text is wrapped. So tsfix prints, as it does for sites.
All three shells ask in the same, quick way: one candidate on a line, without help texts.
"""

from __future__ import annotations

from collections.abc import Mapping

_BASH = r"""
_tsfix_complete() {
    local IFS=$'\n'
    COMPREPLY=($(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _TSFIX_COMPLETE=complete_bash "$1" | tr -d '\r'))
}
complete -o default -F _tsfix_complete tsfix
"""

_ZSH = r"""
#compdef tsfix
_tsfix_complete() {
    local typed="${(pj:\n:)words[1,CURRENT]}"
    local -a found
    found=("${(@f)$(COMP_WORDS="$typed" COMP_CWORD=$((CURRENT - 1)) _TSFIX_COMPLETE=complete_bash "${words[1]}")}")
    if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _tsfix_complete tsfix
"""

_POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName tsfix -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    $env:COMP_WORDS = (@($before | ForEach-Object { $_.Extent.Text }) + "$wordToComplete") -join "`n"
    $env:COMP_CWORD = $before.Count
    $env:_TSFIX_COMPLETE = 'complete_bash'
    try {
        & ($commandAst.GetCommandName()) | Where-Object { $_ } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
        }
    } finally {
        Remove-Item -Path 'Env:COMP_WORDS', 'Env:COMP_CWORD', 'Env:_TSFIX_COMPLETE'
    }
}
"""

SCRIPTS: Mapping[str, str] = {"bash": _BASH, "zsh": _ZSH, "powershell": _POWERSHELL}
"""The script for each shell, ASCII only."""


def completion_script(shell: str) -> str:
    """The script for a shell of ``SCRIPTS``, without empty lines around it."""
    return SCRIPTS[shell].strip() + "\n"
