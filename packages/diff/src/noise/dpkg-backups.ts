import { leftBehind } from './left-behind.js';

/** Former states of Debian's package databases. */
export const dpkgBackups = leftBehind({
  name: 'dpkg-backups',
  reason:
    'dpkg, debconf and ucf keep the state before their last change beside the one that counts, and empty lock files.',
  example: '/var/lib/dpkg/status-old differs; hidden. /var/lib/dpkg/status is not.',
  certainty: 'tool',
  files:
    /^var\/(?:lib\/dpkg\/(?:(?:status|diversions|statoverride|available)-old|lock|lock-frontend|triggers\/Lock)|cache\/debconf\/(?:config|templates|passwords)\.dat-old|lib\/ucf\/(?:hashfile|registry)\.\d+|backups\/(?:dpkg|apt|alternatives)\.[\w.]+)$/,
});
