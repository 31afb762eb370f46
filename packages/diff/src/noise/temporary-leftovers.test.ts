import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { file, directory as folder, layerAt } from '../testing/literal-tree.js';
import type { TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { temporaryLeftovers as rule } from './temporary-leftovers.js';

const directory = { type: 'directory', mode: 0o700 } as const;

describe('temporary-leftovers', () => {
  it.each([
    'tmp/tmp.Apapod',
    'tmp/tmp.DEI93vokJ5',
    'tmp/tmp.kinemo',
    'tmp/build.KinEMo',
    'var/tmp/rpm-tmp.aK2x9Q',
    'tmp/tmpab12cd_x',
    'tmp/tmpo5sj63oz.json',
    'tmp/pip-unpack-x8c_1f2a',
    'tmp/go-build123456789',
    'tmp/bundler20261121-8-jca5j2',
    'tmp/hsperfdata_root',
    'tmp/npm-7-a4b1c2d3',
  ])('drops %s and what lies in it', (path) => {
    expect(judged(rule, path, 'run', directory)).toBe('drop');
    const [top, within] = [folder(path, { mode: 0o700 }), file(`${path}/out`)].map((entry) => ({
      ...entry,
      layer: layerAt(1, 'run'),
    }));
    expect(rule.judge(within as TreeEntry, treeOf([top as TreeEntry, within as TreeEntry]))).toBe('drop');
  });

  it.each([
    'tmp/app',
    'tmp/build.worker',
    'tmp/build.Worker',
    'tmp/build.myWorker',
    'tmp/app-v20240101',
    'tmp/app.README',
    'tmp/app.release2',
    'tmp/config.d',
    'tmp/app-arm64v8',
    'tmp/model-int8fp16',
    'tmp/tmp_uploads',
    'tmp/tmp_uploads.json',
    'tmp/tmpworkers.json',
    'tmp/tmpdata2024-b.json',
    'tmp/tmpworkers',
    'tmp/layer-0a1b2c3d',
    'srv/tmp/tmp.DEI93vokJ5',
    'opt/tmp.DEI93vokJ5',
    'tmp',
  ])('keeps %s, whose name somebody chose, or which is elsewhere', (path) => {
    expect(judged(rule, path, 'run', directory)).toBe('keep');
    expect(judged(rule, `${path}/out`)).toBe('keep');
  });

  it.each([
    'tmp/world-GeoJSON',
    'tmp/tmp.worker',
    'tmp/tmp.config2',
    'tmp/seed.PostgreSQL',
    'tmp/jdk-OpenJDK17',
    'var/tmp/cfg-eu1west2',
    'tmp/tmpdata2024',
    'tmp/tmpdata2024.json',
    'tmp/pip-offline-packages',
    'tmp/train-20240101-2-small',
  ])('keeps %s, which looks random but may be opened by others', (path) => {
    expect(judged(rule, path)).toBe('keep');
    expect(judged(rule, path, 'run', { type: 'directory', mode: 0o755 })).toBe('keep');
  });

  describe('a name that looks like a word', () => {
    const made = (command: string, mode: number, path = 'tmp/build.nkecfo') => {
      const layer = {
        ...layerAt(1, 'run'),
        history: { createdBy: `RUN /bin/sh -c ${command} # buildkit`, emptyLayer: false },
      };
      const top = path.split('/').slice(0, 2).join('/');
      const entry = { ...file(path, 'x', { mode }), layer };
      const tree = treeOf(top === path ? [entry] : [{ ...folder(top, { mode: 0o700 }), layer }, entry]);
      return rule.judge(entry, tree);
    };

    it('is dropped where the command names mktemp and its template', () => {
      expect(made('f=$(mktemp /tmp/build.XXXXXX) && date > $f', 0o600)).toBe('drop');
      expect(made('mktemp -d -t build.XXXXXX', 0o644, 'tmp/build.nkecfo/out')).toBe('drop');
      expect(made('mktemp --suffix .txt /tmp/aXXXX.txt', 0o600, 'tmp/abcde.txt')).toBe('drop');
    });

    it('is kept where the command has another template, or none, or where others may read it', () => {
      expect(made('mktemp /tmp/test.XXXXXX', 0o600)).toBe('keep');
      expect(made('mktemp /tmp/build.XXXXXXXX', 0o600)).toBe('keep');
      expect(made('touch /tmp/build.nkecfo', 0o600)).toBe('keep');
      expect(made('mktemp /tmp/build.XXXXXX', 0o644)).toBe('keep');
    });
  });

  it('keeps a name that the command has, which it did not make at random', () => {
    const layer = {
      ...layerAt(1, 'run'),
      history: { createdBy: 'RUN curl -o /tmp/jdk-17u35lts x', emptyLayer: false },
    };
    const entry = { ...file('tmp/jdk-17u35lts'), layer };
    expect(rule.judge(entry, treeOf([entry]))).toBe('keep');
    const within = { ...file('tmp/jdk-17u35lts/release'), layer };
    expect(rule.judge(within, treeOf([within]))).toBe('keep');
  });

  it('keeps what a Dockerfile copied, or what may have been', () => {
    expect(judged(rule, 'tmp/tmp.Apapod/worker.sh', 'copy')).toBe('keep');
    expect(judged(rule, 'tmp/tmp.Apapod/worker.sh', 'unknown')).toBe('keep');
  });

  it('gives programs one name, so that their content is compared', () => {
    const first = judged(rule, 'tmp/tmp.Apapod/bin/tool', 'run', { mode: 0o755 });
    expect(first).toEqual({ path: 'tmp/(random)/bin/tool' });
    expect(judged(rule, 'tmp/tmp.OBFehC/bin/tool', 'run', { mode: 0o755 })).toEqual(first);
  });
});
