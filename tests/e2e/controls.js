// The controls on the glass that are seen, each with the middle of what a finger would be put on.
(() => {
  function* elements(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* elements(element.shadowRoot);
    }
  }
  const found = [...elements(document)];
  const panel = found.find((element) => element.localName === "mira-panel");
  const controls = [...elements(panel.shadowRoot)].filter(
    (element) =>
      element.matches("button, a, input, select, [role=button]") &&
      !element.disabled &&
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
  );
  return controls.map((element) => {
    const { test: hook = element.className, uid = "" } = element.dataset;
    const { left, top, width, height } = element.getBoundingClientRect();
    const key = [hook, uid].filter(Boolean).join(" ");
    return { key, hook, uid, x: left + width / 2, y: top + height / 2 };
  });
})();
