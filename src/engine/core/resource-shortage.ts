import type { Shortage } from '../../policy/shortage.ts';

/** A program could not be started now, because a resource is missing that may be available soon. */
export class ResourceShortage extends Error {
  override readonly name = 'ResourceShortage';
  readonly shortage: Shortage;

  constructor(shortage: Shortage, options?: ErrorOptions) {
    super(shortage.why, options);
    this.shortage = shortage;
  }
}
