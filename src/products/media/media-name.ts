const NAME = /^upload:[0-9a-f]{24}$/;

/** Whether a value of a feed names a file that was handed over, rather than an address. */
export function isMediaName(text: string): boolean {
  return NAME.test(text);
}
