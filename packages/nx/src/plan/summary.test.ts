import { describe, expect, it } from 'vitest';
import { formatMarkdownSummary, runOutputs, type SummaryRow } from './summary.js';

const row = (project: string, some: Partial<SummaryRow>): SummaryRow => ({
  project,
  image: `ghcr.io/acme/${project}`,
  outcome: 'kept',
  dryRun: false,
  before: 'v1.0.0',
  after: 'v1.0.0',
  tag: 'v1.0.0',
  digest: undefined,
  reasons: [],
  ...some,
});

const rows = [
  row('app', {
    outcome: 'published',
    after: '2222222',
    tag: '2222222',
    reasons: [{ kind: 'content', text: 'Code changed (a|b <i>x</i> `y`).' }],
  }),
  row('db-init', { reasons: [{ kind: 'content', text: 'The same in content.' }] }),
  row('redis', { outcome: 'held' }),
  row('new', { outcome: 'published', before: undefined, after: undefined, tag: '2222222', dryRun: true }),
  row('bad', { outcome: 'failed', reasons: [{ kind: 'request', text: 'Pinned tag:\nmoved' }] }),
];

describe('the summary of a run', () => {
  it('as outputs lists what was published, and counts', () => {
    expect(runOutputs(rows)).toEqual({ images: '["ghcr.io/acme/app:2222222"]', published: '1', kept: '2' });
    expect(runOutputs([])).toEqual({ images: '[]', published: '0', kept: '0' });
  });

  it('as Markdown is a table that no text of an image can break', () => {
    expect(formatMarkdownSummary(rows)).toBe(
      [
        '### Image versions',
        '',
        '| Image | Outcome | Version | Why |',
        '| --- | --- | --- | --- |',
        '| app | published | v1.0.0 -&gt; 2222222 | Code changed (a\\|b &lt;i&gt;x&lt;/i&gt; \\`y\\`). |',
        '| db-init | kept | v1.0.0 | The same in content. |',
        '| redis | held | v1.0.0 |  |',
        '| new | would be published | - |  |',
        '| bad | failed | v1.0.0 | Pinned tag: moved |',
        '',
        '',
      ].join('\n'),
    );
    expect(formatMarkdownSummary([])).toBe('');
  });
});
