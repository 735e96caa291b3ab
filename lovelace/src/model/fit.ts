/** How many rows of these heights fit, where a last line for the rest is needed if not all do. */
export function rowsThatFit(heights: number[], gap: number, available: number, restLine: number): number {
  const total = heights.reduce((sum, height) => sum + height, 0) + gap * Math.max(0, heights.length - 1);
  if (total <= available) return heights.length;
  let used = restLine;
  let rows = 0;
  for (const height of heights) {
    used += height + gap;
    if (used > available) break;
    rows += 1;
  }
  return rows;
}
