import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatVersionsFile, parseVersionsFile, pinOf, withoutPins, withRelease } from './versions-file.js';

const date = new Date('2023-09-01T21:08:58Z');

/** In the shape of a file that a team kept for nine months. */
const GROWN = `# Which container runs at which version. Lines here win over image_vars.src.
#
# Held by people; write \`export name_VER="v1.2.3"\` so that no release and no build touches them.
# export console_VER="v2.9.0"
export gateway_VER="v3.1.0"

# Pinned by releases, unpinned by builds.
# Mon Jul  3 09:12:44 UTC 2023 -- v3.4.0
# Tue Aug 15 18:14:47 PDT 2023 -- v3.4.1
postgres_VER="v3.4.1"
# Fri Sep  1 21:08:58 UTC 2023 -- v3.4.12
redis_VER="v3.4.12"
rabbitmq_VER="v3.4.12"
`;

const parse = (text: string) => parseVersionsFile(text);
const pin = (text: string, prefix = 'app') => pinOf(parse(text), prefix);

describe('reading', () => {
  it('finds pins and holds, and nothing in comments', () => {
    const file = parse(GROWN);
    expect(pinOf(file, 'postgres')).toEqual({ kind: 'pin', version: 'v3.4.1' });
    expect(pinOf(file, 'rabbitmq')).toEqual({ kind: 'pin', version: 'v3.4.12' });
    expect(pinOf(file, 'gateway')).toEqual({ kind: 'hold', version: 'v3.1.0' });
    expect(pinOf(file, 'console')).toBeUndefined();
    expect(pinOf(file, 'name')).toBeUndefined();
    expect(pinOf(file, 'dis')).toBeUndefined();
  });

  it.each([
    'app_VER=v1.2.3',
    "app_VER='v1.2.3'",
    'app_VER="v1.2.3"',
    '  \tapp_VER="v1.2.3"  ',
    'app_VER="v1.2.3" # since the audit',
    'app_VER="v1.2.3";',
    'app_VER="v1.2.3"; # so',
    'app_VER="v1.2.3" # cut off\r',
    'app_VER="v1.2.3"\r\nother=1\r\n',
    '\uFEFFapp_VER="v1.2.3"\n',
    '\u00EF\u00BB\u00BFapp_VER="v1.2.3"\n',
  ])('takes %j as a pin', (text) => {
    expect(pin(text)).toEqual({ kind: 'pin', version: 'v1.2.3' });
  });

  it.each(['export app_VER="v1.2.3"', '\texport   app_VER=v1.2.3', "export app_VER='v1.2.3' # by Ann"])(
    'takes %j as a hold',
    (text) => {
      expect(pin(text)).toEqual({ kind: 'hold', version: 'v1.2.3' });
    },
  );

  it.each([
    '# app_VER="v1.2.3"',
    '#app_VER="v1.2.3"',
    'echo # app_VER="v1.2.3"',
    'my_app_VER="v1.2.3"',
    'app_VERSION="v1.2.3"',
    'app_VER_OVERRIDE="v1.2.3"',
    'APP_VER="v1.2.3"',
    'export app_VER',
    'echo "$app_VER"',
    'unset app_VER',
  ])('does not take %j as a pin of app', (text) => {
    expect(pin(text)).toBeUndefined();
  });

  it('lets the last assignment win, as a shell does', () => {
    expect(pin('app_VER="v1.0.0"\napp_VER="v2.0.0"\n')).toEqual({ kind: 'pin', version: 'v2.0.0' });
  });

  it('keeps an export in force, as a shell does', () => {
    expect(pin('export app_VER="v1.0.0"\napp_VER="v2.0.0"\n')).toEqual({ kind: 'hold', version: 'v2.0.0' });
    expect(pin('app_VER="v1.0.0"\nexport app_VER="v2.0.0"\n')).toEqual({ kind: 'hold', version: 'v2.0.0' });
  });

  it('is an error where a merge left a conflict, also for an image that is not in it', () => {
    const text = '<<<<<<< HEAD\napp_VER="v1.2.0"\n=======\napp_VER="v1.3.0"\n>>>>>>> release\nredis_VER="v1.0.0"\n';
    expect(() => pin(text)).toThrow(/image_versions.src, line 1: expected versions; got a merge conflict/);
    expect(() => pin(text, 'redis')).toThrow(/merge conflict/);
    expect(pin('# <<<<<<< no conflict\napp_VER="v1.2.0"\n')).toEqual({ kind: 'pin', version: 'v1.2.0' });
  });

  it('takes any tag for a hold', () => {
    expect(pin('export app_VER="hotfix-17"\n')).toEqual({ kind: 'hold', version: 'hotfix-17' });
  });

  it.each([
    'app_VER="$(rm -rf .)"',
    'app_VER=`date`',
    'app_VER="$OTHER"',
    'app_VER=$OTHER',
    'export app_VER="$(date)"',
    'app_VER=',
    'app_VER=""',
    'app_VER="1.2.3"',
    'app_VER="latest"',
    'app_VER="v1.2.3"#x',
    'app_VER=v1.2.3#x',
    'app_VER="v1.2.3" command',
    'app_VER="v1.2.3"; ls',
    'app_VER="v1.2.3"\rother_VER="v1.0.0"',
    'app_VER="v1.2.3',
    'other_VER="v1.0.0" app_VER="v1.2.3"',
    'export other_VER="v1.0.0" app_VER="v1.2.3"',
  ])('is an error naming file and line for %j', (line) => {
    const file = parseVersionsFile(`# one\n\n${line}\n`, 'versions/image_versions.src');
    expect(() => pinOf(file, 'app')).toThrowError(
      /^versions\/image_versions\.src, line 3: expected app_VER="<version>", the version being v1\.2\.3, .*; got "/,
    );
    expect(pinOf(file, 'unrelated')).toBeUndefined();
    expect(() => withoutPins(file, ['app'])).toThrowError(/line 3/);
    expect(() => withRelease(file, { version: 'v9.9.9', date, prefixes: ['app'] })).toThrowError(/line 3/);
  });
});

