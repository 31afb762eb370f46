import type { ExecutorContext } from '@nx/devkit';
import { expect, it } from 'vitest';
import { buildTargetBuilder } from './build-target.js';
import type { BuildRequest } from './builder.js';

const node = { data: { targets: { image: {} } } };
const context = {
  projectGraph: {
    nodes: { app: node, lib: node, jib: node },
    dependencies: { app: [{ target: 'lib' }], lib: [{ target: 'app' }] },
  },
} as unknown as ExecutorContext;
const request = { workspaceRoot: '/', container: { project: 'app' } } as BuildRequest;

it('a target of a project that the image does not depend on makes no image, since changes there would be missed', async () => {
  await expect(buildTargetBuilder('jib:image', context).build(request)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('jib is no dependency of app'),
    hint: expect.stringContaining('"implicitDependencies": ["jib"]'),
  });
});

it('a target that is not there is told by its name, and no stack', async () => {
  for (const [target, told] of [
    ['imgae', 'no target imgae in project app'],
    ['lib:imgae', 'no target imgae in project lib'],
  ] as const) {
    await expect(buildTargetBuilder(target, context).build(request)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(told),
      hint: expect.stringContaining('nx show project'),
    });
  }
});

it('one of a dependency, or of its own project, is run', async () => {
  for (const target of ['lib:image', 'image']) {
    await expect(buildTargetBuilder(target, context).build(request)).rejects.not.toMatchObject({ code: 'invalid' });
  }
});
