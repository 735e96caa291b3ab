/** Sets a custom property of an element. What is set has everything below it styled anew, also where it is the same. */
export function setProperty({ style }: HTMLElement, name: `--${string}`, value: string): void {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}
