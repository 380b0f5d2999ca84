# ---------------------------------------------------------------------------------------------------------------------
# Paths. A session started from the console stands on the drive of the site, where file paths mean nothing.

function Get-FullPath {
    # A full path in the file system, also for a name without a folder.
    param([string]$Path)
    $folder = (Get-Location -PSProvider 'FileSystem').ProviderPath
    return [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($folder, $Path))
}

function Get-TimeStamp {
    # Fit for a file name, and the same in every language and calendar.
    return (Get-Date).ToString('yyyyMMdd-HHmmss', [System.Globalization.CultureInfo]::InvariantCulture)
}
