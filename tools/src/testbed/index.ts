export * from './bases.js';
export * from './cache-server.js';
export * from './command.js';
export * from './fault-proxy.js';
export * from './install.js';
export * from './registry.js';
