#!/usr/bin/env bash
# Builds an app outside of the repository from the packages of this build, as docs/sdk.md tells it: its own contract finds
# field_policy.proto without being told where.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$PWD/artifacts/packages
restored=${NUGET_PACKAGES:-$HOME/.nuget/packages}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cp samples/Worker/usage.proto samples/Worker/*.cs "$folder"
version() { # version PACKAGE: the one that this repository uses
  sed -n "s|.*Include=\"$1\" Version=\"\([^\"]*\)\".*|\1|p" Directory.Packages.props
}

cat >"$folder/Invoicer.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <RestorePackagesPath>$folder/packages</RestorePackagesPath>
    <RestoreFallbackFolders>$restored</RestoreFallbackFolders>
    <RestoreAdditionalProjectSources>$packages</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <Protobuf Include="usage.proto" GrpcServices="None" />
    <PackageReference Include="Telemetry.Client" Version="*" />
    <PackageReference Include="Grpc.Tools" Version="$(version Grpc.Tools)" />
    <PackageReference Include="Microsoft.Extensions.Hosting" Version="$(version Microsoft.Extensions.Hosting)" />
  </ItemGroup>
</Project>
END
dotnet build "$folder" -v quiet -nologo
