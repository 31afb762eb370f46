import { firstOf, ignoredAlways, type Kind, lines, user } from './kind.js';

const program = `import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Hello\\n")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
port = int(os.environ.get("PORT", "8000"))
print(f"Listening on {port}", flush=True)
ThreadingHTTPServer(("", port), Hello).serve_forever()
`;

/** Python: dependencies in a virtual environment, made in a stage of its own; without any, no command runs. */
export const python: Kind = (folder, { base = 'python:3.13-slim', port = 8000 }) => {
  const found = firstOf(folder, ['main.py', 'app.py', 'src/main.py', 'src/app.py', '__main__.py']);
  const entry = found ?? 'main.py';
  const requirements = firstOf(folder, ['requirements.txt', 'pyproject.toml']);
  const install =
    requirements === 'pyproject.toml'
      ? ['COPY . .', 'RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir .']
      : [
          'COPY requirements.txt .',
          'RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt',
        ];
  return {
    dockerfile: lines(
      ...(requirements === undefined
        ? [`FROM ${base}`, 'WORKDIR /app']
        : [
            `FROM ${base} AS dependencies`,
            'WORKDIR /app',
            ...install,
            '',
            `FROM ${base}`,
            'WORKDIR /app',
            'COPY --from=dependencies /venv /venv',
            'ENV PATH=/venv/bin:$PATH',
          ]),
      'COPY . .',
      'ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1',
      `ENV PORT=${port}`,
      `USER ${user}`,
      `EXPOSE ${port}`,
      `CMD ["python3", "${entry}"]`,
    ),
    ignore: [...ignoredAlways, '**/__pycache__', '**/*.pyc', '**/.venv', '**/.pytest_cache', '**/tests'],
    config: {},
    program: { 'main.py': program.replace('"8000"', `"${port}"`) },
    needsWorkspace: false,
    notes:
      folder.isNew || found !== undefined
        ? []
        : ['The Dockerfile starts main.py, which is not there: correct CMD in it.'],
  };
};
