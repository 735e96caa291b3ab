/** Goes to another page of Home Assistant, without loading anything anew. */
export function navigate(path: string): void {
  window.history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
}