describe('writing back', () => {
  it.each([
    GROWN,
    GROWN.replaceAll('\n', '\r\n'),
    GROWN.trimEnd(),
    `\uFEFF${GROWN}`,
    '',
    '\n',
    '\r\n\r\n',
    '\r',
    'a\rb\r\r\n',
    '\tif true; then\n\tapp_VER=v1.2.3\n\tfi   ',
    'cat <<X\n\u2028\nX\n',
    '\0\n',
  ])('gives the same text (%#)', (text) => {
    expect(formatVersionsFile(parse(text))).toBe(text);
  });

  it('gives the same text for anything that looks like shell code', () => {
    const piece = fc.constantFrom(
      ...[
        'app_VER=',
        'export ',
        '"v1.2.3"',
        "'",
        '"',
        '$(',
        ')',
        '#',
        ' ',
        '\t',
        '\n',
        '\r\n',
        '\r',
        ';',
        '\\',
        '=',
        '\u2029',
        'é',
        '\uFEFF',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 60 }),
        (pieces) => {
          const text = pieces.join('');
          expect(formatVersionsFile(parse(text))).toBe(text);
        },
      ),
    );
  });

  it('gives the same bytes where they are no UTF-8, read as latin1', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        expect(Buffer.from(formatVersionsFile(parse(text)), 'latin1')).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe('removing pins', () => {
  const without = (text: string, ...prefixes: string[]) => formatVersionsFile(withoutPins(parse(text), prefixes));

  it('removes the lines meant and no other byte', () => {
    expect(without(GROWN, 'redis')).toBe(GROWN.replace('redis_VER="v3.4.12"\n', ''));
    expect(without(GROWN.replaceAll('\n', '\r\n'), 'postgres', 'rabbitmq')).toBe(
      GROWN.replace('postgres_VER="v3.4.1"\n', '').replace('rabbitmq_VER="v3.4.12"\n', '').replaceAll('\n', '\r\n'),
    );
  });

  it('leaves holds, and images without a line', () => {
    expect(without(GROWN, 'gateway', 'console', 'nobody')).toBe(GROWN);
  });

  it('removes all lines of an image that has several', () => {
    expect(without('app_VER=v1.0.0\nx=1\n  app_VER="v2.0.0" # again\n', 'app')).toBe('x=1\n');
  });

  it('keeps the byte order mark when the first line goes', () => {
    expect(without('\uFEFFapp_VER=v1.0.0\nx=1', 'app')).toBe('\uFEFFx=1');
  });

  it('is what a property over random files says: the other lines stay', () => {
    const line = fc.constantFrom(
      'app_VER="v1.2.3"',
      'export b_VER="v1.0.0"',
      'c_VER=3f2a9c1',
      '# app_VER="v1.2.3"',
      'x() { :; }',
      '',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, eol) => {
        const text = lines.map((each) => each + eol).join('');
        const left = lines.filter((each) => each !== 'app_VER="v1.2.3"').map((each) => each + eol);
        expect(without(text, 'app', 'b')).toBe(left.join(''));
      }),
    );
  });
});

