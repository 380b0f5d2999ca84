# ---------------------------------------------------------------------------------------------------------------------
# The document that tsfix reads. The names of its keys are those of the hierarchy file.

$script:Notes = New-Object -TypeName 'System.Collections.Generic.List[object]'
$script:ClosedShares = @{}
$script:LocalSources = 0

function Add-Note {
    # What could not be read or decided is said on the screen, in the log and in the document.
    param([string]$What, [string]$Why)
    $script:Notes.Add([ordered]@{ what = $What; why = $Why })
    Write-Warning -Message ($What + ': ' + $Why)
}

function Invoke-Section {
    # Runs one part of the inventory. A fault in it becomes a note; what was read before stays.
    param([string]$What, [scriptblock]$Read)
    try {
        & $Read
    } catch {
        Add-Note -What $What -Why ('Not read, or not all of it. ' + $_.Exception.Message)
    }
}

function Test-PackageId {
    param([string]$Id)
    return ($Id -match '^[A-Za-z0-9]{3}[0-9A-Fa-f]{5}$')
}

function ConvertTo-SiteEntry {
    param([object]$Site)
    $kinds = @{ '1' = 'secondary'; '2' = 'primary'; '4' = 'central' }
    $type = Get-Text -InputObject $Site -Name 'Type'
    $parent = Get-Text -InputObject $Site -Name 'ReportingSiteCode'
    $entry = [ordered]@{
        code    = Get-Text -InputObject $Site -Name 'SiteCode'
        version = Get-Text -InputObject $Site -Name 'Version'
        parent  = $null
        name    = Get-Text -InputObject $Site -Name 'SiteName'
        server  = Get-Text -InputObject $Site -Name 'ServerName'
    }
    if ($parent -ne '') { $entry['parent'] = $parent }
    if ($kinds.ContainsKey($type)) { $entry['kind'] = $kinds[$type] }
    return $entry
}

function Read-SourceFolder {
    # Looks for ccmsetup.exe and scanstate.exe in the source folder of a package, where its share can be read.
    param([string]$Path)
    $found = @{ ClientVersion = ''; Usmt = $false }
    if ($SkipShares -or $Path -eq '') { return $found }
    if ($Path -match '^(\\\\[^\\]+\\[^\\]+)') {
        $share = $Matches[1].ToUpperInvariant()
    } else {
        $script:LocalSources = $script:LocalSources + 1
        return $found
    }
    if ($script:ClosedShares.ContainsKey($share)) {
        $script:ClosedShares[$share] = $script:ClosedShares[$share] + 1
        return $found
    }
    if (-not [System.IO.Directory]::Exists($Path)) {
        # A server that does not answer costs half a minute, so its share is asked only once.
        if (-not [System.IO.Directory]::Exists($share)) { $script:ClosedShares[$share] = 1 }
        else { Add-Note -What $Path -Why 'A package names this source folder, but it is not there or not readable.' }
        return $found
    }
    $setup = [System.IO.Path]::Combine($Path, 'ccmsetup.exe')
    if ([System.IO.File]::Exists($setup)) {
        $info = [System.Diagnostics.FileVersionInfo]::GetVersionInfo($setup)
        $found['ClientVersion'] = '{0}.{1:00}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart,
            $info.FileBuildPart, $info.FilePrivatePart
    }
    foreach ($part in @('amd64', 'x86', 'arm64')) {
        $tool = [System.IO.Path]::Combine($Path, $part, 'scanstate.exe')
        if ([System.IO.File]::Exists($tool)) { $found['Usmt'] = $true }
    }
    return $found
}

function Add-SourceNote {
    # Says in the end which sources were not looked into.
    foreach ($share in @($script:ClosedShares.Keys | Sort-Object)) {
        Add-Note -What $share -Why ('The share could not be read from here. Packages on it: ' +
            $script:ClosedShares[$share] + '. What they hold is not known.')
    }
    if ($script:LocalSources -gt 0) {
        Add-Note -What 'packages with a local source path' -Why ('Their number: ' + $script:LocalSources +
            '. Whether one of them holds a client was not looked at.')
    }
    if ($SkipShares) {
        Add-Note -What 'client versions in packages' -Why 'No share was read, because you asked for -SkipShares.'
    }
}

