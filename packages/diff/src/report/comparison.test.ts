import { describe, expect, it } from 'vitest';
import type { Change, Comparison } from '../compare/comparison.js';
import { comparisonToMarkdown } from './comparison-markdown.js';
import { comparisonToText } from './comparison-text.js';

const change = (rest: Partial<Change>): Change => ({
  category: 'code',
  kind: 'file',
  action: 'modified',
  subject: '/app/x',
  detail: 'mode 0644 -> 0600',
  ...rest,
});
const comparison = (rest: Partial<Comparison> = {}): Comparison => ({
  verdict: 'changed',
  decidedBy: 'content',
  before: { name: 'remote://r/app:1', configDigest: `sha256:${'a'.repeat(64)}` },
  after: { name: 'daemon://app' },
  changes: [
    change({}),
    change({ category: 'os-packages', kind: 'package', subject: 'openssl', detail: '3.0.15-1 -> 3.0.16-1' }),
  ],
  truncated: false,
  categories: ['code', 'os-packages'],
  noise: [
    { rule: 'apt-logs', reason: 'Logs.', count: 13, examples: ['/var/log/a'] },
    { rule: 'shadow-days', reason: 'Days.', count: 1, examples: ['/etc/shadow'] },
  ],
  profile: 'content',
  policyVersion: '1',
  ...rest,
});
const same: Partial<Comparison> = { verdict: 'same', decidedBy: 'fingerprint', changes: [], categories: [], noise: [] };

describe('the text of a comparison', () => {
  it('says the verdict, the images, each change below its category, and what is noise', () => {
    expect(comparisonToText(comparison())).toBe(`changed: code, OS packages
  before  remote://r/app:1 (sha256:aaaaaaaaaaaa)
  after   daemon://app

code
  ~ /app/x  mode 0644 -> 0600

OS packages
  ~ openssl  3.0.15-1 -> 3.0.16-1

14 differences are build noise (apt-logs, shadow-days)
`);
  });

  it('says of the same images what settled it', () => {
    expect(comparisonToText(comparison(same)).split('\n')[0]).toBe('same: the fingerprints are the same');
  });

  it('counts what is more than a person reads, and tells it all if asked', () => {
    const changes = Array.from({ length: 25 }, (_, at) => change({ subject: `/app/${at}` }));
    const many = comparison({ changes, categories: ['code'] });
    expect(comparisonToText(many)).toContain('  … and 5 more\n');
    expect(comparisonToText(many, { verbose: true })).toContain('/app/24');
    expect(comparisonToText(many, { verbose: true })).toContain('apt-logs (13): Logs. /var/log/a');
  });

  it('does not claim to have counted what is not listed', () => {
    const changes = Array.from({ length: 25 }, (_, at) => change({ subject: `/app/${at}` }));
    const config = change({ category: 'configuration', kind: 'config', subject: 'ENV A' });
    const cut = comparison({ changes: [...changes, config], categories: ['code', 'configuration'], truncated: true });
    expect(comparisonToText(cut)).toContain('  … and 5 or more\n');
    expect(comparisonToMarkdown(cut)).toContain('| … and 5 or more | |\n');
  });

  it('has colour only when told', () => {
    expect(comparisonToText(comparison())).not.toContain('\u001b');
    expect(comparisonToText(comparison(), { color: true })).toContain('\u001b');
  });

  it('lets no path of an image act on the terminal', () => {
    const text = comparisonToText(comparison({ changes: [change({ subject: '/a\u001b[2J\nb' })] }));
    expect(text).toContain('/a\\u001b[2J\\u000ab');
  });

  it('names the platform where there are several', () => {
    expect(comparisonToText(comparison({ changes: [change({ platform: 'linux/arm64' })] }))).toContain(
      '/app/x [linux/arm64]',
    );
  });

  it('lets no platform act on the terminal, which is what the image says', () => {
    const hostile = comparison({ changes: [change({ platform: 'linux/\u001b[2J|<b>' })] });
    expect(comparisonToText(hostile)).toContain('/app/x [linux/\\u001b[2J|<b>]');
    expect(comparisonToMarkdown(hostile)).toContain('`/app/x` (linux/\\\\u001b\\[2J\\|\\<b\\>) |');
  });
});

describe('the Markdown of a comparison', () => {
  it('has a table for each category, and the noise folded away', () => {
    const text = comparisonToMarkdown(comparison());
    expect(text).toContain('**changed**: code, OS packages\n');
    expect(text).toContain('| OS packages | |\n| --- | --- |\n| ~ `openssl` | `3.0.15-1 -> 3.0.16-1` |\n');
    expect(text).toContain('<summary>14 differences are build noise (apt-logs, shadow-days)</summary>');
  });

  it('lets no path of an image end its cell or its code span', () => {
    const text = comparisonToMarkdown(comparison({ changes: [change({ subject: '/a`|<img>\n' })] }));
    expect(text).toContain('| ~ `` /a`\\|<img>\\u000a `` |');
  });

  it('is one line for the same images, and which they are', () => {
    expect(comparisonToMarkdown(comparison(same)).split('\n')).toHaveLength(4);
  });
});
