import { isDisplay } from "./which.ts";

const RETRY_MS = 1_000;

/**
 * Lets the panel's page be loaded anew only once Home Assistant serves it.
 *
 * Home Assistant's pages reload themselves after an update, or with a login that is over, as soon as they hear of it:
 * that is while it starts, seconds before this panel exists. A mirror would be left with "404: Not Found".
 */
export function guardReloads(page: Window): void {
  let held = false;
  let served = false;

  page.navigation?.addEventListener("navigate", (event) => {
    const { cancelable, destination, navigationType, userInitiated } = event;
    if (!isDisplay(page.location.pathname) || !cancelable || userInitiated || destination.sameDocument)
      return;
    if (served) return;
    event.preventDefault();
    if (held) return;
    held = true;
    void whenServed(page).then(() => {
      served = true;
      if (navigationType === "reload") page.location.reload();
      else page.location.replace(destination.url);
    });
  });
}

async function whenServed(page: Window): Promise<void> {
  for (;;) {
    const answer = await page.fetch(page.location.pathname, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) return;
    await new Promise((over) => setTimeout(over, RETRY_MS));
  }
}
