import { leftBehind } from './left-behind.js';

/** Former states of the account files. */
export const accountBackups = leftBehind({
  name: 'account-backups',
  reason:
    'useradd and its kin keep the account files as they were before the last change, and a lock; no login reads them.',
  example: '/etc/shadow- differs; hidden. /etc/shadow, /etc/passwd or /etc/group is not.',
  certainty: 'tool',
  files: /^etc\/(?:(?:passwd|group|shadow|gshadow|subuid|subgid)-|\.pwd\.lock)$/,
});
