// What a demonstration can be told, and what it does untold.

export type DemoOptions = {
  readonly seed: string;
  /** How many times as fast as real time the city lives. */
  readonly speed: number;
  readonly persons: number;
  /** Forget what an earlier run left. */
  readonly fresh: boolean;
  readonly configFile?: string | undefined;
};

export const DEMO_DEFAULTS: DemoOptions = {
  seed: 'dazhou',
  speed: 1,
  persons: 10_000,
  fresh: false,
};
