<#
.SYNOPSIS
    Collects what tsfix needs to know about a Configuration Manager hierarchy over HTTPS, without the console.

.DESCRIPTION
    The same inventory as "tsfix script inventory" writes, read through the administration service (AdminService) of a
    server with the SMS Provider role. It needs no console and no module.

    The script only reads. It asks with GET. One request is a POST, because methods are called so: it calls
    GetClientPilotingConfigs of the class SMS_Site, which returns the pre-production client setting. It writes two
    files: the inventory and a log beside it.

    What it could not read is a warning on the screen and a note in the file.

    For every primary site that runs an older build than the newest one it also fills in what replaces the default
    client package and the default boot images there, where exactly one custom package or boot image holds the client
    of that build. Name all others with -Replacement.

    The server's certificate must be trusted by this computer. The script does not switch that check off.

.PARAMETER ProviderServer
    The full name of a server with the SMS Provider role, best of the top-level site.

.PARAMETER SiteCode
    The code of the top-level site. It is only written into the file.

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
    .\inventory-rest.ps1 -ProviderServer cm-chq.contoso.example -SiteCode CHQ

.NOTES
    Printed by: tsfix script inventory-rest. tsfix did not run it and never contacts a site.
    Read it before you run it. It has never been tried on a live site.
    Written for Windows PowerShell 5.1. It runs with your own Windows account.
    What your account may not see is missing in the file without a note.
