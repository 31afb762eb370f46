import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { dotnetCaches } from './dotnet-caches.js';

describe('dotnet-caches', () => {
  it.each(['root/.local/share/NuGet/http-cache/x.dat', 'root/.dotnet/8.0.100.dotnetFirstUseSentinel'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(dotnetCaches, path)).toBe('drop');
    },
  );

  it.each(['root/.nuget/packages/x/1.0/lib/x.dll', 'root/.dotnet/tools/x', 'root/.nuget/NuGet/NuGet.Config'])(
    'keeps %s',
    (path) => {
      expect(judged(dotnetCaches, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(dotnetCaches, 'root/.local/share/NuGet/http-cache/x.dat', 'copy')).toBe('keep');
    expect(judged(dotnetCaches, 'root/.local/share/NuGet/http-cache/x.dat', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(dotnetCaches, 'root/.local/share/NuGet/http-cache/x.dat', 'unknown')).toBe('keep');
  });

  it.each(['root/.local/share/NuGet/v3-cache'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(dotnetCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(dotnetCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
