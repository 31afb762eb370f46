import { describeBuilderContract } from './builder-contract.testing.js';
import { embedded } from './embedded.js';

describeBuilderContract('embedded', async () => ({ builder: embedded, runs: false, close: async () => {} }));
