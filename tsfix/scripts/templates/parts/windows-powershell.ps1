if ($PSVersionTable.PSEdition -eq 'Core') {
    throw ('This is PowerShell ' + $PSVersionTable.PSVersion.ToString() + '. The script is written for Windows ' +
        'PowerShell 5.1, and the cmdlets that import and export task sequences refuse version 7. Start ' +
        'powershell.exe and run the script there.')
}
