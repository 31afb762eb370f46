import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const PATH = 'var/lib/gems/3.1.0/specifications/x-1.0.0.gemspec';
const ruby = (date: string, rest = '') =>
  `Gem::Specification.new do |s|\n  s.name = "x".freeze\n  s.date = "${date}"\n${rest}end\n`;
const yaml = (date: string, version = '1') =>
  `--- !ruby/object:Gem::Specification\nname: x\nversion: ${version}\ndate: ${date} 00:00:00.000000000 Z\n`;

describe('gemspec-date', () => {
  it('hides the day', () => {
    expect(isSameButNoise(PATH, ruby('2026-11-20'), ruby('2026-11-21'))).toBe(true);
    expect(isSameButNoise('metadata', yaml('2026-11-20'), yaml('2026-11-21'))).toBe(true);
  });

  it('keeps a dependency, a version, and a file that is no specification', () => {
    expect(isSameButNoise(PATH, ruby('2026-11-20'), ruby('2026-11-20', '  s.add_dependency "y"\n'))).toBe(false);
    expect(isSameButNoise('metadata', yaml('2026-11-20'), yaml('2026-11-20', '2'))).toBe(false);
    expect(isSameButNoise('app/x.gemspec', ruby('2026-11-20'), ruby('2026-11-21'))).toBe(false);
    expect(isSameButNoise('metadata', 'date: 1', 'date: 2')).toBe(false);
  });
});
