/** Names that instrumentation puts into contracts; the reference's, since they count as code bytes. */

export const COUNTER = '_IOSTInstruction_counter';
export const BINARY_OPERATION = '_IOSTBinaryOp';
export const TEMPLATE_TAG = '_IOSTTemplateTag';
export const SPREAD_ELEMENT = '_IOSTSpreadElement';

export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  COUNTER,
  BINARY_OPERATION,
  TEMPLATE_TAG,
  SPREAD_ELEMENT,
  'IOSTInstruction',
]);
