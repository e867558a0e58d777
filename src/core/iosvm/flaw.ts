/** What is wrong with a source, and where: an offset in UTF-16 units from its beginning. */

export type Flaw = { readonly message: string; readonly at: number };
