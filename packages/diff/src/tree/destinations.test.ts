import { expect, it } from 'vitest';
import { copiedTo, workingDirAfter } from './destinations.js';

it.each([
  ['/bin/sh -c #(nop) COPY file:0123 in /app/run ', 'app/run'],
  ['/bin/bash -o pipefail -c #(nop) COPY dir:0123 in /app/', 'app'],
  ['/bin/sh -c #(nop) COPY --from=1 multi:0123 in /my app', 'my app'],
  ['/bin/sh -c #(nop) ADD file:0123 in / ', ''],
  ['COPY a b /app/ # buildkit', 'app'],
  ['COPY --chown=app --from=build /out/../x . # buildkit', 'work'],
  ['ADD https://example.com/x.tgz ../x', 'x'],
  ['COPY a $HOME/x # buildkit', undefined],
  // A name with blanks is not quoted.
  ['COPY a /var/log/my app/ # buildkit', undefined],
  ['COPY a my app/ # buildkit', 'work'],
  ['COPY a ../my app/ # buildkit', undefined],
  ['COPY /a /b ./app/ # buildkit', 'work/app'],
  ['COPY a app/ # buildkit', 'work/app'],
  // Where the system has a link, what was copied lies elsewhere.
  ['COPY a /var/run/app/ # buildkit', undefined],
  ['COPY a /lib/x # buildkit', undefined],
  ['COPY a /library/x # buildkit', 'library/x'],
  ['RUN cp a /app # buildkit', undefined],
  ['COPY', undefined],
])('%j goes to %j', (createdBy, path) => {
  expect(copiedTo(createdBy, '/work')).toBe(path);
});

it('a relative place is not known where no working directory is', () => {
  expect(copiedTo('COPY a . # buildkit', undefined)).toBeUndefined();
  expect(copiedTo('COPY a /b # buildkit', undefined)).toBe('b');
});

it.each([
  ['/bin/sh -c #(nop) WORKDIR /app', '/app'],
  ['WORKDIR sub/x # buildkit', '/before/sub/x'],
  ['WORKDIR $X', undefined],
  ['RUN cd /app', '/before'],
])('the working directory after %j is %j', (createdBy, path) => {
  expect(workingDirAfter(createdBy, '/before')).toBe(path);
});

it('a line of a million blanks takes no longer than its length asks for', () => {
  const blanks = ' '.repeat(1_000_000);
  expect(copiedTo(`COPY a${blanks}/b # buildkit`, undefined)).toBe('b');
  expect(workingDirAfter(`WORKDIR ${blanks}/b${blanks}`, undefined)).toBe('/b');
});
