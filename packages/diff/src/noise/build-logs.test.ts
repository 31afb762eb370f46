import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import { judged } from '../testing/judged.js';
import { directory, file, layerAt } from '../testing/literal-tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { buildLogs } from './build-logs.js';

describe('build-logs', () => {
  it.each(['var/log/install.log', 'var/log/app/setup.log.1', 'var/log/x.log.gz'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(buildLogs, path)).toBe('drop');
    },
  );

  it.each(['var/log/app/filter.rules', 'app/build.log', 'var/log/app/catalog', 'var/log'])('keeps %s', (path) => {
    expect(judged(buildLogs, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(buildLogs, 'var/log/install.log', 'copy')).toBe('keep');
    expect(judged(buildLogs, 'var/log/install.log', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps an empty one, which was made for a program to write to', () => {
    expect(judged(buildLogs, 'var/log/cron.log', 'run', { size: 0 })).toBe('keep');
  });

  describe('that decides who may write to it', () => {
    const inFolder = (log: Partial<LayerEntry>, folder: Partial<LayerEntry> = {}) => {
      const layer = layerAt(1, 'run');
      const entry = { ...file('var/log/app/app.log', 'x', log), layer };
      return buildLogs.judge(entry, treeOf([{ ...directory('var/log/app', folder), layer }, entry]));
    };

    it.each<[string, Partial<LayerEntry>, Partial<LayerEntry>]>([
      ['one of a user who could not make it', { uid: 1000 }, {}],
      ['one that others may write to', { mode: 0o666 }, {}],
      ['root’s in a folder of somebody else', {}, { uid: 1000 }],
      ['root’s in a folder that others may write to', {}, { mode: 0o777 }],
    ])('keeps %s', (_, log, folder) => {
      expect(inFolder(log, folder)).toBe('keep');
    });

    it.each<[string, Partial<LayerEntry>, Partial<LayerEntry>]>([
      ['root’s in a folder of root', {}, {}],
      ['that of the owner of the folder', { uid: 1000 }, { uid: 1000 }],
      ['that of a user who could make it again', { uid: 100, mode: 0o640 }, { mode: 0o1775, gid: 100 }],
    ])('drops %s', (_, log, folder) => {
      expect(inFolder(log, folder)).toBe('drop');
    });
  });

  describe('by the command that left it', () => {
    const made = (command: string) => {
      const history = { createdBy: `RUN /bin/sh -c ${command} # buildkit`, emptyLayer: false };
      const entry = { ...file('var/log/demo/access.log', 'x'), layer: { ...layerAt(1, 'run'), history } };
      return buildLogs.judge(entry, treeOf([entry]));
    };

    it.each([
      'wget -q -O /var/log/demo/access.log http://logs.example/one',
      'mkdir -p /var/log/demo && cp /src/access.log /var/log/demo/',
      'curl -fs https://logs.example/demo.tgz | tar xz -C /var/log/demo',
      'echo "127.0.0.1 GET /" > /var/log/demo/access.log',
      'wget -qO- http://logs.example/one > /var/log/demo/access.log',
      'apk add curl && curl -fs http://logs.example/one | zcat | sort > /var/log/demo/access.log',
      'apk add tar && cat /src/one.log | tee /var/log/demo/access.log',
      'apk add rsync && rsync -a /src/logs/ /var/log/',
      'apk add git && git clone /src && if true; then /bin/cp /src/*.log "/var/log/demo"; fi',
      'wget -qO- http://logs.example/all.tar | tar -x -C / -f -',
      'cp -a /rootfs/. /',
    ])('keeps data that was put there: %s', (command) => {
      expect(made(command)).toBe('keep');
    });

    it.each([
      'apt-get install -y nginx > /var/log/demo/access.log',
      'apt-get install -y nginx && curl -fs http://x/s6.tgz | tar xz -C /',
      'ln -sf /dev/stdout /var/log/nginx/access.txt && make > /var/log/demo/access.log',
      'cat /etc/os-release && make 2>&1 | tee /var/log/demo/access.log',
      'pip install --log /var/log/demo/access.log flask',
      'curl -fs https://get.example | sh 2>&1 | tee /var/log/demo/access.log',
      'curl -fs https://get.example -o /get > /var/log/demo/access.log',
      'echo "built $(date)" >> /var/log/demo/access.log',
      'date > /var/log/demo/access.log',
      'make > /var/log/demo/access.log 2>&1 && echo done >> /var/log/demo/access.log',
      'echo begun > /var/log/demo/access.log; make 2>&1 | tee -a /var/log/demo/access.log',
    ])('drops what tells of the build: %s', (command) => {
      expect(made(command)).toBe('drop');
    });
  });

  it('keeps data that a command copied which no shell ran, or one in another', () => {
    const made = (createdBy: string) => {
      const entry = {
        ...file('var/log/seed.log', 'x'),
        layer: { ...layerAt(1, 'run'), history: { createdBy, emptyLayer: false } },
      };
      return buildLogs.judge(entry, treeOf([entry]));
    };
    expect(made('RUN install -m 644 /src/seed.log /var/log/ # buildkit')).toBe('keep');
    expect(made("RUN /bin/sh -c apk add bash && bash -c 'cp /src/*.log /var/log' # buildkit")).toBe('keep');
    expect(made('RUN pip install --log /var/log/seed.log flask # buildkit')).toBe('drop');
  });

  it('keeps a link, which says where a program logs to', () => {
    const link = { type: 'symlink', mode: 0o777, size: 0, linkTarget: '/dev/stdout' } as const;
    expect(judged(buildLogs, 'var/log/nginx/access.log', 'run', link)).toBe('keep');
  });

  it('keeps the segments of a Kafka topic, which end as logs do', () => {
    expect(judged(buildLogs, 'var/log/kafka/orders-0/00000000000000000000.log')).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(buildLogs, 'var/log/install.log', 'unknown')).toBe('keep');
  });
});
