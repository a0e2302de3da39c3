/** One environment variable. `read` throws an Error whose message goes on from the variable's name: "must be ...". */
export interface Setting<Value> {
  env: string;
  default: Value;
  /** What the table of settings shows as default where the plain value would not help. */
  defaultText?: string;
  /** What it does, for people. */
  meaning: string;
  /** Never printed, not even when it is wrong. */
  secret?: true;
  read(given: string): Value;
}

export function setting<Value>(definition: Setting<Value>): Setting<Value> {
  return definition;
}
