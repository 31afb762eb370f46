import { leftBehind } from './left-behind.js';

/** What apt, dpkg and their helpers log. */
export const aptLogs = leftBehind({
  name: 'apt-logs',
  reason: 'apt, dpkg, update-alternatives and debootstrap log what they did and when; nothing reads it back.',
  example:
    '/var/log/apt/history.log names another hour; hidden. /var/log/apt/rules.conf, or a history.log that a Dockerfile copies, is not.',
  certainty: 'tool',
  files:
    /^var\/log\/(?:apt\/(?:history|term|eipp)\.log(?:\.\d+)?(?:\.[gx]z)?|(?:dpkg|alternatives|bootstrap|fontconfig|unattended-upgrades\/\w+)\.log(?:\.\d+)?(?:\.gz)?)$/,
  folders: /^var\/log\/apt$/,
});
