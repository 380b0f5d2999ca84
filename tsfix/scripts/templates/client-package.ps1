<#
.SYNOPSIS
    Makes a custom package that holds an older client, for a site that still runs an older version.

.DESCRIPTION
    A task sequence for an older site must not install the default client package, because its client follows the
    newest site version and the older site refuses it. This script makes a package of its own from the older client
    source, distributes it to the distribution points of the older site, and prints the package ID that goes into the
    hierarchy file of tsfix.

    It does this, in this order:
      1. It checks the site: code, version, top level; and that the older site still runs the version that was meant.
      2. It reads the version of ccmsetup.exe in -ClientSource. A client newer than the older site stops the script.
      3. It copies -ClientSource to -PackageSource, unless the same client lies there already.
      4. It makes the package. A package of that name with that source folder is used again.
      5. It distributes the package to those distribution points of the older site that do not have it yet.
      6. It prints the package ID.

    Run it with -WhatIf first. It can be run again at any time: what is done already is not done twice.

    A client source is the folder "Client" of the older site server, such as \\cm-leg\SMS_LEG\Client, or the folder
    "SMSSETUP\Client" of the setup files of that version. The package must not point at the site's own folder: its
    files change when the site is updated. That is why the script copies.

.PARAMETER SiteCode
    The code of the top-level site, where the package is made.

.PARAMETER ProviderServer
    A server with the SMS Provider role. Needed only when the session has no drive for the site yet.

.PARAMETER TargetSite
    The code of the older site.

.PARAMETER TargetBuild
    The build that the older site is expected to run, such as 8540 for 5.00.8540.1000. 0: do not compare.

.PARAMETER PackageName
    The name of the package.

.PARAMETER ClientSource
    A folder that holds the older client, with ccmsetup.exe in it.

.PARAMETER PackageSource
    The network path of the folder that the package will use as its source. It is made when it is missing.

.PARAMETER DistributionPointName
    Distribution points by full name, instead of all those of the older site.

.PARAMETER DefaultPackage
    The ID of the default client package. It only stands in the lines that the script prints in the end.

.PARAMETER LogFile
    The log. Without it the name holds the date and the time.

.EXAMPLE
    .\client-package.ps1 -ClientSource \\cm-leg\SMS_LEG\Client -PackageSource \\files\src\client-1706 -WhatIf

.NOTES
    Printed by: tsfix script client-package. tsfix did not run it and never contacts a site.
    Read it before you run it. It has never been tried on a live site.
    Needs Windows PowerShell 5.1, the console, and the rights to make and distribute packages.
#>
#requires -Version 5.1
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [ValidatePattern('^[A-Za-z0-9]{3}$')]
    [string]$SiteCode = '@site_code@',

    [string]$ProviderServer = '@provider_server@',

    [ValidatePattern('^[A-Za-z0-9]{3}$')]
    [string]$TargetSite = '@target_site@',

    [ValidateRange(0, 99999)]
    [int]$TargetBuild = '@target_build@',

    [ValidateNotNullOrEmpty()]
    [string]$PackageName = '@package_name@',

    [string]$ClientSource = '@client_source@',

    [string]$PackageSource = '@package_source@',

    [string[]]$DistributionPointName = '@distribution_points@',

    [ValidatePattern('^[A-Za-z0-9]{3}[0-9A-Fa-f]{5}$')]
    [string]$DefaultPackage = '@default_package@',

    [string]$LogFile = ''
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#@ parts/windows-powershell.ps1 @#
# The cmdlets warn when they read slow properties. Here the slow ones are wanted.
$CMPSSuppressFastNotUsedCheck = $true

#@ parts/values.ps1 @#

#@ parts/paths.ps1 @#

#@ parts/site-drive.ps1 @#

#@ parts/top-level.ps1 @#

# ---------------------------------------------------------------------------------------------------------------------
# The client, its package and its distribution points.

function Get-ClientVersion {
    # The version of ccmsetup.exe in a folder; empty where there is none.
    param([string]$Folder)
    $setup = [System.IO.Path]::Combine($Folder, 'ccmsetup.exe')
    if (-not [System.IO.File]::Exists($setup)) { return '' }
    $info = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($setup)
    return ('{0}.{1:00}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart,
        $info.FilePrivatePart)
}

