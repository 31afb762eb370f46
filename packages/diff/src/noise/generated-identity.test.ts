import { describe, expect, it } from 'vitest';
import { compareWhole } from '../testing/compare-whole.js';
import { judged } from '../testing/judged.js';
import { file, layerAt } from '../testing/literal-tree.js';
import type { FileTree } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { generatedIdentity as rule } from './generated-identity.js';

describe('generated-identity', () => {
  it('hides a machine id that a RUN made, with or without a line break', () => {
    expect(judged(rule, 'etc/machine-id', 'run', { size: 33 })).toBe('blank');
    expect(judged(rule, 'var/lib/dbus/machine-id', 'run', { size: 32, mode: 0o444 })).toBe('blank');
  });

  it('keeps an empty one and `uninitialized`, which mean something else to systemd', () => {
    expect(judged(rule, 'etc/machine-id', 'run', { size: 0 })).toBe('keep');
    expect(judged(rule, 'etc/machine-id', 'run', { size: 14 })).toBe('keep');
  });

  it('hides SSH host keys and a self-signed certificate', () => {
    expect(judged(rule, 'etc/ssh/ssh_host_ed25519_key', 'run', { mode: 0o600 })).toBe('blank');
    expect(judged(rule, 'etc/ssh/ssh_host_ed25519_key.pub')).toBe('blank');
    expect(judged(rule, 'etc/ssl/private/ssl-cert-snakeoil.key', 'run', { mode: 0o640, gid: 101 })).toBe('blank');
    const link = { type: 'symlink', mode: 0o777, linkTarget: 'ssl-cert-snakeoil.pem' } as const;
    expect(judged(rule, 'etc/ssl/certs/2a5c3d4f.0', 'run', link)).toBe('drop');
  });

  it('hides the cookie that the package of RabbitMQ makes, and keeps one of another form', () => {
    const cookie = { size: 57, mode: 0o400, uid: 100, gid: 102 } as const;
    const path = 'var/lib/rabbitmq/.erlang.cookie';
    expect(judged(rule, path, 'run', cookie)).toBe('blank');
    expect(judged(rule, path, 'run', { ...cookie, size: 20 })).toBe('keep');
    expect(judged(rule, path, 'run', { ...cookie, mode: 0o600 })).toBe('keep');
    expect(judged(rule, path, 'copy', cookie)).toBe('keep');
    expect(judged(rule, 'root/.erlang.cookie', 'run', cookie)).toBe('keep');
  });

  it.each([
    ['etc/varnish/secret', { size: 37, mode: 0o600 }],
    ['etc/bind/rndc.key', { size: 100, mode: 0o640, uid: 107, gid: 108 }],
  ])('hides %s, which its package makes, and keeps one of another form', (path, made) => {
    expect(judged(rule, path, 'run', made)).toBe('blank');
    expect(judged(rule, path, 'run', { ...made, size: made.size + 1 })).toBe('keep');
    expect(judged(rule, path, 'run', { ...made, mode: 0o644 })).toBe('keep');
    expect(judged(rule, path, 'copy', made)).toBe('keep');
    expect(judged(rule, `srv/${path}`, 'run', made)).toBe('keep');
  });

  it('keeps a cookie that the command of its layer names', () => {
    const judgedAfter = (createdBy: string) => {
      const layer = { ...layerAt(1, 'run'), history: { createdBy, emptyLayer: false } };
      const head = { size: 57, mode: 0o400, uid: 100 };
      const entry = { ...file('var/lib/rabbitmq/.erlang.cookie', 'x', head), layer };
      return rule.judge(entry, treeOf([entry]));
    };
    expect(judgedAfter('/bin/sh -c apt-get install -y rabbitmq-server')).toBe('blank');
    expect(judgedAfter('/bin/sh -c echo $COOKIE > /var/lib/rabbitmq/.erlang.cookie')).toBe('keep');
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

  describe('by the command that left it', () => {
    const made = (command: string, path = 'etc/ssh/ssh_host_ed25519_key') => {
      const history = { createdBy: `RUN /bin/sh -c ${command} # buildkit`, emptyLayer: false };
      const size = path.endsWith('machine-id') ? { size: 33 } : path.endsWith('secret') ? { size: 37 } : {};
      const entry = { ...file(path, 'x', { mode: 0o600, ...size }), layer: { ...layerAt(1, 'run'), history } };
      return rule.judge(entry, treeOf([entry]));
    };

    it.each([
      'cp /run/secrets/hostkey /etc/ssh/ssh_host_ed25519_key',
      'apt-get install -y openssh-server && install -m 600 /run/secrets/ssh_host_* /etc/ssh/',
      'curl -fo /etc/ssh/ssh_host_ed25519_key https://vault/key',
      'echo "$KEY" | base64 -d > /etc/ssh/ssh_host_ed25519_key',
      'cp /run/secrets/ssh_host_ed25519_key /etc/ssh/ && rm -f /var/lib/systemd/random-seed',
      'apt-get install -y uuid-runtime && cp /run/secrets/ssh_host_ed25519_key /etc/ssh/',
      'cp "$SECRET" /etc/ssh/ssh_host_ed25519_key && head -c 8 /dev/urandom > /salt',
      'wget -qO- http://x/sshd.tar | tar -x -C / -f -',
      'cp -a /rootfs/. /',
      'apt-get install -y openssh-server && curl -fs http://x/keys.tgz | tar xz -C /etc/ssh',
      'apt-get install -y openssh-server && cp /run/secrets/keys/* /etc/ssh/',
      'apk add openssh && cp -r /run/keys/. /etc/ssh',
      'apk add openssh && dd if=/run/secrets/key of=/etc/ssh/ssh_host_ed25519_key',
    ])('keeps a key that was put there: %s', (command) => {
      expect(made(command)).toBe('keep');
    });

    it.each([
      'apt-get install -y openssh-server',
      'ssh-keygen -t ed25519 -f /etc/ssh/ssh_host_ed25519_key -N ""',
      'ssh-keygen -A && chmod 600 /etc/ssh/ssh_host_*',
      'ssh-keygen -A; echo "HostKey /etc/ssh/ssh_host_ed25519_key" >> /etc/ssh/sshd_config',
      'apt-get install -y openssh-server && cp /src/sshd_config /etc/ssh/',
      'apt-get install -y openssh-server && curl -fs http://x/s6.tgz | tar xz -C /',
    ])('hides one that was generated: %s', (command) => {
      expect(made(command)).toBe('blank');
    });

    it('keeps a secret of Varnish that was put there', () => {
      expect(made('echo "$SECRET" > /etc/varnish/secret', 'etc/varnish/secret')).toBe('keep');
      expect(made('apt-get install -y varnish', 'etc/varnish/secret')).toBe('blank');
    });

    it('keeps a machine id that was written, and hides one that was drawn', () => {
      expect(made('echo 0123456789abcdef0123456789abcdef > /etc/machine-id', 'etc/machine-id')).toBe('keep');
      const id = '0123456789abcdef0123456789abcdef';
      expect(made(`echo ${id} > /etc/machine-id && uuidgen > /salt`, 'etc/machine-id')).toBe('keep');
      expect(made(`apk add dbus && sed -i s/.*/${id}/ /etc/machine-id`, 'etc/machine-id')).toBe('keep');
      expect(made('wget -qO- http://x/v.tar | tar x -C /', 'etc/machine-id')).toBe('keep');
      expect(made('dbus-uuidgen > /etc/machine-id', 'etc/machine-id')).toBe('blank');
      expect(made('uuidgen | tr -d - > /etc/machine-id', 'etc/machine-id')).toBe('blank');
      expect(made('ID=$(uuidgen -r); echo "$ID" > /etc/machine-id', 'etc/machine-id')).toBe('blank');
      expect(made('tr -d - < /proc/sys/kernel/random/uuid > /etc/machine-id', 'etc/machine-id')).toBe('blank');
      expect(made('cp /var/lib/dbus/machine-id /etc/machine-id', 'etc/machine-id')).toBe('blank');
    });
  });

  it('keeps whether one is there, without which a server does not start', () => {
    const tree = (...keys: readonly string[]) =>
      treeOf(
        keys.map((key) => ({ ...file('etc/ssh/ssh_host_rsa_key', key, { mode: 0o600 }), layer: layerAt(1, 'run') })),
      );
    const compared = (before: FileTree, after: FileTree) => compareWhole(before, after, [rule]);
    expect(compared(tree('one'), tree('other'))).toMatchObject({ changes: [], noise: [{ rule: rule.name, count: 1 }] });
    expect(compared(tree('one'), tree())).toMatchObject({ changes: [{ action: 'removed' }], noise: [] });
    expect(compared(tree(), tree('one'))).toMatchObject({ changes: [{ action: 'added' }], noise: [] });
  });

  it('keeps what a Dockerfile copied, or what may have been', () => {
    expect(judged(rule, 'etc/machine-id', 'copy', { size: 33 })).toBe('keep');
    expect(judged(rule, 'etc/ssh/ssh_host_rsa_key', 'unknown', { mode: 0o600 })).toBe('keep');
  });
});
