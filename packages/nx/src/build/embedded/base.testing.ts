import type { ImageLiteral } from '@image-versions/oci/testing';

/** An image with accounts, links, odd modes and owners, whiteouts, and files that later layers wrote again. */
export const baseImage: ImageLiteral = {
  layers: [
    [
      { path: 'etc/' },
      { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\napp:x:1001:1002:App:/home/app:/bin/sh\n' },
      { path: 'etc/group', content: 'root:x:0:\nstaff:x:50:\napp:x:1003:app\n' },
      { path: 'etc/motd', content: 'motd\n', mode: 0o600 },
      { path: 'usr/bin/', mode: 0o755 },
      { path: 'usr/bin/tool', content: 'tool\n', mode: 0o755 },
      { path: 'bin', type: 'symlink', linkPath: 'usr/bin' },
      { path: 'motd-link', type: 'symlink', linkPath: '/etc/motd' },
      { path: 'home/app/', uid: 1001, gid: 1002, mode: 0o700 },
      { path: 'home/app/.profile', uid: 1001, gid: 1002, content: 'profile\n' },
      { path: 'opt/' },
      { path: 'opt/a.txt', content: 'old\n', mode: 0o755, uid: 7, gid: 7 },
      { path: 'opt/link', type: 'symlink', linkPath: 'a.txt' },
      { path: 'opt/private/', mode: 0o700, uid: 7, gid: 8 },
      { path: 'odd/', mode: 0o1777, uid: 5, gid: 6 },
      { path: 'odd/suid', content: 's\n', mode: 0o4755 },
      { path: 'links/first', content: 'linked\n' },
      { path: 'links/second', type: 'hardlink', linkPath: 'links/first' },
      { path: 'layered/gone', content: 'gone\n' },
      { path: 'layered/below', content: 'below\n' },
      { path: 'layered/again', content: 'first\n' },
      { path: 'opaque/x', content: 'x\n' },
    ],
    [
      { path: 'layered/.wh.gone' },
      { path: 'layered/again', content: 'second\n' },
      { path: 'layered/hard', type: 'hardlink', linkPath: 'layered/again' },
      { path: 'opaque/.wh..wh..opq' },
      { path: 'opaque/y', content: 'y\n' },
    ],
  ],
  config: {
    Env: ['PATH=/usr/bin', 'FROM_BASE=1'],
    Cmd: ['base-command'],
    WorkingDir: '/opt',
    Labels: { base: 'yes' },
    ExposedPorts: { '1/tcp': {} },
  },
  configFields: {
    created: '2024-01-01T00:00:00Z',
    history: [{ created_by: 'ADD base' }, { created_by: 'COPY more' }],
  },
};