function Get-FolderSum {
    # How many files a folder holds, and how many bytes. Enough to notice a copy that was interrupted.
    param([string]$Folder)
    $files = 0
    $bytes = [long]0
    foreach ($file in @(Get-ChildItem -LiteralPath $Folder -Recurse -File -Force)) {
        $files = $files + 1
        $bytes = $bytes + $file.Length
    }
    return ($files.ToString() + ' files with ' + $bytes + ' bytes')
}

function Copy-ClientSource {
    # Fills the source folder of the package. Files that lie there already are not replaced.
    param([string]$From, [string]$To, [string]$Version)
    if ([System.IO.Directory]::Exists($To) -and [System.IO.Directory]::GetFileSystemEntries($To).Length -gt 0) {
        $wanted = Get-FolderSum -Folder $From
        $there = Get-FolderSum -Folder $To
        if ((Get-ClientVersion -Folder $To) -ne $Version -or $there -ne $wanted) {
            throw ('The folder ' + $To + ' holds something else: ' + $there + ' instead of ' + $wanted +
                ', or another client. Empty it or name another one.')
        }
        Write-Host -Object ('The client ' + $Version + ' lies in ' + $To + ' already.')
        return
    }
    if ($PSCmdlet.ShouldProcess($To, 'Copy the client from ' + $From)) {
        [System.IO.Directory]::CreateDirectory($To) | Out-Null
        Get-ChildItem -LiteralPath $From -Force | Copy-Item -Destination $To -Recurse -WhatIf:$false
        if ((Get-FolderSum -Folder $To) -ne (Get-FolderSum -Folder $From)) {
            throw ('The copy in ' + $To + ' is not complete. Empty it and run the script again.')
        }
        Write-Host -Object ('Copied the client ' + $Version + ' to ' + $To)
    }
}

