/**
 * An object of TikTok's, as far as we use it. Every field is optional and of unknown type until a reader (read.ts) has
 * looked at it: TikTok leaves out what it does not know, adds fields and enum values without notice, and now and then
 * sends an id as a number. Where nothing else is said, ids and money are text and times integer unix seconds.
 */
export type Wire<Field extends string> = { readonly [name in Field]?: unknown };
