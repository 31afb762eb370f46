import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { pythonCaches } from './python-caches.js';

describe('python-caches', () => {
  it.each([
    'root/.cache/pip/wheels/ae/74/x-1.0-py3-none-any.whl',
    'home/app/.cache/uv/simple-v28/pypi/six.rkyv',
    'app/.cache/pypoetry/cache/x',
    'root/.local/state/pipx/log/cmd_2026-11-23_03.39.01.log',
    'root/.cache/virtualenv/wheel/3.11/embed/3/pip.json',
    'root/.local/share/virtualenv/wheel/3.11/embed/3/setuptools.json',
    'opt/pipx/logs/cmd_2026-11-23_03.39.01_pip_errors.log',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(pythonCaches, path)).toBe('drop');
  });

  it.each([
    'usr/lib/python3/dist-packages/x.py',
    'root/.cache/huggingface/model.bin',
    'root/.cache/pypoetry/virtualenvs/app/x.py',
    'root/.config/pip/pip.conf',
    'root/.local/share/pipx/venvs/cowsay/pipx_metadata.json',
    'root/.local/state/pipx/log/cmd.log',
    'root/.cache/virtualenv/wheel/house/pip-26.3-py3-none-any.whl',
    'root/.cache/virtualenv/wheel/3.11/image/1/CopyPipInstall/pip-26.3-py3-none-any/pip/__init__.py',
    'root/.local/share/virtualenvs/app-1/lib/python3.11/site-packages/x.json',
    // The environment of a script: `uv run --offline --script /app/s.py` runs what lies there.
    'root/.cache/uv/environments-v2/s-e7fdba2c0e604d84/lib/python3.11/site-packages/six.py',
  ])('keeps %s', (path) => {
    expect(judged(pythonCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(pythonCaches, 'root/.cache/pip/wheels/ae/74/x-1.0-py3-none-any.whl', 'copy')).toBe('keep');
    expect(judged(pythonCaches, 'root/.cache/pip/wheels/ae/74/x-1.0-py3-none-any.whl', 'run', { mode: 0o755 })).toBe(
      'keep',
    );
  });

  it.each(['d0V8_U3Ai30y6_2fIUJbW', '-rs_NLrBTXUtfBO0'])(
    'gives the random folder %s of uv a constant name',
    (random) => {
      const path = `root/.cache/uv/archive-v0/${random}/numpy/core/_simd.so`;
      const constant = { path: 'root/.cache/uv/archive-v0/(random)/numpy/core/_simd.so' };
      expect(judged(pythonCaches, path)).toEqual(constant);
      expect(judged(pythonCaches, path, 'run', { mode: 0o755 })).toEqual(constant);
      expect(judged(pythonCaches, path, 'copy', { mode: 0o755 })).toBe('keep');
      expect(judged(pythonCaches, path, 'unknown', { mode: 0o755 })).toBe('keep');
      expect(judged(pythonCaches, 'root/.cache/uv/archive-v0/numpy/x.so', 'run', { mode: 0o755 })).toBe('keep');
      const folder = `root/.cache/uv/archive-v0/${random}`;
      expect(judged(pythonCaches, folder, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
      const link = { type: 'symlink', mode: 0o777, linkTarget: `/${folder}` } as const;
      expect(judged(pythonCaches, 'root/.cache/uv/wheels-v5/pypi/numpy/2.0.0-cp311', 'run', link)).toBe('drop');
    },
  );

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(pythonCaches, 'root/.cache/pip/wheels/ae/74/x-1.0-py3-none-any.whl', 'unknown')).toBe('keep');
  });

  it.each(['root/.cache/pip/http-v2', 'root/.cache/virtualenv/wheel/house/download-emzpoh9f'])(
    'drops the folder %s, unless others may write to it',
    (path) => {
      expect(judged(pythonCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
      expect(judged(pythonCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
    },
  );
});
