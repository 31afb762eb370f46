import { expect, it, vi } from 'vitest';
import { afterEarly, askEarly, type ResolveTag } from './early-tags.js';

const digest = 'sha256:aa';
const app = { image: 'ghcr.io/acme/app', tag: 'v1' };
const found = () => vi.fn<ResolveTag>(async () => digest);

it('a tag that was asked for before the tasks is not asked for again', async () => {
  const [before, after] = [found(), found()];
  askEarly('run', [app], before);
  expect(await afterEarly('run', after)(app.image, app.tag)).toBe(digest);
  expect(before).toHaveBeenCalledExactlyOnceWith(app.image, app.tag);
  expect(after).not.toHaveBeenCalled();
});

it.each<[string, ResolveTag]>([
  ['failed', async () => Promise.reject(new Error('the registry is not there'))],
  ['was not there', async () => undefined],
])('one that %s is asked for again', async (_, before) => {
  askEarly('run', [app], before);
  expect(await afterEarly('run', found())(app.image, app.tag)).toBe(digest);
});

it('an error of the second time is that of the run', async () => {
  const fails: ResolveTag = async () => Promise.reject(new Error('still not there'));
  askEarly('run', [app], fails);
  await expect(afterEarly('run', fails)(app.image, app.tag)).rejects.toThrow('still not there');
});

it.each([
  ['another tag', 'run', { ...app, tag: 'v2' }],
  ['another image', 'run', { ...app, image: 'ghcr.io/acme/web' }],
  ['another run', 'run 2', app],
])('%s is asked for', async (_, runId, { image, tag }) => {
  askEarly('run', [app], async () => 'sha256:bb');
  expect(await afterEarly(runId, found())(image, tag)).toBe(digest);
});
