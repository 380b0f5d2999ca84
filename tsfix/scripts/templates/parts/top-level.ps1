# ---------------------------------------------------------------------------------------------------------------------
# The site: is it the one that was meant, and does it stand at the top of the hierarchy?

function Get-SiteProblem {
    # Sentences on what is wrong with the site; nothing when it is the right one. A build of 0 is not compared.
    param([object[]]$Sites, [string]$Code, [int]$Build, [bool]$TopLevel)
    $found = @($Sites | Where-Object -FilterScript { (Get-Text -InputObject $_ -Name 'SiteCode') -eq $Code })
    if ($found.Count -ne 1) {
        return ('The site ' + $Code + ' is not among the sites that you may see from here.')
    }
    $version = Get-Text -InputObject $found[0] -Name 'Version'
    $parent = Get-Text -InputObject $found[0] -Name 'ReportingSiteCode'
    if ($Build -ne 0 -and (Get-Build -Version $version) -ne $Build) {
        'The site ' + $Code + ' runs ' + $version + ', but tsfix worked for build ' + $Build +
            '. Take a new inventory and make the copies and this script anew.'
    }
    if ($TopLevel -and $parent -ne '') {
        'The site ' + $Code + ' reports to ' + $parent + '. Connect to the top-level site of the hierarchy.'
    }
}