#>
#requires -Version 5.1
[CmdletBinding()]
param(
    [string]$ProviderServer = '@provider_server@',

    [ValidatePattern('^[A-Za-z0-9]{3}$')]
    [string]$SiteCode = '@site_code@',

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

#@ parts/values.ps1 @#

#@ parts/paths.ps1 @#

#@ parts/inventory-document.ps1 @#

# ---------------------------------------------------------------------------------------------------------------------
# Reading through the administration service. Names of classes count with their capitals there.

function Read-Class {
    # Every instance of a class, page by page, or the one instance with a key. The filter is in the language of OData.
    param([string]$Class, [string]$Filter = '')
    $address = 'https://' + $ProviderServer + '/AdminService/wmi/' + $Class
    if ($Filter -ne '') { $address = $address + '?$filter=' + [System.Uri]::EscapeDataString($Filter) }
    while ($address -ne '') {
        $page = Invoke-RestMethod -Method 'Get' -Uri $address -UseDefaultCredentials
        if ($null -eq $page -or $page -is [string]) { throw ('The answer to ' + $address + ' could not be read.') }
        if ($null -eq $page.PSObject.Properties['value']) { $page }
        else { Get-PropertyValue -InputObject $page -Name 'value' }
        $address = Get-Text -InputObject $page -Name '@odata.nextLink'
    }
}

function Read-Package {
    # A list leaves out slow properties. Where the source path is missing, read the package by itself.
    foreach ($package in @(Read-Class -Class 'SMS_Package')) {
        $id = Get-Text -InputObject $package -Name 'PackageID'
        Write-Progress -Activity 'Packages' -Status $id
        $hasPath = (Get-Text -InputObject $package -Name 'PkgSourcePath') -ne ''
        if (-not $hasPath -and (Test-PackageId -Id $id)) {
            $single = @(Read-Class -Class ('SMS_Package(''' + $id + ''')'))
            if ($single.Count -eq 1) { $package = $single[0] }
        }
        ConvertTo-PackageEntry -Package $package
    }
}

function Read-Deployment {
    # Deployments of task sequences, with who would get them. Those of programs are passed over.
    param([object[]]$TaskSequences)
    $members = @{}
    $names = @{}
    $known = @{}
    foreach ($taskSequence in $TaskSequences) { $known[$taskSequence['id'].ToUpperInvariant()] = $true }
    foreach ($deployment in @(Read-Class -Class 'SMS_Advertisement')) {
        $package = Get-Text -InputObject $deployment -Name 'PackageID'
        if (-not $known.ContainsKey($package.ToUpperInvariant())) { continue }
        $id = Get-Text -InputObject $deployment -Name 'CollectionID'
        if (-not $members.ContainsKey($id)) {
            $found = @(Read-Class -Class 'SMS_Collection' -Filter ('CollectionID eq ''' + $id + ''''))
            $collection = $null
            if ($found.Count -eq 1) { $collection = $found[0] }
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
        Get-MemberEntry -Members @(
            Read-Class -Class 'SMS_FullCollectionMembership' -Filter ('CollectionID eq ''' + $Id + '''')
        )
    }
}

function Read-PreProduction {
    $address = 'https://' + $ProviderServer + '/AdminService/wmi/SMS_Site.GetClientPilotingConfigs'
    $type = 'application/json'
    $answer = Invoke-RestMethod -Method 'Post' -Uri $address -Body '{}' -ContentType $type -UseDefaultCredentials
    if ($null -eq (Get-PropertyValue -InputObject $answer -Name 'IsEnabled')) {
        $answer = Get-PropertyValue -InputObject $answer -Name 'value'
    }
    if ($null -eq (Get-PropertyValue -InputObject $answer -Name 'IsEnabled')) {
        throw 'The site gave no answer that holds IsEnabled.'
    }
    ConvertTo-PreProductionEntry -Settings $answer
}

if ($ProviderServer -eq '') { throw 'Name a server with the SMS Provider role: -ProviderServer cm01.contoso.example' }
if ($ProviderServer -notmatch '^[A-Za-z0-9.-]+(:[0-9]+)?$') { throw '-ProviderServer is not the name of a server.' }
# Windows PowerShell may start with older protocols only.
[System.Net.ServicePointManager]::SecurityProtocol = [System.Net.ServicePointManager]::SecurityProtocol -bor
    [System.Net.SecurityProtocolType]::Tls12

if ($OutputFile -eq '') { $OutputFile = 'tsfix-inventory-' + (Get-TimeStamp) + '.json' }
$outputPath = Get-FullPath -Path $OutputFile
if ([System.IO.File]::Exists($outputPath)) { throw ('The file is there already: ' + $outputPath) }
Push-Location -LiteralPath $env:SystemRoot
Start-Transcript -LiteralPath ($outputPath + '.log') | Out-Null
try {
    $sites = @(Read-Class -Class 'SMS_Site' | ForEach-Object -Process { ConvertTo-SiteEntry -Site $_ })
    if ($sites.Count -eq 0) { throw 'No site can be seen with this account, so there is nothing to write.' }
    Assert-Replacement -Sites $sites

    Write-Host -Object 'Reading packages and their source folders. Shares that do not answer make this slow.'
    $packages = @(
        Invoke-Section -What 'packages' -Read { Read-Package }
        Invoke-Section -What 'boot images' -Read {
            Read-Class -Class 'SMS_BootImagePackage' | ForEach-Object -Process {
                ConvertTo-BootImageEntry -BootImage $_
            }
        }
        Invoke-Section -What 'driver packages' -Read {
            Read-Class -Class 'SMS_DriverPackage' | ForEach-Object -Process {
                ConvertTo-ContentEntry -Package $_ -Kind 'driver'
            }
        }
        Invoke-Section -What 'operating system images' -Read {
            Read-Class -Class 'SMS_ImagePackage' | ForEach-Object -Process {
                ConvertTo-ContentEntry -Package $_ -Kind 'image'
            }
        }
        Invoke-Section -What 'operating system upgrade packages' -Read {
            Read-Class -Class 'SMS_OperatingSystemInstallPackage' | ForEach-Object -Process {
                ConvertTo-ContentEntry -Package $_ -Kind 'upgrade'
            }
        }
    )
    Add-SourceNote

    Write-Host -Object 'Reading task sequences and their deployments.'
    $taskSequences = @(
        Invoke-Section -What 'task sequences' -Read {
            Read-Class -Class 'SMS_TaskSequencePackage' | ForEach-Object -Process {
                ConvertTo-TaskSequenceEntry -TaskSequence $_
            }
        }
    )
    $deployments = @(
        Invoke-Section -What 'deployments of task sequences' -Read { Read-Deployment -TaskSequences $taskSequences }
    )
    if ($SkipMembers) {
        Add-Note -What 'members of collections' -Why 'Not read, because you asked for -SkipMembers.'
    }
    $preProduction = Invoke-Section -What 'pre-production client setting' -Read { Read-PreProduction }

    Add-Replacement -Sites $sites -Packages $packages
    $document = [ordered]@{
        inventory      = [ordered]@{
            written = Get-TimeStamp
            site    = $SiteCode.ToUpperInvariant()
            server  = $ProviderServer
            by      = 'administration service'
        }
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
