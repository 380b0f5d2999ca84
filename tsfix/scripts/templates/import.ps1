<#
.SYNOPSIS
    Imports the copies that tsfix wrote, without overwriting anything, and compares what arrived with the files.

.DESCRIPTION
    The list of copies stands in this script. tsfix filled it in when it printed the script.

    The script first checks everything and imports nothing while one check fails:
      - The site has the code and the build that tsfix worked with, and is the top-level site.
      - The older site still runs the version that the copies were made for.
      - Every file is in -Folder and is byte for byte the one that tsfix wrote.
      - Every package, boot image, application and task sequence that a copy refers to exists.
      - No other object has the name or the ID of a copy. A copy that is there already, with the same steps, is left
        as it is. That is what makes it safe to run the script twice.

    Then it imports file by file. It gives no import action, so Configuration Manager does what it does by default: it
    ignores duplicates and overwrites nothing.

    Then it reads every imported task sequence back, compares it with the file, step by step and variable by variable,
    and says what differs. Values are not shown, because some are secret.

    In the end it lists what an export cannot hold and you must type in again: passwords and other secrets.

    Run it with -WhatIf first: it then makes all checks and imports nothing.

.PARAMETER SiteCode
    The code of the top-level site.

.PARAMETER ProviderServer
    A server with the SMS Provider role. Needed only when the session has no drive for the site yet.

.PARAMETER Folder
    The network path of the folder that holds the copies.

.PARAMETER LogFile
    The log. Without it the name holds the date and the time.

.EXAMPLE
    .\import.ps1 -Folder \\files\copies -WhatIf

.EXAMPLE
    .\import.ps1 -Folder \\files\copies

.NOTES
    Printed by: tsfix script import. tsfix did not run it and never contacts a site.
    Read it before you run it. It has never been tried on a live site. Editing an export is outside Microsoft's support.
    Needs Windows PowerShell 5.1, because Import-CMTaskSequence refuses PowerShell 7, and the console.
#>
#requires -Version 5.1
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [ValidatePattern('^[A-Za-z0-9]{3}$')]
    [string]$SiteCode = '@site_code@',

    [string]$ProviderServer = '@provider_server@',

    [string]$Folder = '@folder@',

    [string]$LogFile = ''
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

#@ parts/windows-powershell.ps1 @#
# The cmdlets warn when they read slow properties. Here the slow ones are wanted.
$CMPSSuppressFastNotUsedCheck = $true

# ---------------------------------------------------------------------------------------------------------------------
# What tsfix knew when it printed this script. A build of 0 is not compared, a missing site or hash is not checked.

$SiteBuild = '@site_build@'
$TargetSite = '@target_site@'
$TargetBuild = '@target_build@'
$Copies = '@copies@'

#@ parts/values.ps1 @#

#@ parts/paths.ps1 @#

#@ parts/site-drive.ps1 @#

#@ parts/top-level.ps1 @#

# ---------------------------------------------------------------------------------------------------------------------
# The steps of a task sequence as lines that can be compared.

function ConvertTo-Outline {
    # For the place of every group, step, variable and condition: what stands there. The action text is left out,
    # because the console writes it anew whenever it saves a task sequence.
    param([string]$Sequence)
    $document = New-Object -TypeName 'System.Xml.XmlDocument'
    $document.XmlResolver = $null
    $document.LoadXml($Sequence)
    $outline = New-Object -TypeName 'System.Collections.Specialized.OrderedDictionary'
    Add-OutlineEntry -Outline $outline -Element $document.DocumentElement -Place ''
    return $outline
}

