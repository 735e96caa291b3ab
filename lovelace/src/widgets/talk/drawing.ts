/** The lines of a face, on a square of 100 by 100: plain functions. */
import type { Face } from "./face.ts";

/** No line is thinner. */
export const STROKE = 5.5;
/** What is seen of the square, from its corner on: no line leaves it. */
export const FRAME = { from: 3, size: 94 };

/** SVG paths: what is filled and has an edge of `STROKE`, the holes in that, and lines of `STROKE`. */
export interface Lines {
  filled: string;
  holes: string;
  lines: string;
  /** How wide the edge of what is filled is. */
  edge: number;
}

type Point = readonly [x: number, y: number];
/** -1: the eye on the left of the picture; 1: on its right. */
type Side = -1 | 1;

const EYE = { x: 22, y: 42, wide: 7.4, high: 10.2 };
const BROW = { y: 22, half: 10.5 };
const MOUTH = { y: 74, least: 5, most: 24 };
/** Points of half an eye's outline. */
const STEPS = 20;

export function drawn(face: Face): Lines {
  const eyes = sides((side) => eye(face, side));
  const mouth = lips(face);
  return {
    filled: eyes + tears(face),
    holes: sides((side) => pupil(face, side)),
    lines: sides((side) => brow(face, side)) + mouth + blush(face),
    edge: STROKE * (1 - 0.7 * Math.abs(face.shape)),
  };
}

function sides(path: (side: Side) => string): string {
  return path(-1) + path(1);
}

/** Where an eye is: it goes along with where it looks. */
function eyeAt({ x, y }: Face, side: Side): Point {
  return [50 + side * EYE.x + 5 * x, EYE.y + 4.5 * y];
}

function eye(face: Face, side: Side): string {
  const { shape } = face;
  const [cx, cy] = eyeAt(face, side);
  const outline = eyeOutline(face, side);
  const other = shape > 0 ? HEART : STAR;
  const weight = Math.abs(shape);
  return polygon(
    outline.map(([x, y], place) => {
      const [ox, oy] = other[place] as Point;
      return [cx + x + (ox - x) * weight, cy + y + (oy - y) * weight];
    }),
  );
}

/** Around its middle: along the upper lid from left to right, and back along the lower one. */
function eyeOutline({ open, cheer, slant, wink }: Face, side: Side): Point[] {
  const wide = 1 + 0.7 * Math.max(0, open - 1);
  const [rx, ry] = [EYE.wide * wide, EYE.high * wide];
  const lid = ry * (1 - 2 * Math.min(1, open));
  const push = 2 * ry * Math.max(cheer, side > 0 ? wink : 0);
  // An eye that is nearly shut is wider and flatter.
  const shut = Math.min(1, Math.max(0, (lid + ry + push) / (2 * ry)));
  const [across, down] = [rx * (1 + 0.3 * shut), 1 - 0.45 * shut];
  const upper: Point[] = [];
  const lower: Point[] = [];
  for (let step = 0; step <= STEPS; step += 1) {
    const far = -Math.cos((Math.PI * step) / STEPS);
    const arch = ry * Math.sqrt(1 - far * far);
    // The edge of the upper lid goes down towards the nose, or away from it; a cheek is round.
    const edge = lid + ry * Math.abs(slant) * (0.45 - 0.5 * side * far * Math.sign(slant));
    const cheek = ry - push * (1 - 0.5 * far * far);
    const top = Math.min(arch, Math.max(-arch, edge));
    const bottom = Math.max(-arch, Math.min(arch, cheek));
    // Lids that meet: of an eye that laughs the upper one stays, of one that is shut the lower one.
    const meet = push > ry ? top : bottom;
    upper.push([far * across, down * (top < bottom ? top : meet)]);
    lower.unshift([far * across, down * (top < bottom ? bottom : meet)]);
  }
  return [...upper, ...lower];
}

function pupil(face: Face, side: Side): string {
  const size = 4.6 * Math.min(1, Math.max(0, (face.open - 1) * 8)) * (1 - Math.abs(face.shape));
  if (size < 0.5 || (side > 0 && face.wink > 0.6)) return "";
  const [x, y] = eyeAt(face, side);
  return circle([x + 3.5 * face.x, y + 3.5 * face.y], size);
}

