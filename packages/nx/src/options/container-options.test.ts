import { expect, it } from 'vitest';
import { normalizeContainer } from './container-options.js';

const normalized = (options: object) => () => normalizeContainer('app', 'apps/app', options);

it('an option of another type is told with its project and its name', () => {
  expect(normalized({ context: 5 })).toThrow('Option context of project app: expected a text, got 5');
  expect(normalized({ registry: ['ghcr.io/acme'] })).toThrow('Option registry of project app: expected a text');
});

it('an empty name of a Dockerfile is no name', () => {
  expect(normalized({ dockerfile: '' })).toThrow('Option dockerfile of project app: expected a text, got ""');
});

it('a registry with a scheme is told so', () => {
  expect(normalized({ registry: 'https://ghcr.io/acme' })).toThrow(
    'Option registry of project app: expected a host and a path in lower case, without https://',
  );
  expect(normalized({ registry: '' })().image).toBe('oci:.image-registry/app');
});

it.each([
  ['app', {}, 'ghcr.io/acme/app'],
  ['@acme/My-App', {}, 'ghcr.io/acme/acme/my-app'],
  ['app', { imagePrefix: 'dev_' }, 'ghcr.io/acme/dev_app'],
  ['@acme/app', { imageName: 'team/{projectName}-image' }, 'ghcr.io/acme/team/acme/app-image'],
])('the image of project %s with %j is %s', (project, options, image) => {
  expect(normalizeContainer(project, 'apps/app', { registry: 'ghcr.io/acme/', ...options }).image).toBe(image);
});

it('a name that no registry takes is an error that says where to set another', () => {
  expect(normalized({ imageName: 'app..x' })).toThrow('expected a repository name');
});

it('paths are those of the project where nothing else is written', () => {
  expect(normalized({})()).toMatchObject({
    dockerfile: 'apps/app/Dockerfile',
    context: 'apps/app',
    versionsFile: 'image_versions.src',
    varsFile: 'image_vars.src',
    buildTargetImage: 'app:latest',
  });
});

it('paths that are written may name the project, and the vars file lies beside the versions file', () => {
  const written = {
    dockerfile: 'docker/{projectName}.Dockerfile',
    context: '{projectRoot}/dist',
    versionsFile: 'config/pins.src',
    buildTargetImage: 'oci:dist/{projectName}',
  };
  expect(normalized(written)()).toMatchObject({
    dockerfile: 'docker/app.Dockerfile',
    context: 'apps/app/dist',
    varsFile: 'config/image_vars.src',
    buildTargetImage: 'oci:dist/app',
  });
});

it('values of build arguments and labels are texts', () => {
  const values = { NUMBER: 1, YES: true };
  const texts = { NUMBER: '1', YES: 'true' };
  expect(normalized({ buildArgs: values, labels: values })()).toMatchObject({ buildArgs: texts, labels: texts });
});
