import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { pythonInstallerNotes } from './python-installer-notes.js';

describe('python-installer-notes', () => {
  it.each(['usr/lib/python3/dist-packages/x-1.0.dist-info/INSTALLER', 'venv/x-1.0.dist-info/REQUESTED'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(pythonInstallerNotes, path)).toBe('drop');
    },
  );

  it.each(['venv/x-1.0.dist-info/METADATA', 'venv/x-1.0.dist-info/entry_points.txt', 'venv/INSTALLER'])(
    'keeps %s',
    (path) => {
      expect(judged(pythonInstallerNotes, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(pythonInstallerNotes, 'usr/lib/python3/dist-packages/x-1.0.dist-info/INSTALLER', 'copy')).toBe(
      'keep',
    );
    expect(
      judged(pythonInstallerNotes, 'usr/lib/python3/dist-packages/x-1.0.dist-info/INSTALLER', 'run', { mode: 0o755 }),
    ).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(pythonInstallerNotes, 'usr/lib/python3/dist-packages/x-1.0.dist-info/INSTALLER', 'unknown')).toBe(
      'drop',
    );
  });
});
