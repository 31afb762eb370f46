import { leftBehind } from './left-behind.js';

/** What interactive tools and downloaders remember of their use. */
export const toolHistories = leftBehind({
  name: 'tool-histories',
  reason:
    'wget, shells, interpreters, gpg and openssl remember in the home folder when and for what they were used during the build.',
  example: '/root/.wget-hsts has another time; hidden. /root/.bashrc or /root/.gnupg/pubring.kbx is not.',
  certainty: 'run',
  files:
    /(?:^|\/)(?:\.wget-hsts|\.lesshst|\.viminfo|\.rnd|\.(?:bash|ash|zsh|python|node_repl|sqlite|psql|mysql|irb)_history|\.gnupg\/(?:random_seed|\.#lk[^/]+))$|^(?:etc|var)\/\.updated$/,
});
