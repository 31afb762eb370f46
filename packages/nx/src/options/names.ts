/** This package, as `nx.json` and targets name it. */
export const packageName = '@image-versions/nx';

/** A target with this executor publishes a container, whatever the target is called. */
export const publishExecutor = `${packageName}:publish-image`;

/** The named input with what an image is made of. */
export const imageInputsName = 'imageSources';

/** Folder of records, from the workspace root. */
export const recordsFolder = 'dist/image-versions';
