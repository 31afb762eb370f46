import { leftBehind } from './left-behind.js';

/** What the .NET tools keep to be faster the next time. */
export const dotnetCaches = leftBehind({
  name: 'dotnet-caches',
  reason:
    'NuGet fetches indexes again when its HTTP cache lacks them; telemetry and first-use marks tell of the build.',
  example: '/root/.local/share/NuGet/http-cache/… ; hidden. A package in /root/.nuget/packages is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:\.local\/share\/NuGet\/(?:http-cache|v3-cache|plugins-cache)|\.dotnet\/TelemetryStorageService)/,
  files:
    /(?:^|\/)\.dotnet\/(?:[^/]+\.(?:dotnetFirstUseSentinel|aspNetCertificateSentinel|toolpath\.sentinel)|MachineId\.v1\.dotnetUserLevelCache)$/,
});