function brow({ brow, slant, skew, y, x, open }: Face, side: Side): string {
  const height = BROW.y - 7 * brow - 5 * skew * side + 2.5 * y - Math.max(0, open - 1) * 6;
  const middle = 50 + side * (EYE.x + 1) + 2.5 * x;
  const inner: Point = [middle - side * BROW.half, height + 7 * slant];
  const outer: Point = [middle + side * BROW.half, height - 5.5 * slant + 1.5];
  return curve(inner, [middle, height - 3.5 + Math.abs(slant) * 2], outer);
}

function lips({ width, curve: bend, gape, skew, x }: Face): string {
  const half = MOUTH.least + (MOUTH.most - MOUTH.least) * width;
  const middle = 50 + 2.5 * x;
  const corner = MOUTH.y - 6 * bend;
  const [left, right]: [Point, Point] = [
    [middle - half, corner + 3 * skew],
    [middle + half, corner - 3 * skew],
  ];
  const [smile, frown] = [Math.max(0, bend), Math.max(0, -bend)];
  const upper: Point = [middle, MOUTH.y + 7 * bend * (1 - 0.75 * gape * smile) - gape * (11 - 5 * frown)];
  const lower: Point = [middle, MOUTH.y + 7 * bend * (1 - 0.6 * gape * frown) + gape * (11 + 2 * smile)];
  if (gape < 0.02) return curve(left, upper, right);
  return `${cubic(left, upper, right, true)}${cubic(right, lower, left, false)}Z`;
}

function tears({ cheek }: Face): string {
  const size = Math.max(0, -cheek);
  if (size < 0.1) return "";
  return sides((side) => {
    const [x, y] = [50 + side * (EYE.x + 12), EYE.y + 18];
    const r = 2.6 * size;
    return `M${at([x, y - 2.6 * r])}Q${at([x + 1.5 * r, y - 0.3 * r])} ${at([x + r, y + 0.3 * r])}A${r} ${r} 0 1 1 ${at([x - r, y + 0.3 * r])}Q${at([x - 1.5 * r, y - 0.3 * r])} ${at([x, y - 2.6 * r])}Z`;
  });
}

function blush({ cheek }: Face): string {
  const size = Math.max(0, cheek);
  if (size < 0.1) return "";
  return sides((side) =>
    [-4.5, 4.5]
      .map((aside) => {
        const x = 50 + side * (EYE.x + 11) + aside;
        return `M${at([x + 1.5 * size, EYE.y + 20 - 2.5 * size])}L${at([x - 1.5 * size, EYE.y + 20 + 2.5 * size])}`;
      })
      .join(""),
  );
}

/** As many points as an eye has: what is at this angle, anticlockwise from the right. */
function outlined(point: (angle: number) => Point): Point[] {
  const half = (from: number) =>
    Array.from({ length: STEPS + 1 }, (_, step) => point(from - (Math.PI * step) / STEPS));
  return [...half(Math.PI), ...half(0)];
}

const HEART = outlined((angle) => {
  const turn = Math.PI / 2 - angle;
  const up = 13 * Math.cos(turn) - 5 * Math.cos(2 * turn) - 2 * Math.cos(3 * turn) - Math.cos(4 * turn);
  return [11 * Math.sin(turn) ** 3, -0.68 * up - 1];
});

/** Five points, the first one up. */
const STAR = outlined((angle) => {
  const fifths = (5 * (Math.PI / 2 - angle)) / (2 * Math.PI);
  const radius = 6 + 18 * Math.abs(fifths - Math.floor(fifths) - 0.5);
  return [radius * Math.cos(angle), -radius * Math.sin(angle)];
});

function polygon(points: readonly Point[]): string {
  return `M${points.map(at).join("L")}Z`;
}

function curve(from: Point, over: Point, to: Point): string {
  // Through its middle, not only towards it.
  const control: Point = [2 * over[0] - (from[0] + to[0]) / 2, 2 * over[1] - (from[1] + to[1]) / 2];
  return `M${at(from)}Q${at(control)} ${at(to)}`;
}

/** A rounder curve whose middle is at `over`. */
function cubic(from: Point, over: Point, to: Point, first: boolean): string {
  const bulge = (point: Point): Point => [
    point[0] + (over[0] - point[0]) * 0.1,
    point[1] + ((over[1] - (from[1] + to[1]) / 2) * 4) / 3,
  ];
  return `${first ? `M${at(from)}` : ""}C${at(bulge(from))} ${at(bulge(to))} ${at(to)}`;
}

function circle([x, y]: Point, r: number): string {
  return `M${at([x - r, y])}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}

function at([x, y]: Point): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}
