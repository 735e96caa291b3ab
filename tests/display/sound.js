// What a person would take for a fault of the glass, as sentences: a word that is broken without a hyphen, a picture that
// is not there, a control that is too small for a finger, and a list that goes on beside a glass that is empty.
(() => {
  const faults = new Set();
  const touch = Number.parseFloat(getComputedStyle(window.panel).getPropertyValue("--mira-touch"));
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  function* elements(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* elements(element.shadowRoot);
    }
  }

  /** Parts between which a line may end: where a hyphen is, or comes where the line ends. */
  function words(node) {
    for (const { index, 0: word } of node.data.matchAll(/[^\s\u00ad\u200b\u2010/-]{2,}/g)) {
      const range = document.createRange();
      range.setStart(node, index + 1); // a letter after a soft hyphen has the box of that one, too
      range.setEnd(node, index + word.length);
      const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
      if (boxes.some(({ top }) => top > boxes[0].bottom - boxes[0].height / 4)) faults.add(`“${word}” is broken without a hyphen`);
    }
  }

  for (const element of elements(document.body)) {
    if (element.localName === "style" || !isSeen(element)) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) words(node);
    const { width, height } = element.getBoundingClientRect();
    const name = element.dataset.test ?? [element.localName, ...element.classList].join(".");
    if (element.localName === "img" && element.complete && !element.naturalWidth && width * height > 0)
      faults.add(`${name} is a broken picture`);
    if (element.matches("button, [role=button]") && width > 0 && Math.min(width, height) < touch - 0.6)
      faults.add(`${name} is ${width.toFixed(0)}×${height.toFixed(0)} px, and a finger needs ${touch.toFixed(0)}`);
    const next = element.shadowRoot?.querySelector(".row.unseen");
    if (next && window.panel.dataset.view === "page") {
      const face = window.panel.renderRoot.querySelector(".middle").getBoundingClientRect();
      const share = (face.width * face.height) / (innerWidth * innerHeight);
      if (share > 1 / 3) faults.add(`${element.localName} goes on, and ${Math.round(100 * share)} % of the glass are empty`);
    }
  }
  return [...faults];
})();
