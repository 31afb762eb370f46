import { describe, expect, it } from 'vitest';
import { ImageVersionsError, withHints } from './errors.js';

describe('what is thrown to Nx', () => {
  const thrown = (error: Error) => withHints(() => Promise.reject(error)).catch((cause: Error) => cause);

  it('is message and hint, and no stack', async () => {
    const error = await thrown(new ImageVersionsError('environment', 'No room', { hint: 'Make room.' }));
    expect(error).toMatchObject({ message: 'No room\n  Make room.', stack: 'No room\n  Make room.' });
  });

  it('is as it was where there is no hint: the stack helps', async () => {
    const fault = new TypeError('x is not a function');
    expect(await thrown(fault)).toBe(fault);
  });
});
