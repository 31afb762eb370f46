import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { generatedIdentity as rule } from './generated-identity.js';

describe('generated-identity', () => {
  it('drops a machine id that a RUN made, with or without a line break', () => {
    expect(judged(rule, 'etc/machine-id', 'run', { size: 33 })).toBe('drop');
    expect(judged(rule, 'var/lib/dbus/machine-id', 'run', { size: 32, mode: 0o444 })).toBe('drop');
  });

  it('keeps an empty one and `uninitialized`, which mean something else to systemd', () => {
    expect(judged(rule, 'etc/machine-id', 'run', { size: 0 })).toBe('keep');
    expect(judged(rule, 'etc/machine-id', 'run', { size: 14 })).toBe('keep');
  });

  it('drops SSH host keys and a self-signed certificate', () => {
    expect(judged(rule, 'etc/ssh/ssh_host_ed25519_key', 'run', { mode: 0o600 })).toBe('drop');
    expect(judged(rule, 'etc/ssh/ssh_host_ed25519_key.pub')).toBe('drop');
    expect(judged(rule, 'etc/ssl/private/ssl-cert-snakeoil.key', 'run', { mode: 0o640, gid: 101 })).toBe('drop');
    const link = { type: 'symlink', mode: 0o777, linkTarget: 'ssl-cert-snakeoil.pem' } as const;
    expect(judged(rule, 'etc/ssl/certs/2a5c3d4f.0', 'run', link)).toBe('drop');
  });

  it('keeps a private key that others may read, or that is not root’s', () => {
    expect(judged(rule, 'etc/ssh/ssh_host_rsa_key', 'run', { mode: 0o644 })).toBe('keep');
    expect(judged(rule, 'etc/ssh/ssh_host_rsa_key', 'run', { mode: 0o600, uid: 1000 })).toBe('keep');
  });

  it('keeps keys of people, other certificates, and server settings', () => {
    expect(judged(rule, 'root/.ssh/id_rsa', 'run', { mode: 0o600 })).toBe('keep');
    expect(judged(rule, 'etc/ssh/sshd_config')).toBe('keep');
    expect(judged(rule, 'etc/ssl/certs/app.pem')).toBe('keep');
    const link = { type: 'symlink', mode: 0o777, linkTarget: 'app.pem' } as const;
    expect(judged(rule, 'etc/ssl/certs/2a5c3d4f.0', 'run', link)).toBe('keep');
  });

  it('keeps what a Dockerfile copied, or what may have been', () => {
    expect(judged(rule, 'etc/machine-id', 'copy', { size: 33 })).toBe('keep');
    expect(judged(rule, 'etc/ssh/ssh_host_rsa_key', 'unknown', { mode: 0o600 })).toBe('keep');
  });
});
