/** The parts of esprima 4.0.1 and escodegen 1.11.0 that are used; the packages carry no types. */

declare module 'esprima' {
  export function parseScript(
    source: string,
    options: { readonly range: true; readonly tokens?: true; readonly comment?: true },
  ): unknown;
  export function tokenize(source: string): readonly { type: string; value: string }[];
}

declare module 'escodegen' {
  export function generate(tree: object): string;
}
