/**
 * Writers of JSON texts by protobuf's rules as the reference node sets them (spec go-iost §4.2):
 * fields in the order of the message, every field written, 64-bit integers as strings, enums by
 * name, bytes as base64, maps sorted by key, an unset message as `null`. A message is described
 * once and that description is both its type and its writer.
 */

/** The JSON text of one value. */
export type JsonWriter<Value> = (value: Value) => string;

/** The value type that a writer takes. */
export type Written<Writer> = Writer extends JsonWriter<infer Value> ? Value : never;

type MessageOf<Fields> = { readonly [Name in keyof Fields]: Written<Fields[Name]> };

// biome-ignore lint/suspicious/noExplicitAny: a writer of any value; `unknown` would refuse them all.
type AnyWriter = JsonWriter<any>;

export const string: JsonWriter<string> = (value) => JSON.stringify(value.toWellFormed());
export const int64: JsonWriter<bigint | number> = (value) => `"${value}"`;
export const int32: JsonWriter<number> = (value) => `${value}`;
export const bool: JsonWriter<boolean> = (value) => (value ? 'true' : 'false');

/** JSON has no words for the special values; protobuf writes their names as strings. */
export const double: JsonWriter<number> = (value) => {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : `${value}`;
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"Infinity"' : '"-Infinity"';
};

export const bytes: JsonWriter<Uint8Array> = (value) =>
  `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;

/** Fields are written in the order in which they are declared here. */
export function message<Fields extends Readonly<Record<string, AnyWriter>>>(
  fields: Fields,
): JsonWriter<MessageOf<Fields>> {
  const parts = Object.entries(fields).map(
    ([name, write], index) => [name, `${index === 0 ? '{' : ','}"${name}":`, write] as const,
  );
  if (parts.length === 0) return () => '{}';
  return (value) => {
    let text = '';
    for (const [name, label, write] of parts) text += label + write(value[name]);
    return `${text}}`;
  };
}

export function nullable<Value>(write: JsonWriter<Value>): JsonWriter<Value | null> {
  return (value) => (value === null ? 'null' : write(value));
}

export function list<Value>(write: JsonWriter<Value>): JsonWriter<readonly Value[]> {
  return (values) => `[${values.map(write).join(',')}]`;
}

/** Sorted by key. Built by hand: an object would put keys of digits first. */
export function map<Value>(
  write: JsonWriter<Value>,
): JsonWriter<ReadonlyMap<string, Value> | readonly (readonly [string, Value])[]> {
  return (entries) => {
    const sorted = [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${sorted.map(([key, value]) => `${string(key)}:${write(value)}`).join(',')}}`;
  };
}
