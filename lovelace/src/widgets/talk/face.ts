/** A face of a few numbers, as lines on a square of 100 by 100: plain functions. */

/** What a persona expresses: custom_components/mira/emotions.py. */
export const EMOTIONS = [
  "neutral",
  "happy",
  "joy",
  "laughing",
  "love",
  "excited",
  "proud",
  "curious",
  "thinking",
  "surprised",
  "confused",
  "worried",
  "sad",
  "crying",
  "tired",
  "sleepy",
  "angry",
  "afraid",
  "embarrassed",
  "wink",
  "listening",
  "sorry",
] as const;

export type Emotion = (typeof EMOTIONS)[number];

const NUMBERS = [
  /** How far the upper lids are open: 0 closed, 1 open; above that, eyes are wide and have pupils. */
  "open",
  /** How far cheeks push the lower lids up: 1 makes an arch of an eye that laughs. */
  "cheer",
  /** Brows and upper lids: 1 angry, their inner ends down; -1 sad, their inner ends up. */
  "slant",
  /** Brows: 1 raised, -1 lowered. */
  "brow",
  /** One brow up, the other down, and the mouth aslant: -1 to 1. */
  "skew",
  /** How far one eye alone is closed. */
  "wink",
  /** Of the mouth: 0 to 1. */
  "width",
  /** Its corners: 1 up, -1 down. */
  "curve",
  /** How far it is open: 0 to 1. */
  "gape",
  /** Where it looks: to its left and right, up and down: -1 to 1. */
  "x",
  "y",
  /** 1: it blushes; -1: tears run. */
  "cheek",
  /** Of the eyes: 1 hearts, -1 stars, 0 as eyes are. */
  "shape",
] as const;

export type Face = Record<(typeof NUMBERS)[number], number>;

// biome-ignore format: a table is read by its columns
const TABLE: Record<Emotion, readonly number[]> = {
  //             open  cheer  slant   brow   skew   wink  width  curve   gape      x      y  cheek  shape
  neutral:     [    1,     0,     0,     0,     0,     0,   0.4,  0.25,     0,     0,     0,     0,     0],
  happy:       [    1,  0.35,  -0.1,   0.6,     0,     0,  0.65,   0.9,     0,     0,     0,     0,     0],
  joy:         [    1,     1,  -0.1,   0.6,     0,     0,   0.8,     1,  0.55,     0,     0,     0,     0],
  laughing:    [    1,     1,     0,   0.5,     0,     0,     1,  0.95,   0.9,     0,  -0.4,    -1,     0],
  love:        [    1,     0,  -0.2,   0.6,     0,     0,   0.6,   0.9,     0,     0,     0,     1,     1],
  excited:     [    1,     0,  -0.2,     1,     0,     0,   0.9,     1,  0.75,     0,  -0.2,     0,    -1],
  proud:       [  0.5,     0,     0,   0.9,  0.35,     0,   0.7,  0.75,     0,     0,  -0.5,     0,     0],
  curious:     [ 1.25,     0,  -0.1,   0.5,   0.7,   0.2,  0.25,   0.3,  0.15,   0.6,  -0.1,     0,     0],
  thinking:    [ 0.85,     0,   0.1,   0.1,   0.9,   0.2,   0.3,  -0.1,     0,  -0.8,  -0.9,     0,     0],
  surprised:   [  1.4,     0,  -0.1,     1,     0,     0,  0.12,     0,  0.75,     0,     0,     0,     0],
  confused:    [  0.9,     0,  -0.3,   0.1,    -1,   0.4,   0.5,  -0.6,     0,   0.1,     0,     0,     0],
  worried:     [ 1.15,     0,  -0.8,   0.4,     0,     0,   0.4,  -0.6,     0,     0,   0.1,     0,     0],
  sad:         [  0.7,     0,  -0.9,     0,     0,     0,   0.5,  -0.9,     0,     0,   0.6,     0,     0],
  crying:      [    0,     0,    -1,   0.2,     0,     0,   0.4,  -0.9,   0.7,     0,     0,    -1,     0],
  tired:       [ 0.42,     0, -0.35,  -0.3,     0,     0,  0.35,  -0.3,  0.55,     0,   0.4,     0,     0],
  sleepy:      [    0,     0,  -0.2,  -0.3,   0.3,     0,  0.08,     0,  0.35,     0,   0.5,     0,     0],
  angry:       [  0.7,  0.15,     1,  -0.7,     0,     0,  0.55,  -0.8,     0,     0,     0,     0,     0],
  afraid:      [  1.4,     0,    -1,   0.5,     0,     0,   0.7,  -0.6,   0.6,     0,     0,     0,     0],
  embarrassed: [  1.1,   0.2,  -0.5,   0.5,     0,     0,   0.3,   0.1,     0,   0.7,   0.5,     1,     0],
  wink:        [    1,  0.25,     0,   0.3,   0.3,     1,  0.65,   0.9,     0,     0,     0,     0,     0],
  listening:   [  1.2,     0,     0,   0.8,     0,     0,   0.3,   0.5,     0,     0,  -0.2,     0,     0],
  sorry:       [  0.1,     0,  -0.7,   0.2,     0,     0,   0.3,  -0.3,     0,     0,   0.8,     0,     0],
};

export const FACES = Object.fromEntries(
  EMOTIONS.map((emotion) => [emotion, named(TABLE[emotion])]),
) as Record<Emotion, Face>;

function named(numbers: readonly number[]): Face {
  return Object.fromEntries(NUMBERS.map((name, place) => [name, numbers[place]])) as Face;
}

/** The face that is this far (0 to 1) from one to another. */
export function between(one: Face, other: Face, far: number): Face {
  return Object.fromEntries(NUMBERS.map((name) => [name, one[name] * (1 - far) + other[name] * far])) as Face;
}
