# ---------------------------------------------------------------------------------------------------------------------
# The connection: the module of the console and the drive of the site.

function Connect-SiteDrive {
    # Returns the site code in capitals. The drive lives as long as the script.
    param([string]$Code, [string]$Server)
    if ($null -eq (Get-Module -Name 'ConfigurationManager')) {
        if ([string]::IsNullOrEmpty($env:SMS_ADMIN_UI_PATH)) {
            Import-Module -Name 'ConfigurationManager'
        } else {
            Import-Module -Name (Join-Path -Path $env:SMS_ADMIN_UI_PATH -ChildPath '..\ConfigurationManager.psd1')
        }
    }
    $names = @(Get-PSDrive -PSProvider 'CMSite' -ErrorAction SilentlyContinue | ForEach-Object -Process { $_.Name })
    if ($Code -eq '') {
        if ($names.Count -ne 1) {
            throw ('Name the site with -SiteCode. Drives of sites in this session: ' + ($names -join ', '))
        }
        $Code = [string]$names[0]
    }
    if ($names -notcontains $Code) {
        if ($Server -eq '') {
            throw ('This session has no drive for the site ' + $Code + '. Name a server with the SMS Provider role: ' +
                '-ProviderServer cm01.contoso.example')
        }
        New-PSDrive -Name $Code -PSProvider 'CMSite' -Root $Server -Scope 'Script' -WhatIf:$false | Out-Null
    }
    return $Code.ToUpperInvariant()
}
