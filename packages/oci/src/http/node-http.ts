/**
 * Node's HTTP, loaded when it is needed. An `import` would read each of its exports, and one of them makes Node load its WebSocket and
 * fetch: that takes as long as starting Node.
 */
export const nodeHttp = () => process.getBuiltinModule('node:http');

/** As `nodeHttp`. It loads Node's TLS. */
export const nodeHttps = () => process.getBuiltinModule('node:https');
