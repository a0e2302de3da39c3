/** What the program needs of a logger; pino and Fastify's logger have this shape. */
export interface Logger {
  debug(facts: object, message?: string): void;
  info(facts: object, message?: string): void;
  warn(facts: object, message?: string): void;
  error(facts: object, message?: string): void;
  child(bindings: Record<string, unknown>): Logger;
}
