import {
  mdiGesturePinch,
  mdiGestureSwipeDown,
  mdiGestureSwipeLeft,
  mdiGestureSwipeRight,
  mdiGestureSwipeUp,
  mdiHandBackRight,
  mdiHandOkay,
  mdiHandPeace,
  mdiHandPointingUp,
  mdiHandWave,
  mdiHelpCircleOutline,
  mdiPhone,
  mdiRotateLeft,
  mdiRotateRight,
  mdiThumbDown,
  mdiThumbUp,
} from "@mdi/js";

/** Four knuckles and the thumb across them: the icon font has no fist. */
const fist =
  "M7 6a1.7 1.7 0 0 1 1.7 1.7v3.3H5.3V7.7A1.7 1.7 0 0 1 7 6M11 4.8a1.7 1.7 0 0 1 1.7 1.7V11H9.3V6.5A1.7 1.7 0 0 1 11 4.8" +
  "M15 5.2a1.7 1.7 0 0 1 1.7 1.7V11h-3.4V6.9A1.7 1.7 0 0 1 15 5.2M19 6.8a1.7 1.7 0 0 1 1.7 1.7V13c0 4.4-2.6 7.5-6.9 7.5" +
  "c-4.6 0-8.5-2.6-8.5-6.5v-2.2h8.2a2 2 0 0 1 0 4H11v1.2h2.6a3.2 3.2 0 0 0 3.2-3.2c0-.9-.3-1.6-.8-2.2h1.3V8.5A1.7 1.7 0 0 1 19 6.8";

/** The same hand with index and little finger up. */
const rock =
  "M7 1.5a1.7 1.7 0 0 1 1.7 1.7v7.8H5.3V3.2A1.7 1.7 0 0 1 7 1.5M11 6a1.7 1.7 0 0 1 1.7 1.7V11H9.3V7.7A1.7 1.7 0 0 1 11 6" +
  "M15 6.2a1.7 1.7 0 0 1 1.7 1.7V11h-3.4V7.9A1.7 1.7 0 0 1 15 6.2M19 2.8a1.7 1.7 0 0 1 1.7 1.7V13c0 4.4-2.6 7.5-6.9 7.5" +
  "c-4.6 0-8.5-2.6-8.5-6.5v-2.2h8.2a2 2 0 0 1 0 4H11v1.2h2.6a3.2 3.2 0 0 0 3.2-3.2c0-.9-.3-1.6-.8-2.2h1.3V4.5A1.7 1.7 0 0 1 19 2.8";

const icons: Record<string, string> = {
  palm: mdiHandBackRight,
  fist,
  pointing_up: mdiHandPointingUp,
  thumb_up: mdiThumbUp,
  thumb_down: mdiThumbDown,
  victory: mdiHandPeace,
  ok: mdiHandOkay,
  rock,
  call: mdiPhone,
  pinch: mdiGesturePinch,
  swipe_left: mdiGestureSwipeLeft,
  swipe_right: mdiGestureSwipeRight,
  swipe_up: mdiGestureSwipeUp,
  swipe_down: mdiGestureSwipeDown,
  wave: mdiHandWave,
  circle_clockwise: mdiRotateRight,
  circle_counter_clockwise: mdiRotateLeft,
};

/** The icon of a gesture; a question mark for one that is not known. */
export function gestureIcon(name: string): string {
  return icons[name] ?? mdiHelpCircleOutline;
}
