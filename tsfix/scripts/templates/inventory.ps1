<#
.SYNOPSIS
    Collects what tsfix needs to know about a Configuration Manager hierarchy and writes it to a JSON file.

.DESCRIPTION
    The script only reads. It changes nothing at the site and nothing on a share. It writes two files: the inventory
    and a log beside it.

    It reads: sites with version and parent; packages with the flag of setup, the source path and, where the share can
    be read, the version of ccmsetup.exe inside; boot images with the default flag, Windows PE and client version; USMT
    packages; driver packages, operating system images and upgrade packages by name; task sequences; their deployments
    with the collection, and for every site the number of members and their lowest client version; the pre-production
    client setting.

    What it could not read is a warning on the screen and a note in the file.

    For every primary site that runs an older build than the newest one it also fills in what replaces the default
    client package and the default boot images there, where exactly one custom package or boot image holds the client
    of that build. Name all others with -Replacement.

    It must run where the Configuration Manager console is installed. It sees what your account may see. Run it at the
    top-level site.

.PARAMETER SiteCode
    The code of the top-level site. May be left out when the session has the drive of one site only.

.PARAMETER ProviderServer
    A server with the SMS Provider role. Needed only when the session has no drive for the site yet.

.PARAMETER OutputFile
    The file to write. It must not exist. Without it the name holds the date and the time.

.PARAMETER Replacement
    What replaces a package at a site, such as LEG:CHQ00001=LEG00043. It wins over what the script finds by itself.

.PARAMETER MaximumMembers
    Collections with more members are not read. They become a note.

.PARAMETER SkipShares
    Do not look into the source folders of packages. Client versions stay unknown.

.PARAMETER SkipMembers
    Do not read the members of collections.

.EXAMPLE
    .\inventory.ps1 -SiteCode CHQ -ProviderServer cm-chq.contoso.example

.EXAMPLE
    .\inventory.ps1 -SiteCode CHQ -Replacement 'LEG:CHQ00001=LEG00043' -OutputFile .\contoso.json

.NOTES
    Printed by: tsfix script inventory. tsfix did not run it and never contacts a site.
    Read it before you run it. It has never been tried on a live site.
    Needs Windows PowerShell 5.1, the console, and a security role that may read; Read-only Analyst should be enough.
    What your account may not see is missing in the file without a note.
