import { expect, it } from 'vitest';
import { parseVarsScript } from './parse-vars-script.js';

const script = `#!/bin/bash
# Generated; run scripts/names.sh in place of changing it.
SHOP_IMAGES_ARR=( web svc-claims db )
export SHOP_IMAGES="web svc-claims db"
VAR_PREFIXES_ARR=(
  web # the front
  svcclaims
  database
)
export VAR_PREFIXES="web svcclaims database"

getVarValue(){
  local NAME=\${1}\${2}
  echo "\${!NAME}"
}
tagOf() { echo "$1"; }

# --- web in folder ./front/web
export web_GRADLE_IMG="acme/web"
export web_IMG="shop-web"
export web_VER="\${IMAGE_TAG}"
# --- svc-claims in folder ./svc-claims
export svcclaims_GRADLE_IMG='acme/svc-claims'
export svcclaims_IMG=shop-svc-claims
export database_IMG="\${SHOP}-db"
if [ -f extra.src ]; then
source "scripts/image_versions.src"
eval "$@"
`;

it('reads names, prefixes, published names and folders', () => {
  expect(parseVarsScript(script).images).toEqual([
    { name: 'web', prefix: 'web', published: 'shop-web', folder: './front/web' },
    { name: 'svc-claims', prefix: 'svcclaims', published: 'shop-svc-claims', folder: './svc-claims' },
    { name: 'db', prefix: 'database' },
  ]);
});

it('tells what the generated file will not have', () => {
  expect(parseVarsScript(script).notCarriedOver).toEqual([
    'SHOP_IMAGES_ARR, SHOP_IMAGES: the generated file has IMAGES_ARR, IMAGES',
    'variables <prefix>_GRADLE_IMG, of 2 images',
    'function tagOf',
  ]);
});

it('lists what only a shell could tell', () => {
  expect(parseVarsScript(script).unknown).toEqual([
    { line: 25, text: `export database_IMG="\${SHOP}-db"` },
    { line: 26, text: 'if [ -f extra.src ]; then' },
  ]);
});

it('runs nothing', () => {
  const hostile = 'IMAGES_ARR=( $(touch /tmp/x) )\nx=`id`\nexport a_IMG="$(id)"\n';
  expect(parseVarsScript(hostile)).toMatchObject({ images: [{ prefix: 'a', published: undefined }] });
  expect(parseVarsScript(hostile).unknown).toHaveLength(3);
});

it('takes a prefix to be the name without dashes where the lists differ in length', () => {
  const { images, notCarriedOver } = parseVarsScript('IMAGES_ARR=( a-b c )\nVAR_PREFIXES_ARR=( ab )\n');
  expect(images.map(({ prefix }) => prefix)).toEqual(['ab', 'c']);
  expect(notCarriedOver[0]).toMatch(/2 images and 1 prefixes/);
});

it.each(['', '\n\n', 'f() {\n', 'A=(', '}'])('takes any text: %j', (text) => {
  expect(parseVarsScript(text).images).toEqual([]);
});
