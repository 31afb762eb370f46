import { leftBehind } from './left-behind.js';

/** What dnf, yum, zypper and the installer log. */
export const rpmLogs = leftBehind({
  name: 'rpm-logs',
  reason: 'dnf, yum, zypper and anaconda log what they did and when; nothing reads it back.',
  example: '/var/log/dnf.rpm.log names another hour; hidden. One that a Dockerfile copies is not.',
  certainty: 'tool',
  files:
    /^var\/log\/(?:(?:dnf(?:\.librepo|\.rpm)?|dnf5|yum|hawkey|zypper)\.log(?:[.-]\d+)?|(?:anaconda|zypp|rhsm)\/[^/]+\.(?:log|xml))$/,
  folders: /^var\/log\/(?:anaconda|zypp|rhsm)$/,
});
