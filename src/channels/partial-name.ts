/** Names under which clients write before a file is whole. */
export function isPartial(name: string): boolean {
  return /^[.~]|\.(?:tmp|part|partial|filepart|upload|swp)$/i.test(name);
}
