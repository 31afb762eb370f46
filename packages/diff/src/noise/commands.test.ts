import { describe, expect, it } from 'vitest';
import { onlyPuts, pipelinesOf } from './commands.js';

const puts = (createdBy: string) => onlyPuts({ createdBy, emptyLayer: false });
const programs = (createdBy: string) =>
  pipelinesOf({ createdBy, emptyLayer: false }).map((stages) => stages.map(({ program }) => program));

describe('the commands of a line of history', () => {
  it('are those of either builder, with build arguments or without, by a shell or alone', () => {
    const expected = [['mkdir'], ['curl', 'tar']];
    const command = 'mkdir -p /opt && curl -fs https://x/v?a=1 | tar xz -C /opt';
    expect(programs(`/bin/sh -c ${command}`)).toEqual(expected);
    expect(programs(`RUN /bin/sh -c ${command} # buildkit`)).toEqual(expected);
    expect(programs(`|2 A=1 B=x y /bin/bash -o pipefail -c ${command}`)).toEqual(expected);
    expect(programs(`RUN |1 A=1 /bin/sh -c ${command} # buildkit`)).toEqual(expected);
    expect(programs('RUN cp -a /src/. / # buildkit')).toEqual([['cp']]);
    expect(programs(`RUN /bin/sh -c bash -euc '${command}' # buildkit`)).toEqual(expected);
  });

  it('end where a shell ends them, and not in quotes or redirections', () => {
    expect(programs('/bin/sh -c echo "a; b | c" \'d && e\' f\\;g > /x 2>&1; make &> /y || true')).toEqual([
      ['echo'],
      ['make'],
      ['true'],
    ]);
    expect(programs('/bin/sh -c if ! test -d /x; then sudo A=1 /usr/bin/cp a /x; fi; (cd /x && mv a b)')).toEqual([
      ['test'],
      ['cp'],
      ['fi'],
      ['cd'],
      ['mv'],
    ]);
  });
});

describe('a RUN that only puts files somewhere', () => {
  it.each([
    'wget -qO- http://x/v.tar | tar -x -C / -f -',
    'set -eux;   mkdir -p /root/.cache && cp -r /models/. /root/.cache/pip; chown -R 1000 /root',
    'curl -fsSLO https://x/v.zip && unzip -d / v.zip && rm v.zip',
    'echo 0123 > /etc/machine-id',
    'echo $A; wget -q -O /var/log/a.log http://x/a 2>&1 >/dev/null',
    'base64 -d < /key > /etc/ssh/ssh_host_rsa_key',
    'for f in a b; do cp /src/$f /var/log/$f.log; done',
  ])('is %s', (command) => {
    expect(puts(`/bin/sh -c ${command}`)).toBe(true);
    expect(puts(`RUN /bin/sh -c ${command} # buildkit`)).toBe(true);
  });

  it.each([
    'apt-get install -y curl && curl -fs https://x | tar xz',
    'curl -fs https://x | sh',
    './install.sh',
    'echo "$(date)" > /built',
    'echo $RANDOM > /seed',
    'd=$(mktemp -d) && cp -r /src $d',
    'tr -d - < /proc/sys/kernel/random/uuid > /etc/machine-id',
    'head -c 16 /dev/urandom > /salt',
    'date > /built',
    'curl -vo /get https://x 2> /var/log/get.log',
    'chown -R 1000 /root',
    'mkdir -p /x && touch /x/y',
  ])('is not %s', (command) => {
    expect(puts(`/bin/sh -c ${command}`)).toBe(false);
  });

  it('is told in a time by its length alone', () => {
    for (const piece of ['"\\"', "'", '(', 'a=b ', '| ', ' /', 'sh -c "', '> ', '|1 '])
      puts(`/bin/sh -c ${piece.repeat(2_000_000)}`);
    for (const piece of ['"\\"', "'", '(', 'a=b ', '| ', ' /', 'sh -c "', '> ', '|1 ']) puts(piece.repeat(2_000_000));
    for (const piece of ['"\\"', "'", '(', 'a=b ', '| ', ' /', 'sh -c "', '> ', '-x', ' -x'])
      puts(`/bin/sh -c ${piece.repeat(20_000)}`);
  });
});