function Add-OutlineEntry {
    param([System.Collections.IDictionary]$Outline, [System.Xml.XmlElement]$Element, [string]$Place)
    $number = 0
    foreach ($child in @($Element.SelectNodes('*'))) {
        $kind = $child.LocalName
        if ($kind -eq 'group' -or $kind -eq 'step' -or $kind -eq 'subtasksequence') {
            $number = $number + 1
            $inner = $Place + '/' + $number + ' ' + $child.GetAttribute('name')
            $settings = @('type', 'disable', 'continueOnError', 'timeout', 'runIn', 'successCodeList')
            $values = @($settings | ForEach-Object -Process { $child.GetAttribute($_) })
            $Outline[$inner] = $kind + '|' + ($values -join '|')
            Add-OutlineEntry -Outline $Outline -Element $child -Place $inner
        } elseif ($kind -eq 'defaultVarList' -or $kind -eq 'globalVarList') {
            foreach ($variable in @($child.SelectNodes('variable'))) {
                $Outline[$Place + ', variable ' + $variable.GetAttribute('name')] = $variable.InnerText
            }
        } elseif ($kind -eq 'condition') {
            $Outline[$Place + ', conditions'] = $child.InnerXml
        } elseif ($kind -eq 'referenceList') {
            foreach ($reference in @($child.SelectNodes('reference'))) {
                $id = $reference.GetAttribute('package') + $reference.GetAttribute('application')
                $Outline['reference to ' + $id] = 'there'
            }
        }
    }
}

function Compare-Outline {
    # Sentences on every difference, without values.
    param([System.Collections.IDictionary]$Expected, [System.Collections.IDictionary]$Arrived)
    foreach ($key in @($Expected.Keys)) {
        if (-not $Arrived.Contains($key)) { 'missing: ' + $key }
        elseif ([string]$Arrived[$key] -cne [string]$Expected[$key]) { 'differs: ' + $key }
    }
    foreach ($key in @($Arrived.Keys)) {
        if (-not $Expected.Contains($key)) { 'added: ' + $key }
    }
}

function Read-CopySequence {
    # The sequence of one task sequence in an export file.
    param([string]$File, [string]$Id)
    $archive = [System.IO.Compression.ZipFile]::OpenRead($File)
    try {
        $part = $archive.GetEntry('SMS_TaskSequencePackage/' + $Id + '/object.xml')
        if ($null -eq $part) { throw ('The file ' + $File + ' holds no task sequence ' + $Id + '.') }
        $utf8 = [System.Text.Encoding]::UTF8
        $reader = New-Object -TypeName 'System.IO.StreamReader' -ArgumentList @($part.Open(), $utf8)
        try { $text = $reader.ReadToEnd() } finally { $reader.Dispose() }
    } finally {
        $archive.Dispose()
    }
    $document = New-Object -TypeName 'System.Xml.XmlDocument'
    $document.XmlResolver = $null
    $document.LoadXml($text)
    $value = $document.SelectSingleNode('/INSTANCE/PROPERTY[@NAME=''Sequence'']/VALUE')
    if ($null -eq $value) { throw ('The file ' + $File + ' holds task sequence ' + $Id + ' without steps.') }
    return $value.InnerText
}

# ---------------------------------------------------------------------------------------------------------------------
# Looking things up at the site.

function Find-TaskSequence {
    # Every task sequence of exactly that name, with its steps. Brackets and asterisks in a name mean themselves.
    param([string]$Name)
    foreach ($found in @(Get-CMTaskSequence -Name $Name -DisableWildcardHandling)) {
        if ((Get-Text -InputObject $found -Name 'Name') -eq $Name) { $found }
    }
}

