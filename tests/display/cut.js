// What is cut through, as sentences: a line of text or an icon of which only a part is seen. What is gone as a whole
// gave its place away, and what ends in an ellipsis says so.
(() => {
  const faults = new Set();
  const up = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.localName !== "style";

  /** What everything around an element leaves of the glass. */
  function frameOf(element) {
    const frame = { left: 0, top: 0, right: innerWidth, bottom: innerHeight, by: "the glass", ellipsis: false };
    for (let around = element; around; around = up(around)) {
      const style = getComputedStyle(around);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const box = around.getBoundingClientRect();
      const name = [around.localName, ...around.classList].join(".");
      if (box.top > frame.top || box.bottom < frame.bottom) frame.by = name;
      frame.top = Math.max(frame.top, box.top);
      frame.bottom = Math.min(frame.bottom, box.bottom);
      frame.left = Math.max(frame.left, box.left);
      frame.right = Math.min(frame.right, box.right);
      frame.ellipsis ||= style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    }
    return frame;
  }

  function look(what, boxes, element) {
    const frame = frameOf(element);
    for (const { left, top, right, bottom, width, height } of boxes) {
      if (width < 2 || height < 2) continue;
      const high = (Math.min(bottom, frame.bottom) - Math.max(top, frame.top)) / height;
      const wide = (Math.min(right, frame.right) - Math.max(left, frame.left)) / width;
      if (high <= 0.15 || wide <= 0) continue;
      if (high < 0.8) faults.add(`${what} is cut to ${Math.round(100 * high)} % of its height by ${frame.by}`);
      if (wide < 0.95 && !frame.ellipsis) faults.add(`${what} is cut to ${Math.round(100 * wide)} % of its width`);
    }
  }

  function walk(root) {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && node.data.trim()) {
        const element = node.parentElement ?? root.host;
        if (!element || !isSeen(element)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        look(`“${node.data.trim().slice(0, 30)}”`, range.getClientRects(), element);
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        if (node.matches(".icon, .target, [data-test=event], [data-test=person]") && isSeen(node))
          look(`${node.dataset.test ?? node.getAttribute("class")}`, [node.getBoundingClientRect()], node);
        if (node.shadowRoot) walk(node.shadowRoot);
        walk(node);
      }
    }
  }

  /** A list that has a place for a row, and shows none. */
  function lists(root) {
    for (const element of root.querySelectorAll("*")) {
      if (!element.shadowRoot) continue;
      const list = element.shadowRoot.querySelector(".rows");
      const rows = [...element.shadowRoot.querySelectorAll(".row")];
      if (rows.length > 0 && rows.every((row) => row.classList.contains("unseen")) && isSeen(element)) {
        const rest = element.shadowRoot.querySelector(".rest")?.offsetHeight ?? 0;
        const needed = rows[0].offsetHeight + (rest ? rest + (Number.parseFloat(getComputedStyle(list).rowGap) || 0) : 0);
        const place = element.getBoundingClientRect().bottom - list.getBoundingClientRect().top;
        if (place > needed + 2) faults.add(`${element.localName} shows none of its rows on ${Math.round(place)} px`);
      }
      lists(element.shadowRoot);
    }
  }

  walk(document.body);
  lists(document);
  return [...faults];
})();
