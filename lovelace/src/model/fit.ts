/** The room for rows, in px. */
export interface Room {
  /** Height of one column. */
  height: number;
  columns: number;
  /** Between two rows. */
  gap: number;
}

/** How many rows of these heights fit, column by column, where a line for the rest may come after them; 0: there is none. */
export function rowsThatFit(heights: number[], room: Room, restLine: number, all: boolean): number {
  if (all && place(heights, room) === heights.length) return heights.length;
  const fit = place(heights, room);
  if (restLine === 0) return fit;
  for (let rows = fit; rows > 0; rows -= 1) {
    if (place([...heights.slice(0, rows), restLine], room) === rows + 1) return rows;
  }
  return 0;
}

/** How many of these heights find a place. */
function place(heights: number[], { height, columns, gap }: Room): number {
  let column = 1;
  let used = 0;
  for (const [index, row] of heights.entries()) {
    const next = used === 0 ? row : used + gap + row;
    if (next > height && used > 0) {
      column += 1;
      used = row;
    } else used = next;
    if (column > columns || used > height) return index;
  }
  return heights.length;
}