function Get-ClientPackage {
    # The package of that name, made now if there is none. Nothing when -WhatIf kept it from being made.
    param([string]$Name, [string]$Source, [string]$Version)
    $found = @(Get-CMPackage -Name $Name -PackageType 'RegularPackage' -DisableWildcardHandling)
    if ($found.Count -gt 1) { throw ('More than one package is called "' + $Name + '".') }
    if ($found.Count -eq 1) {
        $path = Get-Text -InputObject $found[0] -Name 'PkgSourcePath'
        if ($path.TrimEnd('\') -ne $Source.TrimEnd('\')) {
            throw ('A package "' + $Name + '" is there already, but its source is ' + $path + '. Use another name.')
        }
        Write-Host -Object 'The package is there already.'
        return $found[0]
    }
    if ($PSCmdlet.ShouldProcess($Name, 'Make the package')) {
        $new = @{
            Name         = $Name
            Path         = $Source
            Version      = $Version
            Manufacturer = 'Microsoft Corporation'
            Description  = 'Client ' + $Version + ' for site ' + $TargetSite + '. Custom: no update replaces it.'
        }
        return (New-CMPackage @new)
    }
}

function Get-DistributionPointName {
    # The full names of the distribution points of a site.
    param([string]$Code)
    foreach ($point in @(Get-CMDistributionPoint -SiteCode $Code)) {
        (Get-Text -InputObject $point -Name 'NetworkOSPath').TrimStart('\')
    }
}

function Get-ServingName {
    # The full names of the distribution points that a package was sent to.
    param([string]$PackageId)
    $query = 'SELECT * FROM SMS_DistributionPoint WHERE PackageID = ''' + $PackageId + ''''
    foreach ($row in @(Invoke-CMWmiQuery -Query $query -Option 'Fast' -WhatIf:$false)) {
        if ((Get-Text -InputObject $row -Name 'ServerNALPath') -match '\]\\\\([^\\]+)\\') { $Matches[1] }
    }
}

foreach ($needed in @('TargetSite', 'PackageName', 'ClientSource', 'PackageSource')) {
    if ((Get-Variable -Name $needed -ValueOnly) -eq '') { throw ('Give -' + $needed + '. Get-Help shows what it is.') }
}
if ($PackageSource -notmatch '^\\\\[^\\]+\\[^\\]+') {
    throw '-PackageSource must be a network path: \\server\share\folder'
}
if ($PackageSource -match '\\SMS_[A-Za-z0-9]{3}(\\|$)') {
    throw '-PackageSource lies in a folder of a site server, which updates change. Name a folder of your own.'
}
$sourcePath = Get-FullPath -Path $ClientSource
if ($LogFile -eq '') { $LogFile = 'tsfix-client-package-' + (Get-TimeStamp) + '.log' }
$logPath = Get-FullPath -Path $LogFile
Push-Location -LiteralPath $env:SystemRoot
Start-Transcript -LiteralPath $logPath -Append -WhatIf:$false | Out-Null
try {
    $version = Get-ClientVersion -Folder $sourcePath
    if ($version -eq '') { throw ('There is no ccmsetup.exe in ' + $sourcePath + ', or it cannot be read.') }

    $site = Connect-SiteDrive -Code $SiteCode -Server $ProviderServer
    Set-Location -Path ($site + ':')
    $rows = @(Get-CMSite)
    $problems = @(
        Get-SiteProblem -Sites $rows -Code $site -Build 0 -TopLevel $true
        Get-SiteProblem -Sites $rows -Code $TargetSite -Build $TargetBuild -TopLevel $false
    )
    foreach ($problem in $problems) { Write-Warning -Message $problem }
    if ($problems.Count -gt 0) { throw 'Nothing was done. See the warnings above.' }
    $target = @($rows | Where-Object -FilterScript { (Get-Text -InputObject $_ -Name 'SiteCode') -eq $TargetSite })
    $siteVersion = Get-Text -InputObject $target[0] -Name 'Version'
    if ((Get-Build -Version $version) -gt (Get-Build -Version $siteVersion)) {
        throw ('The client ' + $version + ' is newer than site ' + $TargetSite + ' (' + $siteVersion + '). The site ' +
            'would refuse it. Nothing was done.')
    }
    if ((Get-Build -Version $version) -lt (Get-Build -Version $siteVersion)) {
        Write-Warning -Message ('The client ' + $version + ' is older than site ' + $TargetSite + ' (' + $siteVersion +
            '). It can be assigned, but tsfix looks for the build of the site.')
    }

    Set-Location -LiteralPath $env:SystemRoot
    Copy-ClientSource -From $sourcePath -To $PackageSource -Version $version
    Set-Location -Path ($site + ':')

    $package = Get-ClientPackage -Name $PackageName -Source $PackageSource -Version $version
    $points = @($DistributionPointName)
    if ($points.Count -eq 0) { $points = @(Get-DistributionPointName -Code $TargetSite) }
    if ($points.Count -eq 0) {
        throw ('No distribution point of site ' + $TargetSite + ' can be seen. Name them with ' +
            '-DistributionPointName and run the script again.')
    }
    if ($null -eq $package) {
        Write-Host -Object ('It would then be sent to: ' + ($points -join ', '))
        return
    }
    $id = Get-Text -InputObject $package -Name 'PackageID'
    $serving = @(Get-ServingName -PackageId $id)
    foreach ($point in $points) {
        if ($serving -contains $point) {
            Write-Host -Object ('Sent to ' + $point + ' already.')
        } elseif ($PSCmdlet.ShouldProcess($point, 'Distribute package ' + $id)) {
            Start-CMContentDistribution -PackageId $id -DistributionPointName $point
            Write-Host -Object ('Sent to ' + $point)
        }
    }

    $old = $DefaultPackage
    if ($old -eq '') { $old = 'DEFAULT' }
    Write-Host -Object ''
    Write-Host -Object ('Package ID: ' + $id + '   (' + $PackageName + ', client ' + $version + ')')
    Write-Host -Object 'Wait until the console shows the content as distributed before you deploy anything.'
    Write-Host -Object ''
    Write-Host -Object 'For the next inventory:'
    Write-Host -Object ('    -Replacement ''' + $TargetSite + ':' + $old + '=' + $id + '''')
    Write-Host -Object 'Or for a hierarchy file written by hand, under the [[sites]] table of the older site:'
    Write-Host -Object '    [[sites.replacements]]'
    Write-Host -Object ('    old = "' + $old + '"')
    Write-Host -Object ('    new = "' + $id + '"')
    Write-Host -Object 'and at the end of that file:'
    Write-Host -Object '    [[packages]]'
    Write-Host -Object ('    id = "' + $id + '"')
    Write-Host -Object '    kind = "client"'
    Write-Host -Object '    default = false'
    Write-Host -Object ('    client_version = "' + $version + '"')
    if ($DefaultPackage -eq '') {
        Write-Host -Object 'DEFAULT stands for the ID of the default client package of the hierarchy.'
    }
} finally {
    Pop-Location
    Stop-Transcript | Out-Null
}