function ConvertTo-PackageEntry {
    # One package of the type that task sequences use for the client, for USMT and for scripts.
    param([object]$Package)
    $id = Get-Text -InputObject $Package -Name 'PackageID'
    $name = Get-Text -InputObject $Package -Name 'Name'
    $path = Get-Text -InputObject $Package -Name 'PkgSourcePath'
    if (-not (Test-PackageId -Id $id)) {
        Add-Note -What ('package ' + $id) -Why 'Left out: its ID is not three characters and five hexadecimal digits.'
        return
    }
    $default = Test-Flag -InputObject $Package -Name 'IsPredefinedPackage'
    $piloting = ($path -match '\\PilotingUpgrade\\?$') -or ($name -eq 'Configuration Manager Client Piloting Package')
    $upgrade = ($path -match '\\ClientUpgrade\\?$') -or ($name -eq 'Configuration Manager Client Upgrade Package')
    $client = ($path -match '\\SMS_[A-Za-z0-9]{3}\\Client\\?$') -or ($name -eq 'Configuration Manager Client Package')
    $source = Read-SourceFolder -Path $path
    $kind = 'package'
    if ((Get-Text -InputObject $Package -Name 'DefaultImageFlags') -eq '2') { $kind = 'usmt' }
    elseif ($piloting) { $kind = 'client' }
    elseif ($default -and $upgrade) { $kind = 'package' }
    elseif (($default -and $client) -or $source['ClientVersion'] -ne '') { $kind = 'client' }
    elseif ($source['Usmt']) { $kind = 'usmt' }
    if ($kind -eq 'client' -and $source['ClientVersion'] -eq '') {
        Add-Note -What ('client package ' + $id) -Why 'Which client version it holds could not be read.'
    }
    return [ordered]@{
        id             = $id
        kind           = $kind
        name           = $name
        default        = $default
        pre_production = $piloting
        version        = Get-Text -InputObject $Package -Name 'Version'
        client_version = $source['ClientVersion']
        source_path    = $path
    }
}

function ConvertTo-BootImageEntry {
    param([object]$BootImage)
    $id = Get-Text -InputObject $BootImage -Name 'PackageID'
    $client = Get-Text -InputObject $BootImage -Name 'ProductionClientVersion'
    if ($client -eq '') {
        Add-Note -What ('boot image ' + $id) -Why 'The site does not say which client version it holds.'
    }
    return [ordered]@{
        id             = $id
        kind           = 'boot-image'
        name           = Get-Text -InputObject $BootImage -Name 'Name'
        default        = Test-Flag -InputObject $BootImage -Name 'DefaultImage'
        client_version = $client
        pe_version     = Get-Text -InputObject $BootImage -Name 'ImageOSVersion'
        architecture   = Get-Text -InputObject $BootImage -Name 'Architecture'
        source_path    = Get-Text -InputObject $BootImage -Name 'PkgSourcePath'
    }
}

function ConvertTo-ContentEntry {
    # Driver packages, operating system images and upgrade packages: their IDs and names.
    param([object]$Package, [string]$Kind)
    return [ordered]@{
        id          = Get-Text -InputObject $Package -Name 'PackageID'
        kind        = $Kind
        name        = Get-Text -InputObject $Package -Name 'Name'
        source_path = Get-Text -InputObject $Package -Name 'PkgSourcePath'
    }
}

function ConvertTo-TaskSequenceEntry {
    param([object]$TaskSequence)
    return [ordered]@{
        id   = Get-Text -InputObject $TaskSequence -Name 'PackageID'
        name = Get-Text -InputObject $TaskSequence -Name 'Name'
    }
}

function ConvertTo-DeploymentEntry {
    param([object]$Deployment, [string]$CollectionName, [object[]]$Members)
    return [ordered]@{
        id              = Get-Text -InputObject $Deployment -Name 'AdvertisementID'
        task_sequence   = Get-Text -InputObject $Deployment -Name 'PackageID'
        collection      = Get-Text -InputObject $Deployment -Name 'CollectionID'
        collection_name = $CollectionName
        members         = @($Members)
    }
}

function ConvertTo-PreProductionEntry {
    # Takes what the method GetClientPilotingConfigs of the class SMS_Site answers.
    param([object]$Settings)
    return [ordered]@{
        enabled    = Test-Flag -InputObject $Settings -Name 'IsEnabled'
        collection = Get-Text -InputObject $Settings -Name 'TargetCollectionID'
    }
}

function Get-MemberEntry {
    # For every site: how many members, how many without a client, and the lowest client version among them.
    param([object[]]$Members)
    $sites = @{}
    foreach ($member in $Members) {
        $code = Get-Text -InputObject $member -Name 'SiteCode'
        if (-not $sites.ContainsKey($code)) {
            $sites[$code] = @{ Total = 0; NoClient = 0; Unreadable = 0; Lowest = $null; LowestText = '' }
        }
        $site = $sites[$code]
        $site['Total'] = $site['Total'] + 1
        if (-not (Test-Flag -InputObject $member -Name 'IsClient')) {
            $site['NoClient'] = $site['NoClient'] + 1
            continue
        }
        $text = Get-Text -InputObject $member -Name 'ClientVersion'
        if ($text -notmatch '^\d{1,5}(\.\d{1,5}){2,3}$') {
            $site['Unreadable'] = $site['Unreadable'] + 1
            continue
        }
        $version = New-Object -TypeName 'System.Version' -ArgumentList $text
        if ($null -eq $site['Lowest'] -or $version.CompareTo($site['Lowest']) -lt 0) {
            $site['Lowest'] = $version
            $site['LowestText'] = $text
        }
    }
    foreach ($code in @($sites.Keys | Sort-Object)) {
        [ordered]@{
            site           = $code
            count          = $sites[$code]['Total']
            without_client = $sites[$code]['NoClient']
            unreadable     = $sites[$code]['Unreadable']
            lowest_client  = $sites[$code]['LowestText']
        }
    }
}

