const SECRET_NAME = /passw|passphrase|secret|token|credential|auth|private|api_?key|(?:key|pwd|pass|dsn)s?(?:$|[_.-])/i;

const SECRET_WORD = '(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|account|auth|private|shared)[_-]?key)';
/** What is hidden of a value is what follows the first group. Each takes time by the value's length alone. */
const HIDDEN: readonly RegExp[] = [
  /(:\/\/[^/\s:@]{0,255}:)[^@\s]{0,255}(?=@)/g,
  // `password=`, `AccountKey:`, `"token": "`, also in the JSON of a command line.
  new RegExp(`(${SECRET_WORD}\\\\?["']?\\s*[=:]\\s*\\\\?["']?)[^\\s"'&;,\\\\]+`, 'gi'),
  // `--db-password x`, and as two words of a command line.
  new RegExp(`(${SECRET_WORD}(?<=-[\\w-]{0,60})(?:\\s+|","))[^\\s"\\\\]+`, 'gi'),
  /(\b(?:bearer|basic)\s+)[^\s"'\\]+/gi,
  /([?&]sig=)[^&\s"'\\]+/gi,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----).*/gs,
];

const MAX_SHOWN = 200;
/** Characters that are told before the first that differs, where a text is too long to be told whole. */
const CONTEXT = 40;

/** How a setting (`ENV FOO`, `CMD`) differs, in one line. What may be a secret is never shown. */
export function settingDetail(key: string, before: string | undefined, after: string | undefined): string {
  if (/^(?:ENV|LABEL) /.test(key) && SECRET_NAME.test(key.slice(key.indexOf(' ') + 1))) return 'value not shown';
  if (/^(?:EXPOSE|VOLUME|UNSET) |^ARGSESCAPED$/.test(key)) return '';
  const [was, is] = [before, after].map((value) => value && withoutSecrets(value));
  if (was === undefined || is === undefined) return shown(was ?? is ?? '', 0);
  if (was === is) return `${shown(is, 0)}, in a part that is not shown`;
  const from = Math.max(was.length, is.length) > MAX_SHOWN ? Math.max(0, firstDifference(was, is) - CONTEXT) : 0;
  return `${shown(was, from)} -> ${shown(is, from)}`;
}

/** A text with `***` for each part that says of itself that it is a secret. */
export function withoutSecrets(value: string): string {
  return HIDDEN.reduce((text, pattern) => text.replace(pattern, '$1***'), value);
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function shown(value: string, from: number): string {
  if (value === '') return '(empty)';
  const to = from + MAX_SHOWN;
  return `${from > 0 ? '…' : ''}${value.slice(from, to)}${to < value.length ? '…' : ''}`;
}
