# ---------------------------------------------------------------------------------------------------------------------
# Values: reading a property that may be missing, true or false, the build in a version.

function Get-PropertyValue {
    # Strict mode makes a missing property an error. A site of another version may lack one, so ask first.
    param([object]$InputObject, [string]$Name)
    if ($null -eq $InputObject) { return $null }
    $property = $InputObject.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

function Get-Text {
    # The property as text; empty where it is missing.
    param([object]$InputObject, [string]$Name)
    return [string](Get-PropertyValue -InputObject $InputObject -Name $Name)
}

function Test-Flag {
    # True for true and 1. A plain cast would turn the text False into true.
    param([object]$InputObject, [string]$Name)
    return ((Get-Text -InputObject $InputObject -Name $Name) -match '^(True|1)$')
}

function Get-Build {
    # The third field of a version: 8540 of 5.00.8540.1000. Zero where the text is no version.
    param([string]$Version)
    if ($Version -match '^\d+\.\d+\.(\d{4,5})(\.|$)') { return [int]$Matches[1] }
    return 0
}
