/**
 * Whether the page shall be loaded anew: the integration has another display than the one that runs here.
 * Once for each: a browser that gets the old one again shows that, rather than to begin for ever.
 */
export function isOutdated(
  own: string | null,
  current: string | null | undefined,
  loadedFor: string | null,
): boolean {
  return Boolean(own && current) && own !== current && loadedFor !== current;
}
