/** Where the API of a sidecar is, as somebody types it: plain functions. */

/** Browsers let a page over https speak to these without a certificate: nothing on the way can listen. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The base of its URLs, such as `http://mirror.local:8765`; null: this is no address. */
export function baseOf(typed: string): string | null {
  const text = typed.trim();
  if (/\s/.test(text)) return null; // Chromium takes it for a part of a name
  try {
    const { origin, protocol } = new URL(text.includes("://") ? text : `http://${text}`);
    return ["http:", "https:"].includes(protocol) ? origin : null;
  } catch {
    return null;
  }
}

/** The same for a WebSocket. */
export function socketOf(base: string): string {
  return base.replace(/^http/, "ws");
}

/** Whether a browser keeps a page at `origin` from it: the page came over https, and what is said there would not. */
export function isMixed(origin: string, base: string): boolean {
  return origin.startsWith("https:") && base.startsWith("http:") && !LOOPBACK.test(new URL(base).hostname);
}
