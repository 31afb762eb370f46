import { firstOf, ignoredAlways, type Kind, lines } from './kind.js';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Hello</title>
  </head>
  <body>
    <h1>Hello</h1>
  </body>
</html>
`;

function server(port: number): string {
  return `server {
  listen ${port};
  root /usr/share/nginx/html;
  server_tokens off;
  add_header X-Content-Type-Options nosniff always;

  location / {
    try_files $uri $uri/ /index.html;
  }
}
`;
}

/** Static content on nginx without root; on another base the content alone. No command runs, so the embedded builder can build it. */
export const staticContent: Kind = (folder, { base = 'nginxinc/nginx-unprivileged:1.29-alpine', port = 8080 }) => {
  const found = firstOf(folder, ['public', 'www', 'site', 'html']);
  const content = folder.isNew ? 'public' : folder.hasBuild ? 'dist' : (found ?? '.');
  const isServed = base.includes('nginx');
  const config: Record<string, string> = isServed ? { 'nginx.conf': server(port) } : {};
  return {
    dockerfile: isServed
      ? lines(
          `FROM ${base}`,
          'COPY nginx.conf /etc/nginx/conf.d/default.conf',
          `COPY ${content} /usr/share/nginx/html`,
          'USER 101:101',
          `EXPOSE ${port}`,
        )
      : lines(`FROM ${base}`, `COPY ${content} /srv/www`),
    ignore: content === '.' ? [...ignoredAlways, 'package.json', '**/node_modules'] : ignoredAlways,
    config,
    program: { 'public/index.html': page },
    needsWorkspace: false,
    notes: isServed ? [] : [`The content is in /srv/www; what serves it is up to ${base}.`],
  };
};
