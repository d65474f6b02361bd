/** What the frame of all pages shows beside the page. */
class Frame {
  /** The navigation, on a narrow screen. */
  drawer = $state(false);
  command = $state(false);
  keys = $state(false);
}

export const frame = new Frame();
