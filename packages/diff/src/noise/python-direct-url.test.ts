import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const isSame = (a: object, b: object) =>
  isSameButNoise('venv/x-1.0.dist-info/direct_url.json', JSON.stringify(a), JSON.stringify(b));

describe('python-direct-url', () => {
  it('hides the folder that a package was installed from', () => {
    const from = (url: string) => ({ dir_info: {}, url });
    expect(isSame(from('file:///tmp/tmp.DEI93/src'), from('file:///tmp/tmp.421WB/src'))).toBe(true);
  });

  it('hides the sum of a wheel that was built with the image, since the times in it are others each time', () => {
    const sum = (sha256: string) => ({
      url: 'file:///wheels/x-1.0-py3-none-any.whl',
      archive_info: { hash: `sha256=${sha256}`, hashes: { sha256 } },
    });
    expect(isSame(sum('579ab16c'), sum('f8e95d32'))).toBe(true);
  });

  it.each<[string, object, object]>([
    [
      'a commit',
      { url: 'https://h/x', vcs_info: { vcs: 'git', commit_id: 'a' } },
      { url: 'https://h/x', vcs_info: { vcs: 'git', commit_id: 'b' } },
    ],
    ['a server', { url: 'https://h/x.whl', archive_info: {} }, { url: 'https://g/x.whl', archive_info: {} }],
    [
      'the sum of an archive from a server',
      { url: 'https://h/x.whl', archive_info: { hashes: { sha256: 'a' } } },
      { url: 'https://h/x.whl', archive_info: { hashes: { sha256: 'b' } } },
    ],
    [
      'that it was a folder, and no archive',
      { url: 'file:///x', archive_info: { hash: 'a' } },
      { url: 'file:///x', dir_info: {} },
    ],
    [
      'the folder in an archive',
      { url: 'file:///x.zip', subdirectory: 'a', archive_info: {} },
      { url: 'file:///x.zip', subdirectory: 'b', archive_info: {} },
    ],
    [
      'the folder of an editable package',
      { url: 'file:///a', dir_info: { editable: true } },
      { url: 'file:///b', dir_info: { editable: true } },
    ],
  ])('keeps %s', (_, a, b) => {
    expect(isSame(a, b)).toBe(false);
  });
});
