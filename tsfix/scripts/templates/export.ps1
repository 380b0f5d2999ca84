<#
.SYNOPSIS
    Exports all task sequences of a hierarchy, or some of them, each to a file of its own.

.DESCRIPTION
    The script changes nothing at the site. Every run writes into a new folder that has the date and the time as its
    name, so an earlier export is never replaced. A list (task-sequences.csv) says which file holds which task sequence.

    Without -WithDependence a file holds the task sequence alone. That is enough for tsfix in most cases. A task
    sequence that runs another one is best exported with -WithDependence: then its file holds the other one too, and
    tsfix can convert both together. Content (the files of packages) is never exported.

    Passwords are not in an export. They must be typed in again after an import.

.PARAMETER SiteCode
    The code of the top-level site.

.PARAMETER ProviderServer
    A server with the SMS Provider role. Needed only when the session has no drive for the site yet.

.PARAMETER Folder
    The network path of the folder in which the new folder is made.

.PARAMETER Name
    Only task sequences with these names. * and ? stand for any characters, [ and ] are special too.

.PARAMETER PackageId
    Only task sequences with these IDs.

.PARAMETER WithDependence
    Export what a task sequence refers to as well, without content.

.EXAMPLE
    .\export.ps1 -SiteCode CHQ -Folder \\files\exports

.EXAMPLE
    .\export.ps1 -SiteCode CHQ -Folder \\files\exports -Name 'Deploy*' -WithDependence -WhatIf

.NOTES
    Printed by: tsfix script export. tsfix did not run it and never contacts a site.
    Read it before you run it. It has never been tried on a live site.
    Needs Windows PowerShell 5.1, because Export-CMTaskSequence refuses PowerShell 7, and the console.
#>
#requires -Version 5.1
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [ValidatePattern('^[A-Za-z0-9]{3}$')]
    [string]$SiteCode = '@site_code@',

    [string]$ProviderServer = '@provider_server@',

    [string]$Folder = '@folder@',

    [string[]]$Name = '@names@',

    [ValidatePattern('^[A-Za-z0-9]{3}[0-9A-Fa-f]{5}$')]
    [string[]]$PackageId = '@package_ids@',

    [switch]$WithDependence
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#@ parts/windows-powershell.ps1 @#

#@ parts/values.ps1 @#

#@ parts/paths.ps1 @#

#@ parts/site-drive.ps1 @#

# ---------------------------------------------------------------------------------------------------------------------
# Choosing and naming.

function Test-Chosen {
    # True when the person named neither names nor IDs, or this one.
    param([string]$Id, [string]$Title)
    if ($Name.Count -eq 0 -and $PackageId.Count -eq 0) { return $true }
    if ($PackageId -contains $Id) { return $true }
    foreach ($pattern in $Name) {
        if ($Title -like $pattern) { return $true }
    }
    return $false
}

function Get-FileName {
    # The ID comes first, so two task sequences never share a file. Letters that a file name may not have become _.
    param([string]$Id, [string]$Title)
    $safe = $Title
    foreach ($letter in [System.IO.Path]::GetInvalidFileNameChars()) { $safe = $safe.Replace([string]$letter, '_') }
    if ($safe.Length -gt 80) { $safe = $safe.Substring(0, 80) }
    return ($Id + ' ' + $safe.Trim(' ', '.') + '.zip')
}

if ($Folder -notmatch '^\\\\[^\\]+\\[^\\]+') { throw '-Folder must be a network path: \\server\share\folder' }
$target = [System.IO.Path]::Combine($Folder, 'tsfix-export-' + (Get-TimeStamp))
if ([System.IO.Directory]::Exists($target)) { throw ('The folder is there already: ' + $target) }
$rows = New-Object -TypeName 'System.Collections.Generic.List[object]'
$failed = New-Object -TypeName 'System.Collections.Generic.List[string]'
$write = $PSCmdlet.ShouldProcess($target, 'Make the folder')
Push-Location -LiteralPath $env:SystemRoot
if ($write) {
    [System.IO.Directory]::CreateDirectory($target) | Out-Null
    Start-Transcript -LiteralPath ([System.IO.Path]::Combine($target, 'export.log')) -WhatIf:$false | Out-Null
}
try {
    $site = Connect-SiteDrive -Code $SiteCode -Server $ProviderServer
    Set-Location -Path ($site + ':')
    $chosen = @(Get-CMTaskSequence -Fast | Where-Object -FilterScript {
            Test-Chosen -Id (Get-Text -InputObject $_ -Name 'PackageID') -Title (Get-Text -InputObject $_ -Name 'Name')
        })
    if ($chosen.Count -eq 0) { throw 'No task sequence fits, or your account may see none.' }
    foreach ($taskSequence in $chosen) {
        $id = Get-Text -InputObject $taskSequence -Name 'PackageID'
        $title = Get-Text -InputObject $taskSequence -Name 'Name'
        $file = [System.IO.Path]::Combine($target, (Get-FileName -Id $id -Title $title))
        if (-not $PSCmdlet.ShouldProcess($id + ' ' + $title, 'Export to ' + $file)) { continue }
        Write-Progress -Activity 'Exporting' -Status ($id + ' ' + $title)
        try {
            $export = @{
                TaskSequencePackageId = $id
                ExportFilePath        = $file
                WithDependence        = $WithDependence.IsPresent
                WithContent           = $false
            }
            Export-CMTaskSequence @export
            if (-not [System.IO.File]::Exists($file)) { throw 'The cmdlet ended, but there is no file.' }
            $rows.Add([pscustomobject]@{
                    PackageID = $id
                    Name      = $title
                    File      = [System.IO.Path]::GetFileName($file)
                })
        } catch {
            $failed.Add($id + ' ' + $title)
            Write-Warning -Message ('Not exported: ' + $id + ' ' + $title + '. ' + $_.Exception.Message)
        }
    }
} finally {
    Set-Location -LiteralPath $env:SystemRoot
    if ($rows.Count -gt 0) {
        $list = [System.IO.Path]::Combine($target, 'task-sequences.csv')
        $rows.ToArray() | Export-Csv -LiteralPath $list -NoTypeInformation -Encoding 'UTF8' -WhatIf:$false
    }
    Write-Host -Object ''
    Write-Host -Object ('Exported: ' + $rows.Count + '   Not exported: ' + $failed.Count + '   Folder: ' + $target)
    foreach ($text in $failed) { Write-Host -Object ('    not exported: ' + $text) }
    Pop-Location
    if ($write) { Stop-Transcript | Out-Null }
}
if ($failed.Count -gt 0) { throw ($failed.Count.ToString() + ' task sequences were not exported. See above.') }
