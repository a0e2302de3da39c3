/** A refusal of the control API, with its HTTP status. */
export class ControlError extends Error {
  constructor(
    readonly statusCode: 400 | 404 | 409,
    message: string,
  ) {
    super(message);
    this.name = 'ControlError';
  }
}

/** A RangeError of the domain (unknown region, no amount) is the caller's mistake. */
export function checked<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new ControlError(400, error.message);
    throw error;
  }
}

/** Throws a ControlError (404) that names what is not there. */
export function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new ControlError(404, `${name} is not known`);
  return value;
}
