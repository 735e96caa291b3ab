/**
 * JSON Patch (RFC 6902) with the three operations of the integration. No library: those that keep what stayed as it is
 * take what leads nowhere without a word, and that is how a display notices that it has missed something.
 */
export type Operation =
  | { op: "add" | "replace"; path: string; value: unknown }
  | { op: "remove"; path: string };

/** The document after the patch: a new one, in which what stayed is the very same. Throws where it leads nowhere. */
export function patched<T>(document: T, patch: readonly Operation[]): T {
  return patch.reduce<unknown>((node, operation) => {
    const [, ...steps] = operation.path
      .split("/")
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    return changed(node, steps, operation);
  }, document) as T;
}

function changed(node: unknown, [step, ...more]: string[], operation: Operation): unknown {
  if (step === undefined || typeof node !== "object" || node === null) throw nowhere();
  const adds = operation.op === "add" && more.length === 0;
  if (Array.isArray(node)) {
    const place = step === "-" ? node.length : /^\d+$/.test(step) ? Number(step) : -1;
    if (place < 0 || place >= node.length + (adds ? 1 : 0)) throw nowhere();
    const items: unknown[] = [...node];
    items.splice(place, adds ? 0 : 1, ...inPlace(items[place], more, operation));
    return items;
  }
  const { [step]: before, ...others } = node as Record<string, unknown>;
  if (!adds && !Object.hasOwn(node, step)) throw nowhere();
  const [after] = inPlace(before, more, operation);
  return after === undefined ? others : { ...node, [step]: after };
}

/** What comes to stand in the place of a value: nothing where it is taken away. */
function inPlace(before: unknown, more: string[], operation: Operation): [] | [unknown] {
  if (more.length > 0) return [changed(before, more, operation)];
  return operation.op === "remove" ? [] : [operation.value];
}

const nowhere = () => new Error("A patch leads nowhere.");
