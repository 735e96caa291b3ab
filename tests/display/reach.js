// Controls that are seen and do not get the finger that is put on their centre, as sentences.
(() => {
  const faults = [];

  function* elements(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* elements(element.shadowRoot);
    }
  }
  function touched(x, y) {
    let found = document.elementFromPoint(x, y);
    for (let inner = found; inner?.shadowRoot; ) {
      inner = inner.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === found) break;
      found = inner;
    }
    return found;
  }
  function isIn(inner, outer) {
    for (let element = inner; element; element = element.parentElement ?? element.getRootNode().host)
      if (element === outer) return true;
    return false;
  }

  // While it is dark, the first touch wakes, and does nothing else.
  if (document.querySelector("mira-panel").renderRoot.querySelector("mira-comfort[takes]")) return [];
  for (const element of elements(document.body)) {
    if (!element.matches("button, a, input, select, [role=button]") || element.disabled) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width < 1 || height < 1) continue;
    const name = element.dataset.uid ? `todo ${element.dataset.uid}` : (element.dataset.test ?? element.className);
    const found = touched(left + width / 2, top + height / 2);
    if (!isIn(found, element)) {
      const by = found ? [found.localName, ...found.classList].join(".") : "nothing: it is off the glass";
      faults.push(`${name} is dead: the touch goes to ${by}`);
    }
  }
  return faults;
})();