function Find-Package {
    # Packages of every kind, task sequences included, by ID.
    param([string]$Id)
    if ($Id -notmatch '^[A-Za-z0-9]{8}$') { throw ('Not a package ID: ' + $Id) }
    $query = 'SELECT * FROM SMS_PackageBaseclass WHERE PackageID = ''' + $Id + ''''
    foreach ($found in @(Invoke-CMWmiQuery -Query $query -Option 'Fast' -WhatIf:$false)) { $found }
}

function Test-Reference {
    # True when the object exists: an application by its model name, everything else by package ID.
    param([string]$Id)
    if ($Id -like 'ScopeId_*') {
        return (@(Get-CMApplication -ModelName $Id -Fast | Where-Object -FilterScript { $null -ne $_ }).Count -gt 0)
    }
    return (@(Find-Package -Id $Id).Count -gt 0)
}

$script:SiteIds = @{}

function Update-SiteId {
    # The site gives an imported task sequence an ID of its own. Parents name their children by it, so learn them all.
    foreach ($copy in $Copies) {
        $found = @(Find-TaskSequence -Name $copy.Name)
        if ($found.Count -eq 1) { $script:SiteIds[$copy.PackageId] = Get-Text -InputObject $found[0] -Name 'PackageID' }
    }
}

function Get-ArrivalProblem {
    # Compares a task sequence of the site with its file.
    param([object]$Copy, [object]$TaskSequence)
    $file = [System.IO.Path]::Combine($Folder, $Copy.File)
    $text = Read-CopySequence -File $file -Id $Copy.PackageId
    foreach ($id in @($script:SiteIds.Keys)) { $text = $text.Replace($id, $script:SiteIds[$id]) }
    $expected = ConvertTo-Outline -Sequence $text
    $sequence = Get-Text -InputObject $TaskSequence -Name 'Sequence'
    if ($sequence -eq '') { return 'its steps could not be read from the site' }
    Compare-Outline -Expected $expected -Arrived (ConvertTo-Outline -Sequence $sequence)
    $bootImage = Get-Text -InputObject $TaskSequence -Name 'BootImageID'
    if ($bootImage -ne $Copy.BootImage) {
        'differs: boot image, "' + $Copy.BootImage + '" in the file, "' + $bootImage + '" at the site'
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# The checks.

function Get-FileProblem {
    param([string]$File, [string]$Hash)
    $path = [System.IO.Path]::Combine($Folder, $File)
    if (-not [System.IO.File]::Exists($path)) { return ('The file is missing: ' + $path) }
    if ($Hash -eq '') { return }
    $found = Get-FileHash -LiteralPath $path -Algorithm 'SHA256'
    if ($found.Hash -ne $Hash) { return ('The file is not the one that tsfix wrote: ' + $path) }
}

function Get-ReferenceProblem {
    # Whatever a copy refers to must exist, or be a copy of this set.
    $ids = @($Copies | ForEach-Object -Process { $_.PackageId })
    $seen = @{}
    foreach ($copy in $Copies) {
        foreach ($id in @($copy.References)) {
            if ($ids -contains $id) { continue }
            if (-not $seen.ContainsKey($id)) { $seen[$id] = Test-Reference -Id $id }
            if (-not $seen[$id]) { '"' + $copy.Name + '" refers to ' + $id + ', which does not exist at this site.' }
        }
    }
}

function Get-StateOfCopy {
    # "new", "there" (imported before, with the same steps), or a sentence on what is in the way.
    param([object]$Copy)
    $sameName = @(Find-TaskSequence -Name $Copy.Name)
    $sameId = @(Find-Package -Id $Copy.PackageId)
    if ($sameName.Count -gt 1) { return ('More than one task sequence is called "' + $Copy.Name + '".') }
    if ($sameName.Count -eq 1) {
        $differences = @(Get-ArrivalProblem -Copy $Copy -TaskSequence $sameName[0])
        if ($differences.Count -eq 0) { return 'there' }
        return ('A task sequence "' + $Copy.Name + '" is there already (' +
            (Get-Text -InputObject $sameName[0] -Name 'PackageID') + ') and differs in ' + $differences.Count +
            ' places, the first: ' + $differences[0])
    }
    if ($sameId.Count -gt 0) {
        return ('The ID ' + $Copy.PackageId + ' of the copy "' + $Copy.Name + '" belongs to "' +
            (Get-Text -InputObject $sameId[0] -Name 'Name') + '".')
    }
    return 'new'
}

if ($Folder -notmatch '^\\\\[^\\]+\\[^\\]+') {
    throw '-Folder must be a network path, because the cmdlet asks for one: \\server\share\folder'
}
Add-Type -AssemblyName 'System.IO.Compression'
Add-Type -AssemblyName 'System.IO.Compression.FileSystem'
if ($LogFile -eq '') { $LogFile = 'tsfix-import-' + (Get-TimeStamp) + '.log' }
$logPath = Get-FullPath -Path $LogFile
Push-Location -LiteralPath $env:SystemRoot
Start-Transcript -LiteralPath $logPath -Append -WhatIf:$false | Out-Null
try {
    $problems = @(
        foreach ($group in @($Copies | Group-Object -Property 'File')) {
            Get-FileProblem -File $group.Name -Hash $group.Group[0].Hash
        }
    )
    $site = Connect-SiteDrive -Code $SiteCode -Server $ProviderServer
    Set-Location -Path ($site + ':')
    $rows = @(Get-CMSite)
    $problems += @(Get-SiteProblem -Sites $rows -Code $site -Build $SiteBuild -TopLevel $true)
    if ($TargetSite -ne '') {
        $problems += @(Get-SiteProblem -Sites $rows -Code $TargetSite -Build $TargetBuild -TopLevel $false)
    }
    $states = @{}
    if ($problems.Count -eq 0) {
        $problems += @(Get-ReferenceProblem)
        Update-SiteId
        foreach ($copy in $Copies) {
            $states[$copy.PackageId] = Get-StateOfCopy -Copy $copy
            if ($states[$copy.PackageId] -ne 'new' -and $states[$copy.PackageId] -ne 'there') {
                $problems += $states[$copy.PackageId]
            }
        }
    }
    foreach ($group in @($Copies | Group-Object -Property 'File')) {
        $kinds = @($group.Group | ForEach-Object -Process { [string]$states[$_.PackageId] } | Sort-Object -Unique)
        if ($kinds -contains 'new' -and $kinds -contains 'there') {
            $problems += 'Only some task sequences of ' + $group.Name + ' are there already. Remove them first.'
        }
    }
    if ($problems.Count -gt 0) {
        foreach ($problem in $problems) { Write-Warning -Message $problem }
        throw ('Nothing was imported: ' + $problems.Count + ' checks failed. See the warnings above.')
    }
    Write-Host -Object ('All checks passed for ' + @($Copies).Count + ' task sequences.')

    $imported = @(
        foreach ($group in @($Copies | Group-Object -Property 'File')) {
            if ($states[$group.Group[0].PackageId] -eq 'there') {
                Write-Host -Object ('There already, left as it is: ' + $group.Name)
                $group
            } elseif ($PSCmdlet.ShouldProcess($group.Name, 'Import into site ' + $site)) {
                $path = [System.IO.Path]::Combine($Folder, $group.Name)
                Import-CMTaskSequence -Path $path -DisableWildcardHandling | Out-Null
                Write-Host -Object ('Imported: ' + $group.Name)
                $group
            }
        }
    )

    if ($imported.Count -gt 0) { Update-SiteId }
    $differing = 0
    foreach ($copy in @($imported | ForEach-Object -Process { $_.Group })) {
        $found = @(Find-TaskSequence -Name $copy.Name)
        if ($found.Count -ne 1) {
            $differing = $differing + 1
            Write-Warning -Message ('The site now shows ' + $found.Count + ' task sequences "' + $copy.Name + '".')
            continue
        }
        $id = Get-Text -InputObject $found[0] -Name 'PackageID'
        $differences = @(Get-ArrivalProblem -Copy $copy -TaskSequence $found[0])
        Write-Host -Object ('Compared: "' + $copy.Name + '" ' + $id + ', ' + $differences.Count + ' differences')
        if ($id -ne $copy.PackageId) {
            Write-Host -Object ('    The site gave it the ID ' + $id + '. In the file it has ' + $copy.PackageId + '.')
        }
        if ($differences.Count -gt 0) { $differing = $differing + 1 }
        foreach ($difference in $differences) { Write-Warning -Message ('    ' + $difference) }
    }

    Write-Host -Object ''
    Write-Host -Object 'To type in again, because an export does not hold it:'
    $lines = 0
    foreach ($copy in $Copies) {
        foreach ($line in @($copy.TypeInAgain)) {
            $lines = $lines + 1
            Write-Host -Object ('    ' + $copy.Name + ': ' + $line)
        }
    }
    if ($lines -eq 0) { Write-Host -Object '    nothing that tsfix knows of' }
    Write-Host -Object ''
    Write-Host -Object 'Then open each copy in the editor of the console at the top-level site and save it.'
    Write-Host -Object 'Check that its content is on the distribution points of the older site.'
    Write-Host -Object 'Deploy it to a test collection of clients of that site first.'
    Write-Host -Object ('Log: ' + $logPath)
    if ($differing -gt 0) {
        throw ($differing.ToString() + ' task sequences did not arrive as they stand in their files. See above.')
    }
} finally {
    Pop-Location
    Stop-Transcript | Out-Null
}