describe('a release', () => {
  const release = (text: string, version: string, prefixes: string[], when = date) =>
    formatVersionsFile(withRelease(parse(text), { version, date: when, prefixes }));

  it('appends its date and version above the lines it adds', () => {
    expect(release(GROWN, 'v3.5.0', ['app', 'console'])).toBe(
      `${GROWN}# Fri Sep  1 21:08:58 UTC 2023 -- v3.5.0\napp_VER="v3.5.0"\nconsole_VER="v3.5.0"\n`,
    );
  });

  it.each([
    ['2023-08-15T18:14:47Z', '# Tue Aug 15 18:14:47 UTC 2023 -- v1.0.0'],
    ['2024-02-29T00:00:00Z', '# Thu Feb 29 00:00:00 UTC 2024 -- v1.0.0'],
    ['2024-01-01T23:59:59.999Z', '# Mon Jan  1 23:59:59 UTC 2024 -- v1.0.0'],
  ])('writes %s as date -u does', (when, header) => {
    expect(release('x\n', 'v1.0.0', ['app'], new Date(when)).split('\n')[1]).toBe(header);
  });

  it('moves the line of an image that is pinned at another version', () => {
    expect(release(GROWN, 'v3.5.0', ['redis'])).toBe(
      `${GROWN.replace('redis_VER="v3.4.12"\n', '')}# Fri Sep  1 21:08:58 UTC 2023 -- v3.5.0\nredis_VER="v3.5.0"\n`,
    );
  });

  it('does nothing for images pinned at this version already, held, or none', () => {
    expect(release(GROWN, 'v3.4.12', ['redis', 'rabbitmq', 'gateway'])).toBe(GROWN);
    expect(release(GROWN, 'v3.5.0', [])).toBe(GROWN);
  });

  it('ends a last line that has no end, and keeps to the ends that the file has', () => {
    expect(release('a=1\r\nb=2', 'v1.0.0', ['app'])).toBe(
      'a=1\r\nb=2\r\n# Fri Sep  1 21:08:58 UTC 2023 -- v1.0.0\r\napp_VER="v1.0.0"\r\n',
    );
  });

  it('begins its lines on their own where the only line of the file has no end', () => {
    expect(release('a=1', 'v1.0.0', ['app'])).toBe('a=1\n# Fri Sep  1 21:08:58 UTC 2023 -- v1.0.0\napp_VER="v1.0.0"\n');
  });

  it('begins a new file with an introduction that is no pin', () => {
    const text = release('', 'v1.0.0', ['web']);
    expect(text).toMatch(/^# Versions of images/);
    expect(text.endsWith('# Fri Sep  1 21:08:58 UTC 2023 -- v1.0.0\nweb_VER="v1.0.0"\n')).toBe(true);
    expect(pin(text)).toBeUndefined();
  });

  it('and taking the pins away again leaves the file and the header', () => {
    const file = withoutPins(withRelease(parse(GROWN), { version: 'v3.5.0', date, prefixes: ['app'] }), ['app']);
    expect(formatVersionsFile(file)).toBe(`${GROWN}# Fri Sep  1 21:08:58 UTC 2023 -- v3.5.0\n`);
  });
});
