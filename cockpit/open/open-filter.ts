// Which part of what is open is shown; it stands in the address, so that every view is a link.

export type OpenFilter = {
  readonly region: string | undefined;
  readonly band: string | undefined;
  readonly level: string | undefined;
  readonly overdue: string | undefined;
  readonly withdrawn: string | undefined;
};

export const FILTER_NAMES = ['region', 'band', 'level', 'overdue', 'withdrawn'] as const;

/** Reads the filter from the query of an address. */
export function filterOf(address: string): OpenFilter {
  const given = new URLSearchParams(address);
  return Object.fromEntries(
    FILTER_NAMES.map((name) => [name, given.get(name) ?? undefined]),
  ) as OpenFilter;
}

export const NOTHING_FILTERED: OpenFilter = {
  region: undefined,
  band: undefined,
  level: undefined,
  overdue: undefined,
  withdrawn: undefined,
};