function Get-ReplacementEntry {
    # What takes the place of a package at an older site: first what you named with -Replacement, then the one custom
    # client package and the one custom boot image that hold the client of exactly that site's build.
    param([System.Collections.IDictionary]$Site, [int]$NewestBuild, [object[]]$Packages)
    $named = @{}
    foreach ($text in $Replacement) {
        if ($text -match '^(?<site>.{3}):(?<old>.{8})=(?<new>.{8})$' -and $Matches['site'] -eq $Site['code']) {
            $id = $Matches['old'].ToUpperInvariant()
            if ($named.ContainsKey($id)) { continue }
            $named[$id] = $true
            [ordered]@{ old = $id; new = $Matches['new'].ToUpperInvariant() }
        }
    }
    $build = Get-Build -Version $Site['version']
    if ($Site['kind'] -eq 'secondary' -or $build -eq 0 -or $build -ge $NewestBuild) { return }
    $clients = @($Packages | Where-Object -FilterScript { $_['kind'] -eq 'client' -and -not $_['pre_production'] })
    $fitting = @($clients | Where-Object -FilterScript {
            -not $_['default'] -and (Get-Build -Version $_['client_version']) -eq $build
        })
    $tooNew = @($clients | Where-Object -FilterScript {
            $_['default'] -or (Get-Build -Version $_['client_version']) -gt $build
        })
    foreach ($old in @($tooNew | Where-Object -FilterScript { -not $named.ContainsKey($_['id'].ToUpperInvariant()) })) {
        if ($fitting.Count -eq 1) {
            [ordered]@{ old = $old['id']; new = $fitting[0]['id'] }
        } elseif ($old['default']) {
            Add-Note -What ('client for site ' + $Site['code']) -Why ($fitting.Count.ToString() + ' custom packages ' +
                'were seen to hold a client of build ' + $build + ', so nothing replaces ' + $old['id'] + ' there. ' +
                'Name one: -Replacement ' + $Site['code'] + ':' + $old['id'] + '=ID. To make one: tsfix script ' +
                'client-package')
        }
    }
    $images = @($Packages | Where-Object -FilterScript { $_['kind'] -eq 'boot-image' })
    foreach ($old in @($images | Where-Object -FilterScript {
                $_['default'] -and (Get-Build -Version $_['client_version']) -gt $build -and
                -not $named.ContainsKey($_['id'].ToUpperInvariant())
            })) {
        $fittingImages = @($images | Where-Object -FilterScript {
                -not $_['default'] -and $_['architecture'] -eq $old['architecture'] -and
                (Get-Build -Version $_['client_version']) -eq $build
            })
        if ($fittingImages.Count -eq 1) {
            [ordered]@{ old = $old['id']; new = $fittingImages[0]['id'] }
        } else {
            Add-Note -What ('boot image for site ' + $Site['code']) -Why ($fittingImages.Count.ToString() +
                ' custom ' + $old['architecture'] + ' boot images hold a client of build ' + $build +
                ', so nothing replaces ' + $old['id'] + ' there. Name one: -Replacement ' + $Site['code'] + ':' +
                $old['id'] + '=ID')
        }
    }
}

function Assert-Replacement {
    # Stops early when -Replacement names a site that is not there.
    param([object[]]$Sites)
    $codes = @($Sites | ForEach-Object -Process { $_['code'] })
    foreach ($text in $Replacement) {
        if ($codes -notcontains $text.Substring(0, 3)) {
            throw ('-Replacement ' + $text + ': there is no such site. Sites: ' + ($codes -join ', '))
        }
    }
}

function Add-Replacement {
    # Fills in, for every site, what replaces a package there.
    param([object[]]$Sites, [object[]]$Packages)
    $newest = 0
    foreach ($site in $Sites) { $newest = [System.Math]::Max($newest, (Get-Build -Version $site['version'])) }
    foreach ($site in $Sites) {
        $site['replacements'] = @(Get-ReplacementEntry -Site $site -NewestBuild $newest -Packages $Packages)
    }
}

function Write-Inventory {
    # Writes the document as UTF-8 and says what is in it.
    param([System.Collections.IDictionary]$Document, [string]$Path)
    $Document['notes'] = $script:Notes.ToArray()
    $text = ConvertTo-Json -InputObject $Document -Depth 8
    $encoding = New-Object -TypeName 'System.Text.UTF8Encoding' -ArgumentList $false
    [System.IO.File]::WriteAllText($Path, $text + [System.Environment]::NewLine, $encoding)
    Write-Host -Object ''
    Write-Host -Object ('Sites:          ' + @($Document['sites']).Count)
    Write-Host -Object ('Packages:       ' + @($Document['packages']).Count)
    Write-Host -Object ('Task sequences: ' + @($Document['task_sequences']).Count)
    Write-Host -Object ('Deployments:    ' + @($Document['deployments']).Count)
    Write-Host -Object ('Not read or not decided: ' + $script:Notes.Count + ' (see the warnings above)')
    Write-Host -Object ('Written: ' + $Path)
    Write-Host -Object 'Use it: tsfix scan EXPORT --to SITECODE --hierarchy FILE'
}
