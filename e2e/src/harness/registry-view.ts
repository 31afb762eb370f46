import { createRegistryClient, type Repository } from '@image-versions/oci';

/** What a registry really holds below a prefix, asked without the plugin. */
export class RegistryView {
  readonly prefix: string;
  private readonly client = createRegistryClient();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  repository(image: string): Repository {
    return this.client.repository(`${this.prefix}/${image}`);
  }

  /** Of what a tag points at, or undefined. */
  async digest(image: string, tag: string): Promise<string | undefined> {
    return (await this.repository(image).resolve(tag))?.digest;
  }

  /** Sorted; empty where there is no such repository. */
  async tags(image: string): Promise<string[]> {
    return (await this.repository(image).tags()).sort();
  }
}
