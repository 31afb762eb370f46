#!/usr/bin/env node
import module from 'node:module';

/** Compiled code is kept for the next process by Node from 22.8 on (in the folder for temporary files): a tenth of a short command. */
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
await import('./program.js');
