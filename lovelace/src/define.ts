/** Gives an element its name; what has it already, since a file was loaded twice, keeps it. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