#>
#requires -Version 5.1
[CmdletBinding()]
param(
    [ValidatePattern('^[A-Za-z0-9]{3}$')]
    [string]$SiteCode = '@site_code@',

    [string]$ProviderServer = '@provider_server@',

    [string]$OutputFile = '',

    [ValidatePattern('^[A-Za-z0-9]{3}:[A-Za-z0-9]{3}[0-9A-Fa-f]{5}=[A-Za-z0-9]{3}[0-9A-Fa-f]{5}$')]
    [string[]]$Replacement = '@replacements@',

    [ValidateRange(0, 10000000)]
    [int]$MaximumMembers = 50000,

    [switch]$SkipShares,

    [switch]$SkipMembers
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#@ parts/windows-powershell.ps1 @#
# The cmdlets warn when they read slow properties. Here the slow ones are wanted.
$CMPSSuppressFastNotUsedCheck = $true

#@ parts/values.ps1 @#

#@ parts/paths.ps1 @#

#@ parts/site-drive.ps1 @#

#@ parts/inventory-document.ps1 @#

# ---------------------------------------------------------------------------------------------------------------------
# Reading through the cmdlets of the console.

function Read-Deployment {
    # Deployments of task sequences, with who would get them.
    $members = @{}
    $names = @{}
    foreach ($deployment in @(Get-CMTaskSequenceDeployment -Fast)) {
        $id = Get-Text -InputObject $deployment -Name 'CollectionID'
        if (-not $members.ContainsKey($id)) {
            $collection = Get-CMCollection -Id $id
            $names[$id] = Get-Text -InputObject $collection -Name 'Name'
            $members[$id] = @(Read-Member -Collection $collection -Id $id)
        }
        ConvertTo-DeploymentEntry -Deployment $deployment -CollectionName $names[$id] -Members $members[$id]
    }
}

function Read-Member {
    param([object]$Collection, [string]$Id)
    $what = 'members of collection ' + $Id
    if ($SkipMembers) { return }
    if ((Get-Text -InputObject $Collection -Name 'CollectionType') -ne '2') {
        Add-Note -What $what -Why 'Not read: it is not a device collection, or you may not see it.'
        return
    }
    $count = [int](Get-PropertyValue -InputObject $Collection -Name 'MemberCount')
    if ($count -gt $MaximumMembers) {
        Add-Note -What $what -Why ('Not read: it has ' + $count + ' members. Raise -MaximumMembers to read them.')
        return
    }
    Write-Progress -Activity 'Collections' -Status $Id
    Invoke-Section -What $what -Read {
        Get-MemberEntry -Members @(Get-CMDevice -CollectionId $Id -Fast)
    }
}

function Read-PreProduction {
    # No cmdlet reads this setting, so ask the method of the class that the console asks.
    $answer = Invoke-CMWmiMethod -ClassName 'SMS_Site' -MethodName 'GetClientPilotingConfigs'
    if ($null -eq (Get-PropertyValue -InputObject $answer -Name 'IsEnabled')) {
        throw 'The site gave no answer that holds IsEnabled.'
    }
    ConvertTo-PreProductionEntry -Settings $answer
}

if ($OutputFile -eq '') { $OutputFile = 'tsfix-inventory-' + (Get-TimeStamp) + '.json' }
$outputPath = Get-FullPath -Path $OutputFile
if ([System.IO.File]::Exists($outputPath)) { throw ('The file is there already: ' + $outputPath) }
Push-Location -LiteralPath $env:SystemRoot
Start-Transcript -LiteralPath ($outputPath + '.log') | Out-Null
try {
    $site = Connect-SiteDrive -Code $SiteCode -Server $ProviderServer
    Set-Location -Path ($site + ':')

    $rows = @(Get-CMSite)
    $sites = @($rows | ForEach-Object -Process { ConvertTo-SiteEntry -Site $_ })
    if ($sites.Count -eq 0) { throw 'No site can be seen with this account, so there is nothing to write.' }
    Assert-Replacement -Sites $sites
    $own = @($sites | Where-Object -FilterScript { $_['code'] -eq $site })
    if ($own.Count -eq 1 -and $null -ne $own[0]['parent']) {
        Add-Note -What ('site ' + $site) -Why 'It is not the top-level site. Sites above it may be missing here.'
    }

    Write-Host -Object 'Reading packages and their source folders. Shares that do not answer make this slow.'
    $packages = @(
        Invoke-Section -What 'packages' -Read {
            Get-CMPackage -PackageType 'RegularPackage' | ForEach-Object -Process {
                Write-Progress -Activity 'Packages' -Status (Get-Text -InputObject $_ -Name 'PackageID')
                ConvertTo-PackageEntry -Package $_
            }
        }
        Invoke-Section -What 'boot images' -Read {
            Get-CMBootImage | ForEach-Object -Process { ConvertTo-BootImageEntry -BootImage $_ }
        }
        Invoke-Section -What 'driver packages' -Read {
            Get-CMDriverPackage -Fast | ForEach-Object -Process { ConvertTo-ContentEntry -Package $_ -Kind 'driver' }
        }
        Invoke-Section -What 'operating system images' -Read {
            Get-CMOperatingSystemImage | ForEach-Object -Process { ConvertTo-ContentEntry -Package $_ -Kind 'image' }
        }
        Invoke-Section -What 'operating system upgrade packages' -Read {
            Get-CMOperatingSystemInstaller | ForEach-Object -Process {
                ConvertTo-ContentEntry -Package $_ -Kind 'upgrade'
            }
        }
    )
    Add-SourceNote

    Write-Host -Object 'Reading task sequences and their deployments.'
    $taskSequences = @(
        Invoke-Section -What 'task sequences' -Read {
            Get-CMTaskSequence -Fast | ForEach-Object -Process { ConvertTo-TaskSequenceEntry -TaskSequence $_ }
        }
    )
    $deployments = @(Invoke-Section -What 'deployments of task sequences' -Read { Read-Deployment })
    if ($SkipMembers) {
        Add-Note -What 'members of collections' -Why 'Not read, because you asked for -SkipMembers.'
    }
    $preProduction = Invoke-Section -What 'pre-production client setting' -Read { Read-PreProduction }

    Add-Replacement -Sites $sites -Packages $packages
    $document = [ordered]@{
        inventory      = [ordered]@{ written = Get-TimeStamp; site = $site; server = $ProviderServer; by = 'console' }
        sites          = $sites
        packages       = $packages
        task_sequences = $taskSequences
        deployments    = $deployments
        pre_production = $preProduction
        notes          = @()
    }
    Write-Inventory -Document $document -Path $outputPath
} finally {
    Pop-Location
    Stop-Transcript | Out-Null
}
