// What a person at two metres could not read, as sentences. Sizes are those on a mirror 1080 px wide, 24 inches from
// corner to corner; where the mirror has been told its own, those by which it reckons.
(() => {
  const faults = [];
  const boxes = [];
  const scale = Number(getComputedStyle(window.panel).getPropertyValue("--mira-scale")) || 1;
  const unit = (scale * Math.min(innerWidth, innerHeight)) / 1080;

  function* elements(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* elements(element.shadowRoot);
    }
  }
  const hasWords = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const ink = (element, style) => {
    if (style.overflow === "hidden") return element.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const light = (colour) => {
    const [red, green, blue] = colour.match(/\d+/g).map(Number);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  // What is chosen is black on white; everything else lies on the black that is the mirror.
  const onWhite = (element) => {
    const chosen = element.closest("[data-pointed]");
    return chosen !== null && light(getComputedStyle(chosen).backgroundColor) > 203;
  };
  // While it is dimmed, and in the colours of the night, a mirror is meant to be darker than #ccc.
  const dark = document.querySelector("mira-panel:is([night], [data-comfort=dim], [data-comfort=blank])");
  const overlap = (a, b) => ({
    x: Math.min(a.right, b.right) - Math.max(a.left, b.left),
    y: Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  });

  for (const element of elements(document.body)) {
    const style = getComputedStyle(element);
    if (!hasWords(element) || style.visibility === "hidden" || element.localName === "style") continue;
    const box = ink(element, style);
    if (box.width === 0) continue;
    const words = `“${element.textContent.trim().slice(0, 30)}”`;
    const size = parseFloat(style.fontSize) / unit;
    if (size < 46.9) faults.push(`${words} is ${size.toFixed(1)} px`);
    if (size < 60 && Number(style.fontWeight) < 400) faults.push(`${words} is thin`);
    const readable = onWhite(element) ? light(style.color) < 52 : light(style.color) >= 203;
    if (!dark && !readable) faults.push(`${words} is as dark as ${style.color}`);
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      faults.push(`${words} leaves the glass`);
    // The time's digits are lower than their line.
    if (element.dataset.test !== "time") boxes.push({ element, box, words });
  }
  for (const [index, a] of boxes.entries())
    for (const b of boxes.slice(index + 1)) {
      const { x, y } = overlap(a.box, b.box);
      if (x > 2 && y > 6 * unit && !a.element.contains(b.element) && !b.element.contains(a.element))
        faults.push(`${a.words} lies over ${b.words}`);
    }
  if (boxes.length === 0) faults.push("nothing is on the glass");
  return faults;
})();
