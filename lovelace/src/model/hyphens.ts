/** Longer words may have to be broken on a narrow glass; shorter ones never. */
const LONGEST = 12;
const PART = 5;
/** Of scripts whose words are broken with a hyphen. Without marks: none is parted from its letter. */
const LETTERS = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+/gu;

/**
 * The text with soft hyphens in its longest words: where such a word does not fit, it is broken with a hyphen. Browsers have no
 * dictionary for that on every machine, so it is not always where a person would break it: but after a vowel where there is one.
 */
export function hyphenated(text: string): string {
  const broken = text.replace(LETTERS, (word) => (word.length > LONGEST ? parts(word).join("\u00ad") : word));
  return broken.replaceAll("_", "_\u200b"); // a name of a program
}

function parts(word: string): string[] {
  const found = [];
  let rest = word;
  while (rest.length >= 2 * PART) {
    const vowel = rest.slice(PART - 2, PART + 2).search(/[aeiouyäöüáéíóúàèìòù](?=[^aeiouyäöüáéíóúàèìòù])/i);
    const length = vowel < 0 ? PART : PART - 1 + vowel;
    found.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...found, rest];
}
