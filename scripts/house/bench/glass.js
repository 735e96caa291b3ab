// What `scripts/bench display` and `scripts/bench talk` see inside the page.
(() => {
  const seen = { firstClock: null, gestures: [], frames: [] };
  let watching = false;

  const find = (name, root = document) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === name) return element;
      const inside = element.shadowRoot && find(name, element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  /** Calls back when the frame that is under way has been drawn. */
  const drawn = (then) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(null);
    });
  const lookForClock = () => {
    const time = find("mira-clock")?.shadowRoot?.querySelector("[data-test=time]");
    if (!time?.textContent) requestAnimationFrame(lookForClock);
    else drawn(() => { seen.firstClock = performance.now(); });
  };
  const nextFrame = (last) =>
    requestAnimationFrame((now) => {
      seen.frames.push(now - last);
      if (watching) nextFrame(now);
    });

  Object.assign(seen, {
    watchGestures() {
      const isGesture = ({ dataset }) => dataset?.test === "gesture";
      new MutationObserver((changes) => {
        if (changes.some(({ addedNodes }) => [...addedNodes].some(isGesture)))
          drawn(() => seen.gestures.push(performance.timeOrigin + performance.now()));
      }).observe(find("mira-notices").shadowRoot, { childList: true, subtree: true });
    },
    /** What a mirror says and how it looks, each time that one of it is another. */
    watchTalk() {
      seen.talk = [];
      const voice = find("mira-voice").shadowRoot;
      const face = find("mira-talk").shadowRoot;
      let before = "";
      const look = () => {
        const said = voice.querySelector("[data-test=voice-said]")?.textContent ?? "";
        const emotion = face.querySelector("[data-test=face]")?.dataset.emotion ?? "";
        if (before === (before = `${emotion} ${said}`)) return;
        drawn(() => seen.talk.push({ said, emotion, at: performance.timeOrigin + performance.now() }));
      };
      const everything = { subtree: true, childList: true, characterData: true, attributes: true };
      for (const part of [voice, face]) new MutationObserver(look).observe(part, everything);
    },
    async ownChanges(count) {
      const waits = [];
      for (let number = 0; number < count; number += 1) {
        await new Promise((over) => setTimeout(over, 50 + 1.3 * (number % 13))); // never in step with the frames
        const began = performance.now();
        document.body.style.setProperty("--own-change", String(number));
        waits.push(await new Promise((over) => drawn(() => over(performance.now() - began))));
      }
      return waits;
    },
    watchFrames() {
      watching = true;
      seen.frames = [];
      requestAnimationFrame(nextFrame);
    },
    framesUntilNow() {
      watching = false;
      return seen.frames;
    },
  });
  window.seen = seen;
  requestAnimationFrame(lookForClock);
})();
