/** Where Home Assistant has a picture that a message names. */
import type { HomeAssistant } from "../homeassistant.ts";

/**
 * The path that this display may load it from; null where there is none, or only one elsewhere.
 * `at`, when the message came, keeps a browser from showing what a camera saw the last time.
 */
export async function pictureOf(picture: string, at: string, hass: HomeAssistant): Promise<string | null> {
  if (picture.startsWith("media-source://")) {
    const ask = { type: "media_source/resolve_media", media_content_id: picture };
    return own((await hass.connection.sendMessagePromise<{ url?: string }>(ask)).url);
  }
  if (picture.startsWith("/local/")) return picture;
  if (picture.startsWith("/")) {
    const ask = { type: "auth/sign_path", path: picture };
    return own((await hass.connection.sendMessagePromise<{ path?: string }>(ask)).path);
  }
  const path = own(hass.states?.[picture]?.attributes.entity_picture);
  return path && `${path}${path.includes("?") ? "&" : "?"}at=${Date.parse(at)}`;
}

/** What is no path of this server is not asked for: the mirror shows a picture, and tells nobody else of it. */
export function own(path: unknown): string | null {
  return typeof path === "string" && /^\/(?![/\\])/.test(path) ? path : null;
}
